"""Labels of an open corpus beside the real ones': every statistic and its bound; their course."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import HTML
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter, ScalarFormatter

from dsin_lib.reporting.page.figures import diverging
from dsin_lib.reporting.page.tables import plain

Found = Mapping[str, pd.DataFrame]
"""Statistic to a table with columns ``reference``, ``generated`` and ``error`` or ``ratio``."""

BOUNDS = {
    "prevalence": ("within 2 points", "error", 0.02),
    "phi": ("within 0.1", "error", 0.1),
    "variance_explained": ("within 25 %", "ratio", 0.25),
    "active_runs": ("within 25 %", "ratio", 0.25),
    "levels": ("within 2 points", "error", 0.02),
}
"""Statistic to what was asked of it before the first face was drawn: in words, column, bound."""
TITLES = {
    "prevalence": "share of active frames",
    "phi": r"$\phi$ of each pair",
    "variance_explained": "variance explained",
    "active_runs": "length of active runs (frames)",
    "levels": "share of frames at each level",
}
PANELS = 3
"""Panels in a line."""
PERCENT = ("prevalence", "levels")
DIGITS = {"variance_explained": 2}
LOGARITHMIC = ("active_runs",)


def kept(statistics: Found) -> HTML:
    """How many values of each statistic lie within its bound, and the one furthest away."""
    lines = {readable(name): _kept(name, table) for name, table in statistics.items()}
    return plain(pd.DataFrame(lines).T)


def deviations(name: str, table: pd.DataFrame) -> pd.Series:
    """Distance from the reference, in the unit of the statistic's bound; none where it has none."""
    _, column, _ = BOUNDS[name]
    away = table[column] - (1 if column == "ratio" else 0)
    return away.dropna().abs()


def beside(statistics: Found) -> Figure:
    """Reference against generated, a panel a statistic; the band is the statistic's bound."""
    lines = -(-len(statistics) // PANELS)
    size = 3.4 * PANELS, 3.4 * lines
    figure, axes = plt.subplots(lines, PANELS, figsize=size, squeeze=False, layout="constrained")
    for axis in axes.flat[len(statistics) :]:
        axis.set_axis_off()
    for axis, (name, table) in zip(axes.flat, statistics.items(), strict=False):
        known = table.dropna(subset=["reference"])
        known = known[(known["reference"] > 0) | (name == "phi")]
        kinds = known.index.get_level_values(0).map(readable) if "ratio" in table else None
        sns.scatterplot(known, x="reference", y="generated", hue=kinds, s=22, alpha=0.8, ax=axis)
        _band(axis, name, known["reference"])
        if kinds is not None:
            axis.legend(frameon=False, fontsize="x-small", title=None)
        axis.set_title(TITLES[name], fontsize="medium")
    sns.despine(figure)
    return figure


def errors_of_phi(statistics: Found) -> Figure:
    """Generated minus reference correlation of every pair that the reference has."""
    table = statistics["phi"]["error"].dropna().unstack("first")
    return diverging(table, "+z.2f", r"$\phi$ generated minus reference", limit=0.1)


def beside_table(statistics: Found, name: str) -> HTML:
    """One statistic, reference above generated, one column an Action Unit.

    Shares are percent; ``phi``, whose lines are pairs, has figures instead.
    """
    table = statistics[name][["reference", "generated"]] * (100 if name in PERCENT else 1)
    if table.index.nlevels == 1:
        return plain(table.T)
    lines = table.stack().unstack("AU")[list(table.index.unique("AU"))]
    by_kind = lines.reindex(list(table.index.unique("statistic")), level=0)
    names = [readable(", ".join(key)) for key in by_kind.index]
    return plain(by_kind.set_axis(names).rename_axis(columns=None), DIGITS.get(name, 1))


def courses(drawn: pd.DataFrame, active: pd.DataFrame, unlabelled: pd.DataFrame) -> Figure:
    """A stretch of one sequence: drawn intensity with the label shaded, then what has no label.

    Args:
        drawn: Intensity 0..1 of some coded units, one column each, by the second.
        active: 0/1 labels of the same.
        unlabelled: Movements that no label tells, one column each.
    """
    n = drawn.shape[1] + unlabelled.shape[1]
    figure, axes = plt.subplots(
        n, 1, figsize=(9, 0.85 * n), sharex=True, sharey=True, layout="constrained"
    )
    for axis, name in zip(axes, [*drawn, *unlabelled], strict=True):
        values = drawn.get(name, unlabelled.get(name))
        axis.plot(values, color="C0" if name in drawn else "0.45", lw=1.2)
        if name in drawn:
            axis.fill_between(active.index, active[name], color="C1", alpha=0.25, lw=0, step="mid")
        axis.set(ylim=(-0.05, 1.1), yticks=[0, 1])
        axis.set_ylabel(name, rotation=0, ha="right", va="center", fontsize="small")
    axes[-1].set_xlabel("seconds (shaded: the label says active)")
    sns.despine(figure)
    return figure


def readable(name: str) -> str:
    """A column's or a statistic's name in words."""
    return name.replace("_x_", " and ").replace("_", " ")


def _in_unit_of_bound(name: str, away: float) -> str:
    """A distance from the reference as its bound is put: percent, points, or neither."""
    if BOUNDS[name][1] == "ratio":
        return f"{100 * away:.1f} %"
    return f"{100 * away:.2f} points" if name in PERCENT else f"{away:.3f}"


def _kept(name: str, table: pd.DataFrame) -> dict[str, object]:
    words, _, bound = BOUNDS[name]
    away = deviations(name, table)
    where = away.idxmax()
    return {
        "asked": words,
        "kept by": f"{int((away <= bound).sum())} of {len(away)}",
        "furthest": _in_unit_of_bound(name, away.max()),
        "where": readable(" ".join(where) if isinstance(where, tuple) else where),
    }


def _band(axis: plt.Axes, name: str, reference: pd.Series) -> None:
    """The identity and the bound around it."""
    _, column, bound = BOUNDS[name]
    line = np.linspace(reference.min(), reference.max(), 200)
    width = bound * line if column == "ratio" else bound
    low, high = line - width, line + width
    axis.plot(line, line, color="0.3", lw=0.8)
    axis.fill_between(line, low, high, color="0.85", zorder=0)
    if name in LOGARITHMIC:
        axis.set(xscale="log", yscale="log")
        for scale in (axis.xaxis, axis.yaxis):
            scale.set_major_locator(LogLocator(subs=(1, 2, 5)))
            scale.set_major_formatter(ScalarFormatter())
            scale.set_minor_formatter(NullFormatter())
