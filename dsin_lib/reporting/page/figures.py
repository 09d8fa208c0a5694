"""Figures of numbers: training curves, locality, correction factors, thresholds, corrections."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from dsin_lib.config import Config
from dsin_lib.scores.thresholds import TAUS, best_taus, f1_curves
from dsin_lib.runs.rows import PATCH_ROWS, ROWS
from dsin_lib.reporting import messages
from dsin_lib.reporting.baselines import ALWAYS_POSITIVE
from dsin_lib.reporting.predictions import labels_and
from dsin_lib.runs.files import Run

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


def curves(runs: Mapping[str, Run]) -> Figure:
    """Loss, mean F1 and mean AUC of the held-out subjects over the epochs of each step.

    One line a run; a large dot at the epoch whose weights were kept.
    """
    history = pd.concat([run.history.assign(run=name) for name, run in runs.items()])
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


def locality(table: pd.DataFrame) -> Figure:
    """F1 of each patch above always-positive, one cell an Action Unit."""
    above = table.loc[[ROWS[row].shown for row in PATCH_ROWS]] - table.loc[ALWAYS_POSITIVE]
    return diverging(above, "+z.0f", "F1 points above always positive")


def correction_factors(runs: Mapping[str, Run]) -> Figure:
    """Mean and standard deviation of chi on the held-out subjects over training (as in Fig. 6)."""
    figure, axis = plt.subplots(figsize=(8, 3.6), layout="constrained")
    for name, run in runs.items():
        history = run.history.reset_index(drop=True)
        mean, std = history["chi_mean"], history["chi_std"]
        (line,) = axis.plot(history.index, mean, label=name)
        axis.fill_between(history.index, mean - std, mean + std, color=line.get_color(), alpha=0.2)
        axis.axvline((history["step"] == 4).sum() - 0.5, color=line.get_color(), ls=":", lw=1)
    axis.set(xlabel="epoch (dotted: step 5 begins)", ylabel=r"$\chi$", ylim=(0, 1))
    axis.legend(frameon=False)
    sns.despine(figure)
    return figure


def thresholds(run: Run, config: Config) -> Figure:
    """F1 against tau on held-out (line) and test subjects (dashed), best held-out tau marked."""
    aus = config.corpus.aus
    parts = {part: labels_and(run, part, aus) for part in ("valid", "test")}
    f1 = {part: 100 * f1_curves(p, y) for part, (y, p) in parts.items()}
    taus = best_taus(parts["valid"][1], parts["valid"][0])
    lines = -(-len(aus) // 4)
    figure, axes = plt.subplots(
        lines, 4, figsize=(11, 0.8 + 1.9 * lines), sharex=True, sharey=True, layout="constrained"
    )
    for j, (axis, au) in enumerate(zip(axes.flat, aus, strict=True)):
        axis.plot(TAUS, f1["valid"][:, j], label="held-out subjects")
        axis.plot(TAUS, f1["test"][:, j], "--", label="test subjects")
        at = int(np.abs(TAUS - taus[j]).argmin())
        axis.plot(TAUS[at], f1["valid"][at, j], "ko", markersize=5)
        axis.axvline(0.5, color="0.8", lw=1, zorder=0)
        axis.set_title(au, fontsize="medium")
    figure.supxlabel(r"$\tau$")
    figure.supylabel("F1 (%)")
    axes[0, 0].legend(frameon=False, fontsize="small")
    sns.despine(figure)
    return figure


def corrections(run: Run, config: Config) -> Figure:
    """Test labels that structure inference puts right (up) and spoils (down), per Action Unit."""
    counts = messages.corrections(run, config)
    figure, axis = plt.subplots(figsize=(9, 3.6), layout="constrained")
    axis.bar(counts.index, counts["put right"], color="C2", label="put right")
    axis.bar(counts.index, -counts["spoiled"], color="C3", label="spoiled")
    axis.axhline(0, color="0.3", lw=1)
    axis.yaxis.set_major_formatter(lambda value, _: f"{abs(value):.0f}")
    axis.set(ylabel="labels of the test frames")
    axis.legend(frameon=False)
    sns.despine(figure)
    return figure


def trust(effects: pd.DataFrame) -> Figure:
    """How far one patch's vote moves the fused prediction, a cell a patch and Action Unit."""
    return diverging(effects, "z.2f", "change of f, vote 0 to 1")


def movement(steps: pd.DataFrame) -> Figure:
    """How far predictions still move from one step of inference to the next."""
    figure, axis = plt.subplots(figsize=(8, 3.6), layout="constrained")
    sns.lineplot(
        steps, x="t", y="movement", hue="au", palette="tab20", marker="o", markersize=4, ax=axis
    )
    axis.set(xlabel="step t", ylabel=r"mean $|\hat{y}^t - \hat{y}^{t-1}|$", yscale="log")
    sns.move_legend(axis, "upper left", bbox_to_anchor=(1, 1), title=None, frameon=False, ncols=2)
    sns.despine(figure)
    return figure


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
