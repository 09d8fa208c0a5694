"""What counts as active on a corpus with intensities, and what is left to score where few do.

Reading: disfa-activity. The paper calls labels "with intensity greater than 3" active (Sec. 4.1.1).
"""

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from dsin_lib.config import Config, changed
from dsin_lib.runs.rows import ROWS
from dsin_lib.paper.published import disfa_labels
from dsin_lib.reporting import health, tables, uncertainty
from dsin_lib.reporting.baselines import ALWAYS_POSITIVE
from dsin_lib.reporting.predictions import labels_and
from dsin_lib.runs.sweeps import ACTIVE_FROM, ROWS_OF_THRESHOLD
from dsin_lib.training.runs import every_run, run
from dsin_lib.runs.files import Run

LEVELS = {2: "2 and more: the field", 3: "3 and more: the author's code", 4: "above 3: the paper"}
"""Lowest active intensities and who takes them; those of the study."""
FEW = 80
"""Positives under which the register of readings calls the score of a fold mostly chance."""


def at(second: Config, level: int) -> Config:
    """The same profile, second corpus in front, with another lowest active intensity."""
    return changed(second, {"corpus.active_from": level})


def runs_of_levels(second: Config) -> list[Run]:
    """The runs of all rows and levels, on every fold and seed."""
    return [
        one for level in ACTIVE_FROM for one in every_run(at(second, level), *ROWS_OF_THRESHOLD)
    ]


def positives(second: Config) -> pd.DataFrame:
    """One line a level, fold and Action Unit: its coded test frames and how many are active."""
    lines, aus, seed = [], second.corpus.aus, second.evaluation.seeds[0]
    for level in ACTIVE_FROM:
        for fold in second.evaluation.folds:
            row = ROWS_OF_THRESHOLD[0]  # any: all rows of a fold have the same test frames
            labels, _ = labels_and(run(at(second, level), row, fold, seed), "test", aus)
            counts = {"positives": (labels == 1).sum(0), "frames": (labels >= 0).sum(0)}
            lines.append(pd.DataFrame({"level": level, "fold": fold, "au": aus, **counts}))
    return pd.concat(lines, ignore_index=True)


def of_disfa() -> pd.DataFrame:
    """The same counts of DISFA itself, over all its frames, from its public label lists."""
    counts = pd.DataFrame(disfa_labels()["intensity_histogram"]).T
    found = pd.DataFrame({level: counts.loc[:, level:].sum(axis=1) for level in ACTIVE_FROM})
    return found.assign(frames=counts.sum(axis=1))


def summary(second: Config, counted: pd.DataFrame) -> pd.DataFrame:
    """One line a level: prevalence, and the fewest positives that a score rests on."""
    lists, lines = of_disfa().loc[second.corpus.aus], {}
    for level, name in LEVELS.items():
        here = counted[counted["level"] == level]
        by_unit = here.groupby("au")[["positives", "frames"]].sum()
        lines[name] = {
            "mean prevalence (%)": 100 * (by_unit["positives"] / by_unit["frames"]).mean(),
            "fewest positives in a test part": str(here["positives"].min()),
            f"scores with under {FEW}": f"{(here['positives'] < FEW).sum()} of {len(here)}",
            "DISFA: mean prevalence (%)": 100 * (lists[level] / lists["frames"]).mean(),
            "DISFA: fewest positives, all folds": str(lists[level].min()),
        }
    return pd.DataFrame(lines).T


def by_fold(second: Config, counted: pd.DataFrame) -> pd.DataFrame:
    """Positives of each Action Unit in each test part, one line a level and fold."""
    names = counted["level"].map(LEVELS) + ", fold " + counted["fold"].astype(str)
    table = counted.assign(name=names).pivot(index="name", columns="au", values="positives")
    return table.loc[names.unique(), second.corpus.aus].rename_axis(index=None, columns=None)


def scores(second: Config) -> pd.DataFrame:
    """One line a level and predictor: average F1 in percent, and its interval for the rows."""
    found = []
    for level in ACTIVE_FROM:
        config = at(second, level)
        table = health.sound(tables.table_3(config, ROWS_OF_THRESHOLD))
        drawn = uncertainty.resamplings(config, ROWS_OF_THRESHOLD)
        shown = [ALWAYS_POSITIVE, *(ROWS[row].shown for row in ROWS_OF_THRESHOLD)]
        lines = table.loc[shown, ["average"]].join(uncertainty.averages(drawn, ROWS_OF_THRESHOLD))
        found.append(lines.rename_axis("predictor").reset_index().assign(level=level))
    return pd.concat(found, ignore_index=True)


def printed(found: pd.DataFrame) -> pd.DataFrame:
    """The scores as a table: one line a level, one column a predictor, ends of intervals below."""
    cells = found["average"].map(tables.number)
    known = found["low"].notna()
    ends = " (" + found["low"].map("{:.1f}".format) + " to " + found["high"].map("{:.1f}".format)
    table = found.assign(cell=cells.where(~known, cells + ends + ")"))
    wide = table.pivot(index="level", columns="predictor", values="cell")
    return wide[found["predictor"].unique()].rename(LEVELS).rename_axis(index=None, columns=None)


def figure(counted: pd.DataFrame, found: pd.DataFrame) -> Figure:
    """Prevalence, positives in a test part and average F1, against the lowest active intensity."""
    canvas, (rates, numbers, f1) = plt.subplots(1, 3, figsize=(10.5, 3.9), layout="constrained")
    by_unit = counted.groupby(["level", "au"])[["positives", "frames"]].sum().reset_index()
    by_unit["prevalence"] = 100 * by_unit["positives"] / by_unit["frames"]
    units = counted["au"].unique()
    beside = pd.Series(np.linspace(-0.2, 0.2, len(units)), units)
    for axis, table, value in ((rates, by_unit, "prevalence"), (numbers, counted, "positives")):
        x = table["level"] + table["au"].map(beside)
        axis.plot(x, table[value], "o", color="0.4", alpha=0.6, clip_on=False)
    numbers.axhline(FEW, color="0.3", ls="--", lw=1)
    numbers.set_yscale("symlog", linthresh=1)
    rates.set(ylabel="prevalence of a unit (%)", ylim=(0, None))
    numbers.set(ylabel=f"positives in a test part (dashed: {FEW})", ylim=(-0.4, None))
    _intervals(f1, found)
    for axis in (rates, numbers, f1):
        axis.set(xlabel="active from intensity", xticks=ACTIVE_FROM)
    canvas.legend(loc="outside upper center", ncols=4, frameon=False)
    sns.despine(canvas)
    return canvas


def _intervals(axis: plt.Axes, found: pd.DataFrame) -> None:
    """Average F1 with its interval, one colour a row; always positive as a dashed line."""
    every = found[found["predictor"] == ALWAYS_POSITIVE]
    axis.plot(every["level"], every["average"], "k_--", ms=12, lw=1, label=ALWAYS_POSITIVE)
    for k, row in enumerate(ROWS_OF_THRESHOLD):
        line = found[found["predictor"] == ROWS[row].shown]
        at_level = line["level"] + 0.12 * (k - 1)
        axis.plot(
            at_level,
            line["average"],
            "o-",
            color=f"C{k}",
            lw=1,
            label=ROWS[row].label,
            clip_on=False,
        )
        axis.vlines(at_level, line["low"], line["high"], color=f"C{k}")
    axis.set(ylabel="average F1 (%)", ylim=(0, None))
