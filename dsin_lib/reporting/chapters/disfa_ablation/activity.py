"""What counts as active on a corpus with intensities, and what is left to score where few do.

Reading: disfa-activity. The paper calls labels "with intensity greater than 3" active (Sec. 4.1.1).
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from dsin_lib.config import Config
from dsin_lib.paper.published import disfa_labels
from dsin_lib.reporting import tables
from dsin_lib.reporting.page.tables import number
from dsin_lib.runs.predictions import LABEL, values_of
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import Run, by_row
from dsin_lib.runs.sweeps import ACTIVE_FROM, ROWS_OF_THRESHOLD, active_from
from dsin_lib.scores.measured import Measured, measure, with_baselines

LEVELS = {2: "2 and more: the field", 3: "3 and more: the author's code", 4: "above 3: the paper"}
"""Lowest active intensities and who takes them; those of the sweep."""
FEW = 80
"""Positives under which the register of readings calls the score of a fold mostly chance."""

Levels = Mapping[int, Mapping[str, Sequence[Run]]]
"""Runs of each row at each lowest active intensity, on every fold from every seed."""


def levels(config: Config) -> Levels:
    """The runs of the sweep."""
    return {level: by_row(config, ROWS_OF_THRESHOLD, active_from(level)) for level in ACTIVE_FROM}


def trainings(swept: Levels) -> list[Run]:
    """All of them."""
    return [run for rows in swept.values() for runs in rows.values() for run in runs]


def positives(swept: Levels) -> pd.DataFrame:
    """One line a level, fold and Action Unit: its coded test frames and how many are active."""
    lines = []
    for level, rows in swept.items():
        runs = next(iter(rows.values()))  # any: all rows of a fold have the same test frames
        for run in runs:
            if run.seed == runs[0].seed:
                labels = values_of(run, "test", LABEL)
                counts = {"positives": (labels == 1).sum(0), "frames": (labels >= 0).sum(0)}
                of = {"level": level, "fold": run.fold, "au": run.corpus.aus, **counts}
                lines.append(pd.DataFrame(of))
    return pd.concat(lines, ignore_index=True)


def of_disfa() -> pd.DataFrame:
    """The same counts of DISFA itself, over all its frames, from its public label lists."""
    counts = pd.DataFrame(disfa_labels()["intensity_histogram"]).T
    active = pd.DataFrame({level: counts.loc[:, level:].sum(axis=1) for level in ACTIVE_FROM})
    return active.assign(frames=counts.sum(axis=1))


def summary(counted: pd.DataFrame) -> pd.DataFrame:
    """One line a level: prevalence, and the fewest positives that a score rests on."""
    lists, lines = of_disfa().loc[counted["au"].unique()], {}
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


def by_fold(counted: pd.DataFrame) -> pd.DataFrame:
    """Positives of each Action Unit in each test part, one line a level and fold."""
    names = counted["level"].map(LEVELS) + ", fold " + counted["fold"].astype(str)
    table = counted.assign(name=names).pivot(index="name", columns="au", values="positives")
    aus = counted["au"].unique()
    return table.loc[names.unique(), aus].rename_axis(index=None, columns=None)


def scores(swept: Levels) -> pd.DataFrame:
    """One line a level and predictor: average F1 in percent, and its interval for the rows."""
    lines = []
    for level, rows in swept.items():
        of: Measured = measure(with_baselines(rows))
        ends = tables.averages(of)
        ends[ends.index == tables.ALWAYS_POSITIVE] = np.nan  # a yardstick, drawn without one
        averages = pd.DataFrame({"average": of.f1.mean(1)}, index=ends.index)
        shown = [tables.ALWAYS_POSITIVE, *(ROWS[row].shown for row in rows)]
        line = averages.join(ends).loc[shown].rename_axis("predictor").reset_index()
        lines.append(line.assign(level=level))
    return pd.concat(lines, ignore_index=True)


def in_book(scored: pd.DataFrame) -> pd.DataFrame:
    """The scores as a table: one line a level, one column a predictor, ends of intervals below."""
    cells = scored["average"].map(number)
    known = scored["low"].notna()
    ends = " (" + scored["low"].map("{:.1f}".format) + " to " + scored["high"].map("{:.1f}".format)
    table = scored.assign(cell=cells.where(~known, cells + ends + ")"))
    wide = table.pivot(index="level", columns="predictor", values="cell")
    return wide[scored["predictor"].unique()].rename(LEVELS).rename_axis(index=None, columns=None)


def figure(counted: pd.DataFrame, scored: pd.DataFrame) -> Figure:
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
    _intervals(f1, scored)
    for axis in (rates, numbers, f1):
        axis.set(xlabel="active from intensity", xticks=ACTIVE_FROM)
    canvas.legend(loc="outside upper center", ncols=4, frameon=False)
    sns.despine(canvas)
    return canvas


def _intervals(axis: plt.Axes, scored: pd.DataFrame) -> None:
    """Average F1 with its interval, one colour a row; always positive as a dashed line."""
    every = scored[scored["predictor"] == tables.ALWAYS_POSITIVE]
    axis.plot(every["level"], every["average"], "k_--", ms=12, lw=1, label=tables.ALWAYS_POSITIVE)
    for k, row in enumerate(ROWS_OF_THRESHOLD):
        line = scored[scored["predictor"] == ROWS[row].shown]
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
