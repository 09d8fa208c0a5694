"""The penalty on the correction factors: what each r does to chi, to F1 and to the training.

Paper: Sec. 4.2.1, Fig. 6. Step 4 alone is trained, on the same frozen fused network, so that r is
the only difference between two runs.
"""

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from dsin_lib.config import Config
from dsin_lib.reporting.claims.finding import Evidence
from dsin_lib.reporting.claims.observations import about_chi
from dsin_lib.reporting.claims.observed_chi import OFF, ON
from dsin_lib.reporting.comparisons import change
from dsin_lib.reporting.page.figures import sns  # with the book's theme
from dsin_lib.reporting.tables import ALWAYS_POSITIVE
from dsin_lib.runs.predictions import CHI, values_of
from dsin_lib.runs.run import Run, runs_of
from dsin_lib.runs.sweeps import CHI_PENALTIES, chi_penalty

Sweep = Mapping[float, Sequence[Run]]
"""Runs of step 4 alone by r, each on all folds from all seeds."""


def sweep(config: Config) -> Sweep:
    """The runs of Fig. 6."""
    return {r: runs_of(config, ["omega"], chi_penalty(r)) for r in CHI_PENALTIES}


def sentences(swept: Sweep) -> pd.DataFrame:
    """What the paper says of the figure, each sentence with its margin here and its verdict."""
    return about_chi(Evidence(chi=swept))


def curves(swept: Sweep) -> pd.DataFrame:
    """Moments of chi and F1 in percent by r and epoch, averaged over folds and seeds.

    As far as every run of an r came: the mean of fewer would jump where one of them ends.
    """
    history = pd.concat(
        {(r, run.fold, run.seed): run.history for r, runs in swept.items() for run in runs},
        names=["r", "fold", "seed"],
    )
    by_epoch = history.assign(F1=100 * history["valid_f1"])
    grouped = by_epoch.groupby(["r", "epoch"])
    means = grouped[["chi_mean", "chi_std", "F1"]].mean()
    of_r = pd.Series({r: len(runs) for r, runs in swept.items()})
    whole = grouped.size() == of_r.reindex(means.index.get_level_values("r")).to_numpy()
    return means[whole].reset_index()


def summary(swept: Sweep) -> pd.DataFrame:
    """One line an r: scores with the interval of the change to r = 0, and what became of chi."""
    table = pd.DataFrame(
        [change(runs, swept[0.0]) for runs in swept.values()], index=pd.Index(list(swept), name="r")
    )[["F1 trial", "change", "low", "high", "always trial"]]
    means = pd.DataFrame({r: pd.DataFrame(map(_of_run, runs)).mean() for r, runs in swept.items()})
    by_epoch = curves(swept)
    shared = int(by_epoch.groupby("r")["epoch"].max().min())
    at_shared = by_epoch[by_epoch["epoch"] == shared].set_index("r")["chi_std"]
    return table.join(means.T).assign(shared=shared, spread=at_shared)


def _of_run(run: Run) -> dict[str, float]:
    history, chi = run.history, values_of(run, "test", CHI)
    best = history[history["kept"]].iloc[0]
    return {
        "stop_f1": 100 * best["valid_f1"],
        "best_epoch": best["epoch"],
        "ended_early": len(history) < run.config.training.max_cached_epochs,
        "chi_mean": best["chi_mean"],
        "chi_std": best["chi_std"],
        "chi_test": chi.mean(),
        "off": 100 * (chi < OFF).mean(),
        "on": 100 * (chi > ON).mean(),
    }


def scores(table: pd.DataFrame) -> pd.DataFrame:
    """F1 of each r, and how long it was trained, as the book prints it; first always positive."""
    columns = {
        "F1 trial": "test F1", "change": "change to r = 0", "low": "low", "high": "high",
        "stop_f1": "F1 at the chosen epoch", "best_epoch": "chosen epoch",
    }  # fmt: skip
    shown = _by_r(table)[list(columns)].rename(columns=columns)
    shown = shown.assign(**{"ended early (%)": 100 * _by_r(table)["ended_early"]})
    always = pd.DataFrame({"test F1": table["always trial"].iloc[0]}, [ALWAYS_POSITIVE])
    return pd.concat([always, shown])


def factors(table: pd.DataFrame) -> pd.DataFrame:
    """Chi of each r, as the book prints it."""
    columns = {
        "chi_mean": "μ(χ)", "chi_std": "σ(χ)", "spread": f"σ(χ) after {table['shared'].iloc[0]}",
        "chi_test": "μ(χ), test", "off": f"χ &lt; {OFF} (%)", "on": f"χ &gt; {ON} (%)",
    }  # fmt: skip
    return _by_r(table)[list(columns)].rename(columns=columns)


def moments(by_epoch: pd.DataFrame) -> Figure:
    """Mean (line) and standard deviation (envelope) of chi over training, as in Fig. 6."""
    figure, panels = _panels(r"$\chi$")
    for (r, of_r), axis in zip(by_epoch.groupby("r"), panels, strict=True):
        mean, std = of_r["chi_mean"], of_r["chi_std"]
        axis.fill_between(of_r["epoch"], mean - std, mean + std, color="C0", alpha=0.3, lw=0)
        axis.plot(of_r["epoch"], mean, color="C0")
        axis.set(title=f"r = {r:g}", ylim=(0, 1))
    return figure


def validation(swept: Sweep) -> Figure:
    """F1 of the subjects that end a training over its epochs; a dot at the chosen one."""
    figure, panels = _panels("F1 (%)")
    for r, axis in zip(CHI_PENALTIES, panels, strict=True):
        for history in (run.history for run in swept[r]):
            (best,) = history.index[history["kept"]]
            f1 = 100 * history["valid_f1"]
            (line,) = axis.plot(history["epoch"], f1, lw=1.2)
            axis.plot(history.at[best, "epoch"], f1[best], "o", color=line.get_color())
        axis.set_title(f"r = {r:g}")
    return figure


def _panels(label: str) -> tuple[Figure, list[Axes]]:
    figure, axes = plt.subplots(
        2, 3, figsize=(8, 4.6), sharex=True, sharey=True, layout="constrained"
    )
    *panels, spare = axes.flat
    spare.set_axis_off()
    panels[2].tick_params(labelbottom=True)
    panels[0].xaxis.set_major_locator(MaxNLocator(4, integer=True, min_n_ticks=1))
    figure.supxlabel("epoch")
    figure.supylabel(label)
    sns.despine(figure)
    return figure, panels


def _by_r(table: pd.DataFrame) -> pd.DataFrame:
    return table.set_axis([f"r = {r:g}" for r in table.index])
