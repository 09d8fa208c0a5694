"""What the paper leaves open, and what another reading of it is worth: the register and the sweep.

Each reading is tried alone, on the cheapest row that feels it. A change of F1 has the interval of
a bootstrap over test subjects: paired where both readings are tested on the same people.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from IPython.display import HTML
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from dsin_lib import studies
from dsin_lib.config import Config
from dsin_lib.scores.bootstrap import LEVEL
from dsin_lib.runs.rows import ROWS, TABLE_4_TRAINED
from dsin_lib.paper.readings import Silence, readings
from dsin_lib.config.places import store_dir
from dsin_lib.reporting.comparisons import change
from dsin_lib.reporting.figures import sns  # with the book's theme
from dsin_lib.runs.sweeps import STUDIES, Trial, alternatives
from dsin_lib.training.runs import run
from dsin_lib.runs.files import Run

STUDY_OF = {
    "pp_mouth": "patch_readings",
    "phi": "readings",
    "omega": "readings",
    "dsin_10": "habit",
    "t4_dsin_10": "activity",
}
"""The study whose job trains a row's other readings; what is not here needs no training."""
NO_SECOND_CORPUS = "this profile has no second corpus"
Pair = tuple[Silence, object, Trial, Trial]
"""A silence, another reading of it, the trial of the profile's reading and that of the other."""


def pairs(config: Config) -> list[Pair]:
    """Every measured reading that the profile does not take, beside the one that it takes."""
    known = readings()
    measured = dict.fromkeys(one.measured_on for one in known.values() if one.measured_on)
    return [
        (known[name], reading, Trial(row, second=trial.second), trial)
        for row in measured
        for (name, reading), trial in alternatives(config, row).items()
    ]


def folds(config: Config, row: str) -> tuple[int, ...]:
    """The folds on which a row's other readings are measured."""
    return STUDIES[STUDY_OF[row]].folds(config) if row in STUDY_OF else config.evaluation.folds


def configs(config: Config) -> list[Config]:
    """One config for each store that the sweep reads, the profile's own first."""
    found: dict[Path, Config] = {}
    for one in [config, *(trial.of(config) for pair in pairs(config) for trial in pair[2:])]:
        found.setdefault(store_dir(one), one)
    return list(found.values())


def runs(config: Config) -> list[Run]:
    """The runs that the sweep reads, each once."""
    found = [
        run(one.of(config), one.row, fold, seed)
        for _, _, base, trial in pairs(config)
        for fold in folds(config, base.row)
        for seed in config.evaluation.seeds
        for one in (base, trial)
    ]
    return list({one.folder: one for one in found}.values())


def sweep(config: Config) -> pd.DataFrame:
    """Each alternative reading alone.

    Returns:
        One line a reading, silences with the largest change first: silence, reading, default (what
        the profile takes), row, folds, F1 default, F1 reading, change, low, high, matters (whether
        the interval excludes zero), draws, and the same change above the always-positive predictor
        (``always ...``, ``above ...``).
    """
    lines = [
        {
            "silence": silence.id,
            "reading": _word(reading),
            "default": _word(taken(config, silence)),
            "row": base.row,
            "folds": ", ".join(map(str, folds(config, base.row))),
            **_named(change(config, trial, base, folds(config, base.row))),
        }
        for silence, reading, base, trial in pairs(config)
    ]
    table = pd.DataFrame(lines)
    table["matters"] = (table["low"] > 0) | (table["high"] < 0)
    size = table["change"].abs()
    order = pd.DataFrame({"most": size.groupby(table["silence"]).transform("max"), "own": size})
    order = order.assign(silence=table["silence"]).sort_values(
        ["most", "silence", "own"], ascending=False, kind="stable"
    )
    return table.loc[order.index].reset_index(drop=True)


def taken(config: Config, silence: Silence) -> object:
    """The reading that a profile takes."""
    second = silence.measured_on in TABLE_4_TRAINED and config.second_corpus is not None
    own = config.on_second_corpus() if second else config
    return studies.taken(own, silence.parameter, silence.default)


def departures(config: Config) -> list[str]:
    """Where a profile takes another reading than the register's default."""
    own = {one.id: (taken(config, one), one.default) for one in readings().values()}
    return [f"{name} ({_word(here)})" for name, (here, default) in own.items() if here != default]


def register() -> pd.DataFrame:
    """The ambiguity register, one line a silence."""
    lines = [
        {
            "id": one.id,
            "section": one.section,
            "the paper says": one.says,
            "and is silent on": one.silent,
            "default here": _word(one.default),
            "other readings": ", ".join(_word(r) for r in one.readings if r != one.default),
            "evidence": one.evidence,
            "measured on": ROWS[one.measured_on].shown if one.measured_on else "",
        }
        for one in readings().values()
    ]
    return pd.DataFrame(lines).set_index("id").rename_axis(None)


def unmeasured(config: Config) -> pd.DataFrame:
    """The silences without a line in the sweep, and why."""
    measured = {silence.id for silence, *_ in pairs(config)}
    lines = {
        one.id: {"reading": _word(taken(config, one)), "why": one.unmeasured or NO_SECOND_CORPUS}
        for one in readings().values()
        if one.id not in measured
    }
    return pd.DataFrame.from_dict(lines, orient="index", columns=["reading", "why"])


def mattering(swept: pd.DataFrame) -> list[str]:
    """The silences of which a reading's interval excludes zero."""
    return list(dict.fromkeys(swept.loc[swept["matters"], "silence"]))


def by_chance(swept: pd.DataFrame) -> float:
    """How many intervals would exclude zero if no reading changed anything."""
    return (1 - LEVEL) * len(swept)


def shown(swept: pd.DataFrame) -> pd.DataFrame:
    """The sweep as the book prints it."""
    table = swept.assign(
        row=[ROWS[row].shown for row in swept["row"]],
        matters=swept["matters"].map({True: "yes", False: "no"}),
    ).rename(columns={"default": "instead of", "matters": "excludes zero"})
    columns = ["instead of", "row", "folds", "F1 default", "F1 reading", "change", "low", "high"]
    return table.set_index(names(swept))[[*columns, "excludes zero", "draws"]]


def above_always_positive(swept: pd.DataFrame) -> pd.DataFrame:
    """The readings under which the always-positive predictor scores something else as well."""
    moved = ~np.isclose(swept["always default"], swept["always reading"])
    columns = ["change", "always default", "always reading", "above", "above low", "above high"]
    return swept.set_index(names(swept)).loc[moved, columns]


def names(swept: pd.DataFrame) -> pd.Index:
    """Each line's silence and reading."""
    return pd.Index(swept["silence"] + ": " + swept["reading"])


def figure(swept: pd.DataFrame) -> Figure:
    """The change of every reading, with its interval; readings of one silence stand together."""
    figure, axis = plt.subplots(figsize=(7, 1.6 + 0.36 * len(swept)), layout="constrained")
    new = (swept["silence"] != swept["silence"].shift()).to_numpy()
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


def worded(table: pd.DataFrame, wide: Iterable[str] = ()) -> HTML:
    """A table of words: flush left, some columns wide enough to be read."""
    style = table.style.set_properties(**{"text-align": "left"})
    style = style.set_properties(subset=list(wide), **{"min-width": "7rem"})
    style = style.set_table_styles([{"selector": "th", "props": "text-align: left"}])
    return HTML(f'<div class="table-scroll">{style.to_html()}</div>')


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
