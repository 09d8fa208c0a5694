"""What structure inference does while it is trained, and step by step. Paper: Sec. 3.3."""

from collections.abc import Iterable

from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from dsin_lib.reporting.messages import corrections as corrections_of
from dsin_lib.reporting.page.figures import sns  # with the book's theme
from dsin_lib.runs.files import MOVEMENT
from dsin_lib.runs.run import Run


def correction_factors(runs: Iterable[Run]) -> Figure:
    """Mean and standard deviation of chi on the held-out subjects over training (as in Fig. 6)."""
    figure, axis = plt.subplots(figsize=(8, 3.6), layout="constrained")
    for run in runs:
        history = run.history.reset_index(drop=True)
        mean, std = history["chi_mean"], history["chi_std"]
        (line,) = axis.plot(history.index, mean, label=run.row.label)
        axis.fill_between(history.index, mean - std, mean + std, color=line.get_color(), alpha=0.2)
        axis.axvline((history["step"] == 4).sum() - 0.5, color=line.get_color(), ls=":", lw=1)
    axis.set(xlabel="epoch (dotted: step 5 begins)", ylabel=r"$\chi$", ylim=(0, 1))
    axis.legend(frameon=False)
    sns.despine(figure)
    return figure


def corrections(run: Run) -> Figure:
    """Test labels that structure inference puts right (up) and spoils (down), per Action Unit."""
    counts = corrections_of(run)
    figure, axis = plt.subplots(figsize=(9, 3.6), layout="constrained")
    axis.bar(counts.index, counts["put right"], color="C2", label="put right")
    axis.bar(counts.index, -counts["spoiled"], color="C3", label="spoiled")
    axis.axhline(0, color="0.3", lw=1)
    axis.yaxis.set_major_formatter(lambda value, _: f"{abs(value):.0f}")
    axis.set(ylabel="labels of the test frames")
    axis.legend(frameon=False)
    sns.despine(figure)
    return figure


def movement(run: Run) -> Figure:
    """How far predictions of the test frames move from one step of inference to the next."""
    steps = run.files.look(MOVEMENT).rename_axis("t").reset_index()
    steps = steps.melt("t", var_name="au", value_name="movement")
    figure, axis = plt.subplots(figsize=(8, 3.6), layout="constrained")
    sns.lineplot(
        steps, x="t", y="movement", hue="au", palette="tab20", marker="o", markersize=4, ax=axis
    )
    axis.set(xlabel="step t", ylabel=r"mean $|\hat{y}^t - \hat{y}^{t-1}|$", yscale="log")
    sns.move_legend(axis, "upper left", bbox_to_anchor=(1, 1), title=None, frameon=False, ncols=2)
    sns.despine(figure)
    return figure
