"""Figures that several chapters draw: training curves, heatmaps around zero."""

from collections.abc import Iterable

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from dsin_lib.runs.run import Run
from dsin_lib.scores.phi import phi

sns.set_theme(style="ticks", context="notebook", palette="colorblind", rc={"figure.dpi": 144})
STEP_NAMES = {
    1: "step 1: patch prediction",
    2: "step 2: fusion, patches frozen",
    3: "step 3: patches and fusion",
    4: "step 4: structure inference, the rest frozen",
    5: "step 5: all",
}
CURVES = {"valid_loss": "held-out loss", "F1": "held-out F1 (%)", "AUC": "held-out AUC (%)"}
FEW = 30
"""Epochs up to which each gets a dot."""


def curves(runs: Iterable[Run]) -> Figure:
    """Loss, mean F1 and mean AUC of the held-out subjects over the epochs of each step.

    One line a run; a large dot at the epoch whose weights were kept.
    """
    history = pd.concat([run.history.assign(run=run.row.label) for run in runs])
    history = history.assign(F1=100 * history["valid_f1"], AUC=100 * history["valid_auc"])
    steps = sorted(history["step"].unique())
    figure, axes = plt.subplots(
        len(steps),
        len(CURVES),
        figsize=(10.5, 0.6 + 2.7 * len(steps)),
        squeeze=False,
        layout="constrained",
    )
    for line, step in zip(axes, steps, strict=True):
        of_step = history[history["step"] == step]
        for axis, (value, label) in zip(line, CURVES.items(), strict=True):
            marker = "o" if of_step["epoch"].max() <= FEW else None
            sns.lineplot(
                of_step, x="epoch", y=value, hue="run", marker=marker, markersize=4, ax=axis
            )
            kept = of_step[of_step["kept"]]
            sns.scatterplot(kept, x="epoch", y=value, hue="run", s=60, ax=axis, legend=False)
            axis.set(ylabel=label, xlim=(-0.6, of_step["epoch"].max() + 0.6))
            axis.xaxis.set_major_locator(MaxNLocator(6, integer=True, min_n_ticks=1))
            axis.get_legend().remove()
        line[0].set_title(STEP_NAMES[step], fontsize="medium", loc="left")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    figure.legend(handles, labels, loc="outside upper center", ncols=3, frameon=False)
    sns.despine(figure)
    return figure


def co_occurrence(labels: pd.DataFrame) -> Figure:
    """Correlation (phi) of every two labels of 0, 1 and missing, one column an Action Unit."""
    coefficients = phi(labels)
    return diverging(coefficients.where(coefficients < 1), "z.2f", r"$\phi$", limit=0.8)


def diverging(cells: pd.DataFrame, fmt: str, label: str, limit: float | None = None) -> Figure:
    """A table as a heatmap around zero: red above, blue below.

    Args:
        cells: What is drawn.
        fmt: Format of a cell's number (``z``: no minus before a zero).
        label: What the colours mean.
        limit: The end of the colours; none for the largest cell.
    """
    limit = limit or float(np.nanmax(np.abs(cells)))
    size = (2 + 0.68 * cells.shape[1], 0.8 + 0.42 * len(cells))
    figure, axis = plt.subplots(figsize=size, layout="constrained")
    sns.heatmap(
        cells,
        annot=True,
        fmt=fmt,
        center=0,
        vmin=-limit,
        vmax=limit,
        cmap="vlag",
        annot_kws={"fontsize": 9},
        cbar_kws={"label": label},
        ax=axis,
    )
    axis.set(xlabel="", ylabel="")
    axis.tick_params(axis="y", rotation=0)
    return figure
