"""Examples of what structure inference does, chosen by rules (Fig. 8a, and the frames of Fig. 8c).

The rule of Fig. 8a. Of every test frame, count the labels that y_hat at tau puts right although f
at tau was wrong, less those that it spoils: the frame's *net count*. Corrected examples are the
frames with the largest net counts above zero, spoiled ones those with the smallest below zero, at
most one frame a subject. Ties go to the larger sum of ``|y_hat - f|`` over the labels that changed,
then to the first by subject, sequence and frame. Nobody looked at a picture to choose it.
"""

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from dsin_lib.data.store import Store
from dsin_lib.facs import ACTION_UNITS
from dsin_lib.reporting.messages import moved
from dsin_lib.reporting.page.faces import Gallery
from dsin_lib.runs.predictions import FUSED, KEYS, LABEL, SCORE, frames_of, values_of
from dsin_lib.runs.run import Run

PAPER_UNIT = "AU24"
"""The unit of Fig. 8c."""
KINDS = {"corrected": -1, "spoiled": 1}
"""Kind of example to the sign that sorts its net counts first."""
LINES = {"labels": LABEL, "f": FUSED, "ŷ": SCORE}
"""The three lines beside a face, and the columns of a run's predictions that they show."""
PLAIN, WRONG, RIGHTED = "0.15", "#b03a00", "#005f9e"
"""Colours of a label, of a wrong one and of a corrected one; the last two have a sign too."""
SIGNS = {WRONG: "×", RIGHTED: "✓"}
TINTS = {WRONG: "#fbe3d6", RIGHTED: "#d9ecf9"}
"""Behind a prediction that the messages changed."""
FACE_CELLS, NAME_CELLS = 5.0, 2.2
"""Width of the face and of the names of the lines, in columns of an Action Unit."""


def net_counts(run: Run) -> pd.DataFrame:
    """Every test frame with its net count.

    Returns:
        Columns subject, sequence, frame; ``right`` and ``spoiled``, labels; ``net``, their
        difference; ``moved``, the sum of ``|y_hat - f|`` over both.
    """
    y_hat, f = values_of(run, "test"), values_of(run, "test", FUSED)
    right, spoiled, _ = moved(run)
    return frames_of(run, "test")[KEYS].assign(
        right=right.sum(1),
        spoiled=spoiled.sum(1),
        net=right.sum(1) - spoiled.sum(1),
        moved=(np.abs(y_hat - f) * (right | spoiled)).sum(1),
    )


def chosen(run: Run, kind: str, k: int = 4) -> pd.DataFrame:
    """The examples of a kind by the module's rule, as many as there are, at most ``k``.

    Args:
        run: A run with y_hat and f.
        kind: ``"corrected"`` or ``"spoiled"``.
        k: How many.

    Raises:
        ValueError: ``kind`` is neither, or ``k`` is below one.
    """
    if kind not in KINDS:
        raise ValueError(f"kind: expected one of {list(KINDS)}, got {kind!r}")
    if k < 1:
        raise ValueError(f"k: expected 1 example or more, got {k}")
    counted = net_counts(run)
    counted = counted.assign(first=KINDS[kind] * counted["net"])
    best = counted[counted["first"] < 0].sort_values(
        ["first", "moved", *KEYS], ascending=[True, False, True, True, True]
    )
    return best.drop_duplicates("subject").head(k).drop(columns="first")


def unit_of(au: str | None, run: Run) -> str:
    """The unit to explain: the one asked for, or one found by rule.

    Without a wish it is the paper's AU24, where it is coded and active in a test frame, else the
    lower-face unit that is active in most test frames.

    Raises:
        ValueError: The unit is not of this corpus, or active in no test frame.
    """
    labels = values_of(run, "test", LABEL)
    active = dict(zip(run.corpus.aus, (labels == 1).sum(0).tolist(), strict=True))
    if au is None:
        lower = {n: k for n, k in active.items() if ACTION_UNITS[int(n[2:])].region == "lower"}
        au = PAPER_UNIT if active.get(PAPER_UNIT) else max(lower, key=lambda name: lower[name])
    if au not in active:
        raise ValueError(f"au: expected one of {list(active)} or None, got {au!r}")
    if not active[au]:
        shown = [name for name, frames in active.items() if frames]
        raise ValueError(f"au: expected one that is active in a test frame, {shown}, got {au!r}")
    return au


def active_frames(unit: str, run: Run, n: int = 12) -> pd.DataFrame:
    """The test frames with a unit active and its highest y_hat, at most one a subject."""
    of = frames_of(run, "test")
    active = of[of[f"{unit}{LABEL}"] == 1][[*KEYS, unit]].rename(columns={unit: "y_hat"})
    ordered = active.sort_values(["y_hat", *KEYS], ascending=[False, True, True, True])
    return ordered.drop_duplicates("subject").head(n).reset_index(drop=True)


def typical(run: Run) -> dict[str, float]:
    """Percent of all test frames whose net count is above, at and below zero; and untouched ones.

    Keys ``better``, ``same``, ``worse``, which add up to 100, and ``untouched``: the part of
    ``same`` in which no label changed at all.
    """
    counted = net_counts(run)
    net, changed = counted["net"], counted["right"] + counted["spoiled"]
    kept = {"better": net > 0, "same": net == 0, "worse": net < 0, "untouched": changed == 0}
    return {name: float(100 * which.mean()) for name, which in kept.items()}


def figure(gallery: Gallery, run: Run, kind: str, k: int = 4) -> Figure:
    """The examples of a kind: each a face, and beside it labels, f at tau and y_hat at tau.

    A number is an active unit, a dot an inactive one. ``×`` marks a wrong prediction, ``✓`` one
    that was wrong in f and is right in y_hat; a tint lies behind what the messages changed.
    """
    frames = with_rows(chosen(run, kind, k), gallery.store)
    lines = max(1, len(frames))
    aus, tau = run.corpus.aus, run.config.evaluation.tau
    figure, axes = plt.subplots(
        lines, 1, figsize=(7.6, 2.15 * lines), squeeze=False, layout="constrained"
    )
    for axis in axes.flat:
        axis.set_axis_off()
    if frames.empty:
        axes[0, 0].text(0.5, 0.5, f"no test frame is {kind}", ha="center", va="center")
        return figure
    predictions = run.predictions.set_index(KEYS)
    for axis, (_, frame) in zip(axes.flat, frames.iterrows(), strict=True):
        line = predictions.loc[tuple(frame[KEYS])]
        values = {name: line[[f"{au}{end}" for au in aus]] for name, end in LINES.items()}
        table = pd.DataFrame({name: v.to_numpy(float) for name, v in values.items()}, index=aus)
        _example(axis, gallery.patch(frame, "face"), table, tau)
        title = f"{frame['subject']}, {frame['sequence']}, frame {frame['frame']}"
        axis.set_title(
            f"{title}: {frame['right']} put right, {frame['spoiled']} spoiled",
            fontsize="small", loc="left",
        )  # fmt: skip
    return figure


def with_rows(frames: pd.DataFrame, store: Store) -> pd.DataFrame:
    """Frames of a run's predictions with their ``row`` in the store's arrays, in their order."""
    return frames.merge(store.frames[[*KEYS, "row"]], on=KEYS, how="left", validate="one_to_one")


def mark(label: float, was: float, now: float, tau: float) -> tuple[str, bool]:
    """The colour of a prediction beside its label, and whether the messages changed it.

    Args:
        label: 0, 1 or nan where it is not coded, which nothing can be wrong about.
        was: The prediction before, or the same one where there is none before it.
        now: The prediction to mark.
        tau: From where a prediction says active.
    """
    changed = bool((was >= tau) != (now >= tau))
    if np.isnan(label):
        return PLAIN, changed
    if (now >= tau) != (label == 1):
        return WRONG, changed
    return (RIGHTED if changed else PLAIN), changed


def _example(axis: plt.Axes, face: np.ndarray, table: pd.DataFrame, tau: float) -> None:
    """One line of the figure, in units of its columns, the face on the left."""
    axis.imshow(face, extent=(0, FACE_CELLS, FACE_CELLS, 0))
    axis.set(xlim=(0, FACE_CELLS + NAME_CELLS + len(table) + 0.5), ylim=(FACE_CELLS, 0))
    axis.set_aspect("equal")
    middle = FACE_CELLS + NAME_CELLS
    for y, name in zip((1.0, 2.5, 4.0), table.columns, strict=True):
        axis.text(middle - 0.3, y, name, ha="right", va="center", fontsize="small", style="italic")
        before = table["f"] if name == "ŷ" else table[name]
        for x, (au, value) in enumerate(table[name].items(), start=1):
            label = table.loc[au, "labels"]
            colour, changed = mark(label, before[au], value, tau)
            at = (middle + x - 0.4, y)
            if changed and colour in TINTS:
                corner = (at[0] - 0.47, y - 0.6)
                axis.add_patch(plt.Rectangle(corner, 0.94, 1.2, color=TINTS[colour], lw=0))
            number = "?" if np.isnan(value) else au.removeprefix("AU") if value >= tau else "·"
            style = {"color": colour, "va": "center"}
            if colour in SIGNS:
                style["weight"] = "bold"
                axis.text(at[0] + 0.3, y - 0.28, SIGNS[colour], ha="center", fontsize=7, **style)
                at = (at[0] - 0.1, y)
            axis.text(*at, number, ha="center", fontsize=9, **style)
