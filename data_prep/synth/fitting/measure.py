"""The statistics of labels that the references give, measured on any labels, side by side.

Usage:
    python -m data_prep.synth.fitting.measure [SEED] [--shape synau_d]
"""

import argparse
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from data_prep.synth.labels.reference import statistics
from data_prep.synth.plan.shapes import SHAPES, Shape, shape_named

Labels = Mapping[tuple[str, str], np.ndarray]
"""(subject, task) -> (frame au) 0/1, consecutive video frames."""


STEADY = 0.1
"""Change of intensity a second under which an AU is at its apex or holds."""
BLINK = 43
"""The AU number that the performances give a blink."""


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
    from data_prep.synth.acting.performance import written_labels

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


def shown(shape: Shape | str, seed: int) -> pd.DataFrame:
    """Returns how each AU is shown while its label says active, a line each.

    `faint`: share of active frames at level A or B; `one-sided`: where the weaker side of the face
    has less than half the intensity of the stronger; `rising`, `steady`, `falling`: where the
    intensity changes by more or less than `STEADY` a second.
    """
    from data_prep.synth.labels.process import LEVEL_BOUNDS

    shape = shape_named(shape) if isinstance(shape, str) else shape
    parts = [_shown(act, LEVEL_BOUNDS[2]) for act in _performances(shape, seed)]
    counts = sum(parts)
    names = ("faint", "one-sided", "rising", "steady", "falling")
    aus = [f"AU{au:02d}" for au in shape.aus]
    return pd.DataFrame((counts[1:] / counts[0]).T, aus, names)


def _shown(act, faint: float) -> np.ndarray:
    """Returns active frames, and those of them that are of each kind (kind au)."""
    active = act.label >= act.shape.active_from
    strong, weak = np.maximum(act.left, act.right), np.minimum(act.left, act.right)
    change = np.gradient(strong, axis=0) * act.shape.fps
    rising, falling = change > STEADY, change < -STEADY
    kinds = (True, strong < faint, weak < strong / 2, rising, ~rising & ~falling, falling)
    return np.array([(active & kind).sum(0) for kind in kinds])


def unlabelled(shape: Shape | str, seed: int) -> pd.DataFrame:
    """Returns what moves without a label, a line each: mean over people, and the least and most."""
    shape = shape_named(shape) if isinstance(shape, str) else shape
    lines: dict[str, dict[str, list]] = {}
    for act, (subject, _) in zip(_performances(shape, seed), _sequences(shape), strict=True):
        for name, value in _nuisance(act).items():
            lines.setdefault(name, {}).setdefault(subject, []).append(value)
    people = pd.DataFrame({k: {s: np.mean(v) for s, v in of.items()} for k, of in lines.items()})
    return people.agg(["mean", "min", "max"]).T


def _nuisance(act) -> dict[str, float]:
    shut = act.unlabelled[BLINK] > 0.5
    minutes = len(act.frame) / act.shape.fps / 60
    mouth = sum(v for au, v in act.unlabelled.items() if au != BLINK)
    return {
        "blinks a minute": (np.diff(shut.astype(int)) > 0).sum() / minutes,
        "gaze to the side, s.d. (1: as far as eyes go)": act.gaze[:, 0].std(),
        "head turned, s.d. (degrees)": np.rad2deg(act.pose[:, 0].std()),
        "head nodded, s.d. (degrees)": np.rad2deg(act.pose[:, 1].std()),
        "mouth moves unlabelled (% of frames)": 100 * (mouth > 0.05).mean(),
    }


def _sequences(shape: Shape) -> list[tuple[str, str]]:
    return [(s, t) for s in shape.subjects for t in shape.tasks]


def _performances(shape: Shape, seed: int):
    """Yields every sequence of the corpus at full length."""
    from data_prep.synth.acting.performance import perform

    n = shape.frames_per_sequence
    for subject, task in _sequences(shape):
        yield perform(subject, task, frames_per_sequence=n, stride=1, seed=seed)


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
