"""The line under a table or figure that says which run it shows."""

from IPython.display import HTML

from dsin_lib.config import Config
from dsin_lib.training.runs import Run

CORPORA = {
    "synau_b": "SynAU-B, rendered faces",
    "synau_d": "SynAU-D, rendered faces",
    "bp4d": "BP4D",
    "bp4d_plus": "BP4D+",
    "disfa": "DISFA",
}


def provenance_line(config: Config, *runs: Run) -> HTML:
    """Profile, corpus, folds, seeds, subjects and frames, code version and seconds of training."""
    evaluation, first = config.evaluation, runs[0].provenance
    folds = " and ".join(str(fold) for fold in evaluation.folds)
    frames, subjects = first["frames"], first["subjects"]
    seconds = sum(sum(run.provenance["seconds"].values()) for run in runs)
    parts = (
        f"profile {config.name}",
        CORPORA[config.corpus.name],
        f"fold {folds} of the {evaluation.fold_lists}'s three" if len(evaluation.folds) < 3
        else f"three folds, the {evaluation.fold_lists}'s lists",
        f"seeds {', '.join(map(str, evaluation.seeds))}",
        *(f"{part}: {frames[part]:,} frames of {len(subjects[part])} subjects" for part in frames),
        f"code {first['code']}",
        f"data {first['data']}",
        f"{seconds:,.0f} s of training on {first['machine']['device']}",
    )  # fmt: skip
    return HTML(f'<p class="provenance">{" · ".join(parts)}</p>')
