"""The line under a table or figure that says which runs it shows."""

from collections.abc import Sequence

from IPython.display import HTML

from dsin_lib.runs.run import Run

CORPORA = {
    "synau_b": "SynAU-B, rendered faces",
    "synau_d": "SynAU-D, rendered faces",
    "bp4d": "BP4D",
    "bp4d_plus": "BP4D+",
    "disfa": "DISFA",
}


def provenance_line(runs: Sequence[Run]) -> HTML:
    """Profile, corpus, folds, seeds, subjects and frames, code version and seconds of training.

    Args:
        runs: All that is shown above the line; subjects and frames are those of the first.
    """
    first, lists = runs[0].provenance, runs[0].config.evaluation.fold_lists
    folds, seeds = (sorted({getattr(run, name) for run in runs}) for name in ("fold", "seed"))
    codes, data = (dict.fromkeys(run.provenance[name] for run in runs) for name in ("code", "data"))
    devices = dict.fromkeys(run.provenance["machine"]["device"] for run in runs)
    corpora = dict.fromkeys(CORPORA[run.corpus.name] for run in runs)
    frames, subjects = first["frames"], first["subjects"]
    seconds = sum(sum(run.provenance["seconds"].values()) for run in runs)
    where = f" of fold {runs[0].fold}" if len(folds) > 1 else ""
    parts = (
        f"profile {runs[0].profile.name}",
        " and ".join(corpora),
        f"fold {' and '.join(map(str, folds))} of the {lists}'s three" if len(folds) < 3
        else f"three folds, the {lists}'s lists",
        f"{'seed' if len(seeds) == 1 else 'seeds'} {', '.join(map(str, seeds))}",
        *(f"{part}{where}: {frames[part]:,} frames of {len(subjects[part])} subjects"
          for part in frames),
        f"code {', '.join(codes)}",
        *dict.fromkeys(
            f"made by code {run.code} at commit {run.provenance['code']}"
            for run in runs if run.code != run.code_today
        ),
        f"data {', '.join(data)}",
        f"{len(runs)} {'training' if len(runs) == 1 else 'trainings'} of {seconds:,.0f} s "
        f"by the clock on {' and '.join(devices)}",
    )  # fmt: skip
    return HTML(f'<p class="provenance">{" · ".join(parts)}</p>')
