"""What the paper leaves open, and what another reading of it is worth: the register and the sweep.

A *reading* is one way to make a choice that the paper leaves open. Each is tried alone, on the
cheapest row that feels it. A change of F1 has the interval of a bootstrap over test subjects:
paired where both readings are tested on the same people.
"""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dsin_lib.config import Config
from dsin_lib.paper.readings import Choice, readings
from dsin_lib.reporting.comparisons import change
from dsin_lib.reporting.page.figures import sns  # with the book's theme
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import Run, runs_of
from dsin_lib.runs.sweeps import SWEEPS, alternatives, taken
from dsin_lib.scores.bootstrap import LEVEL

SWEEP_OF = {
    "pp_mouth": "patch_readings",
    "phi": "readings",
    "omega": "readings",
    "dsin_10": "test_fold",
    "t4_dsin_10": "activity",
}
"""The sweep that trains a row's other readings; what is not here needs no training."""
NO_TABLE_4 = "this profile has no corpus for Table 4"


@dataclass(frozen=True)
class Pair:
    """A reading that a profile does not take, beside the one that it takes.

    Attributes:
        choice: What the paper leaves open.
        reading: The other reading.
        taken: The profile's.
        row: Id of the row on which it is measured.
        runs: With the other reading.
        base: With the profile's, on the same folds from the same seeds.
    """

    choice: Choice
    reading: object
    taken: object
    row: str
    runs: list[Run]
    base: list[Run]


def pairs(config: Config) -> list[Pair]:
    """Every measured reading that the profile does not take, beside the one that it takes."""
    known = readings()
    measured = dict.fromkeys(one.measured_on for one in known.values() if one.measured_on)
    return [
        Pair(
            known[name],
            reading,
            taken(config, known[name]),
            row,
            runs_of(config, [other], change, folds(config, row)),
            runs_of(config, [row], folds=folds(config, row)),
        )
        for row in measured
        for (name, reading), (other, change) in alternatives(config, row).items()
    ]


def folds(config: Config, row: str) -> tuple[int, ...]:
    """The folds on which a row's other readings are measured."""
    return SWEEPS[SWEEP_OF[row]].folds(config) if row in SWEEP_OF else config.evaluation.folds


def trainings(compared: list[Pair]) -> list[Run]:
    """The runs that are compared, each once."""
    return list({run.folder: run for pair in compared for run in (*pair.base, *pair.runs)}.values())


def swept(compared: list[Pair]) -> pd.DataFrame:
    """Each alternative reading alone.

    Returns:
        One line a reading, choices with the largest change first: choice, reading, default (what
        the profile takes), row, folds, F1 default, F1 reading, change, low, high, matters (whether
        the interval excludes zero), resampling, and the same change above the always-positive
        predictor (``always ...``, ``above ...``).
    """
    lines = [
        {
            "choice": pair.choice.id,
            "reading": _word(pair.reading),
            "default": _word(pair.taken),
            "row": pair.row,
            "folds": ", ".join(map(str, dict.fromkeys(run.fold for run in pair.base))),
            **_named(change(pair.runs, pair.base)),
        }
        for pair in compared
    ]
    table = pd.DataFrame(lines)
    table["matters"] = (table["low"] > 0) | (table["high"] < 0)
    size = table["change"].abs()
    order = pd.DataFrame({"most": size.groupby(table["choice"]).transform("max"), "own": size})
    order = order.assign(choice=table["choice"]).sort_values(
        ["most", "choice", "own"], ascending=False, kind="stable"
    )
    return table.loc[order.index].reset_index(drop=True)


def departures(config: Config) -> list[str]:
    """Where a profile takes another reading than the register's default."""
    own = {one.id: (taken(config, one), one.default) for one in readings().values()}
    return [f"{name} ({_word(here)})" for name, (here, default) in own.items() if here != default]


def register() -> pd.DataFrame:
    """The ambiguity register, one line a choice that the paper leaves open."""
    lines = [
        {
            "id": one.id,
            "section": one.section,
            "the paper says": one.says,
            "and leaves open": one.silent,
            "default here": _word(one.default),
            "other readings": ", ".join(_word(r) for r in one.readings if r != one.default),
            "evidence": one.evidence,
            "measured on": ROWS[one.measured_on].shown if one.measured_on else "",
        }
        for one in readings().values()
    ]
    return pd.DataFrame(lines).set_index("id").rename_axis(None)


def unmeasured(config: Config, compared: list[Pair]) -> pd.DataFrame:
    """The choices without a line in the sweep, and why."""
    measured = {pair.choice.id for pair in compared}
    lines = {
        one.id: {"reading": _word(taken(config, one)), "why": one.unmeasured or NO_TABLE_4}
        for one in readings().values()
        if one.id not in measured
    }
    return pd.DataFrame.from_dict(lines, orient="index", columns=["reading", "why"])


def mattering(swept: pd.DataFrame) -> list[str]:
    """The choices of which a reading's interval excludes zero."""
    return list(dict.fromkeys(swept.loc[swept["matters"], "choice"]))


def by_chance(swept: pd.DataFrame) -> float:
    """How many intervals would exclude zero if no reading changed anything."""
    return (1 - LEVEL) * len(swept)


def in_book(swept: pd.DataFrame) -> pd.DataFrame:
    """The sweep as the book prints it."""
    table = swept.assign(
        row=[ROWS[row].shown for row in swept["row"]],
        matters=swept["matters"].map({True: "yes", False: "no"}),
    ).rename(columns={"default": "instead of", "matters": "excludes zero"})
    columns = ["instead of", "row", "folds", "F1 default", "F1 reading", "change", "low", "high"]
    return table.set_index(names(swept))[[*columns, "excludes zero", "resampling"]]


def above_always_positive(swept: pd.DataFrame) -> pd.DataFrame:
    """The readings under which the always-positive predictor scores something else as well."""
    moved = ~np.isclose(swept["always default"], swept["always reading"])
    columns = ["change", "always default", "always reading", "above", "above low", "above high"]
    return swept.set_index(names(swept)).loc[moved, columns]


def names(swept: pd.DataFrame) -> pd.Index:
    """Each line's choice and reading."""
    return pd.Index(swept["choice"] + ": " + swept["reading"])


def figure(swept: pd.DataFrame) -> Figure:
    """The change of every reading, with its interval; readings of one choice stand together."""
    figure, axis = plt.subplots(figsize=(7, 1.6 + 0.36 * len(swept)), layout="constrained")
    new = (swept["choice"] != swept["choice"].shift()).to_numpy()
    at = np.arange(len(swept)) + 0.6 * (new.cumsum() - 1)
    _interval(axis, swept[["change", "low", "high"]], at, "C0", "o", "change of F1")
    moved = above_always_positive(swept)
    where = at[names(swept).isin(moved.index)] + 0.3
    ends = moved[["above", "above low", "above high"]]
    _interval(axis, ends, where, "C1", "D", "of F1 above always positive")
    axis.axvline(0, color="0.3", lw=1, zorder=0)
    axis.set(yticks=at, yticklabels=names(swept), xlabel="F1 points")
    axis.invert_yaxis()
    figure.legend(loc="outside upper right", ncols=2, frameon=False, fontsize="small")
    sns.despine(figure)
    return figure


def _interval(axis: Axes, ends: pd.DataFrame, at: np.ndarray, *look: str) -> None:
    colour, marker, label = look
    axis.hlines(at, ends.iloc[:, 1], ends.iloc[:, 2], color=colour, lw=1.6)
    axis.plot(ends.iloc[:, 0], at, marker, color=colour, markersize=5, label=label)


def _named(changed: dict[str, float | str]) -> dict[str, float | str]:
    own = {"F1 base": "F1 default", "F1 trial": "F1 reading"}
    own |= {"always base": "always default", "always trial": "always reading"}
    return {own.get(name, name): value for name, value in changed.items()}


def _word(reading: object) -> str:
    return str(reading).lower() if isinstance(reading, bool) else str(reading)
