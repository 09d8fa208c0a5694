"""The statistics of labels that the references give, measured on any labels, side by side.

Usage:
    python -m data_prep.synth.measure [SEED] [--shape synau_d]
"""

import argparse
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from data_prep.synth.shapes import SHAPES, Shape, shape_named, statistics

Labels = Mapping[tuple[str, str], np.ndarray]
"""(subject, task) -> (frame au) 0/1, consecutive video frames."""


def prevalence(labels: Labels) -> np.ndarray:
    """Returns the share of active frames (au)."""
    return np.concatenate(list(labels.values())).mean(0)


def phi(labels: Labels) -> np.ndarray:
    """Returns the Pearson correlation of the binary labels (au au)."""
    return np.corrcoef(np.concatenate(list(labels.values())).T)


def variance_explained(labels: Labels) -> dict[str, np.ndarray]:
    """Returns between-group variance over total variance (au), by kind of group."""
    everything = np.concatenate(list(labels.values()))
    total, grand = everything.var(0), everything.mean(0)
    groups = {
        "by_subject": [[k for k in labels if k[0] == s] for s in sorted({k[0] for k in labels})],
        "by_task": [[k for k in labels if k[1] == t] for t in sorted({k[1] for k in labels})],
        "by_subject_x_task": [[k] for k in labels],
    }
    out = {}
    for name, members in groups.items():
        parts = [np.concatenate([labels[k] for k in keys]) for keys in members]
        between = sum(len(x) * (x.mean(0) - grand) ** 2 for x in parts) / len(everything)
        out[name] = between / total
    return out


def active_runs(labels: Labels) -> list[np.ndarray]:
    """Returns the lengths in frames of maximal active runs, for each AU."""
    runs: list[list[np.ndarray]] = []
    for sequence in labels.values():
        edges = np.diff(np.pad(sequence.astype(np.int8), ((1, 1), (0, 0))), axis=0)
        for a in range(sequence.shape[1]):
            if len(runs) <= a:
                runs.append([])
            starts, ends = np.flatnonzero(edges[:, a] == 1), np.flatnonzero(edges[:, a] == -1)
            runs[a].append(ends - starts)
    return [np.concatenate(r) for r in runs]


def level_shares(levels: Labels) -> np.ndarray:
    """Returns the share of all frames (au level) at each level 0 to 5 of labelled intensities."""
    everything = np.concatenate(list(levels.values()))
    return np.stack([(everything == level).mean(0) for level in range(6)], 1)


def tables(labels: Labels, shape: Shape) -> dict[str, pd.DataFrame]:
    """Returns the reference beside these labels, statistic by statistic.

    Args:
        labels: what the label files say, 0/1 or 0 to 5, of consecutive video frames.
        shape: names the AUs, the level from which they count as active, and the reference.

    Returns:
        `prevalence`, `phi` (a row a pair), `variance_explained`, `active_runs` (frames), and
        `levels` where there are intensities. Columns `reference`, `generated` and `error` (their
        difference) or `ratio` (generated over reference); NaN where the reference has no value.
    """
    reference = statistics(shape)
    active = {k: (v >= shape.active_from).astype(np.uint8) for k, v in labels.items()}
    names = [f"AU{au:02d}" for au in shape.aus]
    out = {
        "prevalence": _beside(names, reference["prevalence"], prevalence(active), "error"),
        "phi": _phi_table(names, reference["phi"], phi(active)),
        "variance_explained": _stacked(
            names, reference["variance_explained"], variance_explained(active)
        ),
        "active_runs": _runs_table(shape.aus, reference["active_runs"], active_runs(active)),
    }
    if "frames_at_level_0_to_5" in reference:
        known = np.array([reference["frames_at_level_0_to_5"][str(a)] for a in shape.aus])
        shares, found = known / known.sum(1, keepdims=True), level_shares(labels)
        by_level = {f"level {k}": shares[:, k] for k in range(1, 6)}
        out["levels"] = _stacked(
            names, by_level, {k: found[:, i] for i, k in enumerate(by_level, 1)}, "error"
        )
    return out


def compare(shape: Shape | str, seed: int) -> dict[str, pd.DataFrame]:
    """Returns the reference beside the whole corpus of a seed, labels as they are written.

    Nothing is rendered: the opening of the lips, which AU25's label is read from, comes from the
    mesh. See `tables`.
    """
    from data_prep.synth.performance import written_labels

    shape = shape_named(shape) if isinstance(shape, str) else shape
    return tables(written_labels(shape, seed), shape)


def _beside(
    index: Sequence, reference: Sequence[float | None], generated: np.ndarray, how: str = "ratio"
) -> pd.DataFrame:
    known = np.array(reference, float)
    table = pd.DataFrame({"reference": known, "generated": generated}, index=index)
    table[how] = table["generated"] - known if how == "error" else table["generated"] / known
    return table


def _phi_table(names: list[str], reference: list, generated: np.ndarray) -> pd.DataFrame:
    pairs = [(i, j) for i in range(len(names)) for j in range(i + 1, len(names))]
    index = pd.MultiIndex.from_tuples(
        [(names[i], names[j]) for i, j in pairs], names=["first", "second"]
    )
    known = [reference[i][j] for i, j in pairs]
    return _beside(index, known, np.array([generated[p] for p in pairs]), "error")


def _stacked(
    names: list[str], reference: Mapping, generated: Mapping, how: str = "ratio"
) -> pd.DataFrame:
    """Returns one table (statistic, AU) of the statistics that the reference has."""
    parts = {k: _beside(names, v, generated[k], how) for k, v in reference.items()}
    return pd.concat(parts, names=["statistic", "AU"])


def _runs_table(aus: Sequence[int], reference: Mapping, runs: list[np.ndarray]) -> pd.DataFrame:
    names = [f"AU{au:02d}" for au in aus]
    kinds = {"mean": np.mean, "median": np.median}
    known = {
        k: [reference[str(au)][k] if str(au) in reference else None for au in aus] for k in kinds
    }
    found = {k: np.array([of(r) if len(r) else np.nan for r in runs]) for k, of in kinds.items()}
    return _stacked(names, known, found)


def worst(found: Mapping[str, pd.DataFrame]) -> pd.Series:
    """Returns the largest deviation from the reference of every statistic."""
    out = {}
    for name, table in found.items():
        if "error" in table:
            out[f"{name}: largest error"] = table["error"].abs().max()
            continue
        for kind, rows in table.groupby(level=0, sort=False):
            out[f"{name}, {kind}: ratio from"] = rows["ratio"].min()
            out[f"{name}, {kind}: ratio to"] = rows["ratio"].max()
    return pd.Series(out)


def main() -> None:
    """Prints every table of a seed's whole corpus, and the largest deviations."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("seed", type=int, nargs="?", default=0)
    parser.add_argument("--shape", choices=SHAPES, default="synau_b")
    asked = parser.parse_args()
    found = compare(asked.shape, asked.seed)
    with pd.option_context("display.max_rows", None, "display.width", 120):
        for name, table in found.items():
            print(f"\n{name}\n{table.round(4)}")
        print(f"\n{worst(found).round(3).to_string()}")


if __name__ == "__main__":
    main()
