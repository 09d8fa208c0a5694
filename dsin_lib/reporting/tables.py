"""The paper's tables, computed from the predictions of runs.

Every score is F1 in percent on the test subjects, averaged over folds and seeds, and every table
has the always-positive predictor's row: F1 means nothing without it.
"""

from collections.abc import Iterable
from html import escape
from pathlib import Path

import numpy as np
import pandas as pd
from IPython.display import HTML

from dsin_lib.config import Config
from dsin_lib.scores.bootstrap import LEVEL
from dsin_lib.scores.f1 import scores
from dsin_lib.runs.rows import ROWS, TABLE_3, TABLE_4, TRAINED, Row, row_named
from dsin_lib.facs import ACTION_UNITS
from dsin_lib.paper.published import published
from dsin_lib.config.places import config_dir
from dsin_lib.reporting import health
from dsin_lib.reporting.baselines import BASELINES, baselines, listed_baselines
from dsin_lib.reporting.predictions import labels_and, row_taus
from dsin_lib.training.runs import run

ABLATIONS = {"table3": "Table 3, measured on BP4D", "table4": "Table 4, measured on DISFA"}
"""The paper's ablations, one a corpus."""
CHANCE = "Chance (prevalence)"
INTERVAL = f"{100 * LEVEL:.0f} % interval"
TABLE_3_ROWS = tuple(row.id for row in TABLE_3)
TABLE_4_ROWS = tuple(row.id for row in TABLE_4)


def row_scores(config: Config, row: Row, fold: int, seed: int) -> pd.DataFrame:
    """f1, auc, ap, prevalence and frames of each Action Unit on the test subjects, tau and dead.

    The last is how many networks behind the row are dead for the unit though it was fed.
    """
    run_, aus = run(config, row, fold, seed), config.corpus.aus
    tau = row_taus(config, row, run_)
    labels, probabilities = labels_and(run_, "test", aus)
    dead = health.dead_units(config, row, fold, seed)["au"].value_counts()
    found = scores(probabilities, labels, aus, tau)
    return found.assign(tau=tau, dead=dead.reindex(aus, fill_value=0))


def table_scores(config: Config, rows: Iterable[str] = TABLE_3_ROWS) -> pd.DataFrame:
    """Every score behind a table: one line a row, fold, seed and Action Unit."""
    runs = [(f, s) for f in config.evaluation.folds for s in config.evaluation.seeds]
    lines = [
        row_scores(config, row, fold, seed).assign(row=row.id, fold=fold, seed=seed).reset_index()
        for row in map(row_named, rows)
        for fold, seed in runs
    ]
    return pd.concat(lines, ignore_index=True)


def table_3(config: Config, rows: Iterable[str] = TABLE_3_ROWS) -> pd.DataFrame:
    """F1 in percent, one line a row, one column an Action Unit, their average last.

    Table 3 on a profile; Table 4 on ``config.on_second_corpus()`` with :data:`TABLE_4_ROWS`. A
    unit that a row does not predict is missing, and so is the average of such a row. Cells with a
    dead unit behind them stand in ``attrs["dead"]``.
    """
    rows = list(rows)
    found = table_scores(config, rows)
    table = pd.concat([baselines(config), 100 * _mean(found, config, rows, "f1")])
    return _finished(table, found, config)


def beside_paper(table: pd.DataFrame, intervals: pd.DataFrame | None = None) -> HTML:
    """A table with the paper's number, small, under each of ours.

    The two were measured on different faces: the paper's column of numbers is there to compare
    patterns, not values. The best value of a column is bold, if it is above zero and no dead unit
    stands behind it; where one does, there is a dagger.

    Args:
        table: From :func:`table_3`, or some of its rows.
        intervals: Columns ``low`` and ``high`` of each row's average, from
            :func:`dsin_lib.reporting.uncertainty.averages`.
    """
    marks = health.marks(table)
    cells = table.map(number) + marks + printed(table).map(small)
    ours = table.where(marks == "").drop(index=list(BASELINES), errors="ignore")
    best = ours.loc[:, ours.max() > 0].idxmax()
    if intervals is not None:
        cells[INTERVAL] = ends(intervals.reindex(table.index))
    return _styled(cells, bold=best)


def ends(intervals: pd.DataFrame, digits: int = 1) -> pd.Series:
    """The columns ``low`` and ``high`` of an interval as words."""
    low, high = ([number(x, digits) for x in intervals[end]] for end in ("low", "high"))
    words = [f"{one} to {other}" for one, other in zip(low, high, strict=True)]
    return pd.Series(words, intervals.index).where(intervals["low"].notna(), number(np.nan))


def plain(table: pd.DataFrame, digits: int = 1, words: Iterable[str] = ()) -> HTML:
    """A table as it is; columns of words are read from the left."""
    cells = table.map(lambda value: number(value, digits)) + health.marks(table)
    return _styled(cells, words=words)


def write_tables(
    config: Config,
    rows: Iterable[str] = TABLE_3_ROWS,
    of_second: Iterable[str] = TABLE_4_ROWS,
) -> list[Path]:
    """Writes the tables of a config as CSV files, each score behind them included.

    Args:
        config: The profile.
        rows: Rows of ``table3``.
        of_second: Rows of ``table4``, where the profile has a second corpus.
    """
    folder = config_dir(config) / "tables"
    folder.mkdir(parents=True, exist_ok=True)
    written = {"table3": (config, list(rows))}
    if config.second_corpus is not None and (second_rows := list(of_second)):
        written["table4"] = config.on_second_corpus(), second_rows
    tables = {}
    for name, (own, chosen) in written.items():
        tables[f"{name}_scores"] = table_scores(own, chosen)
        table = table_3(own, chosen)
        marked = health.marks(table).drop(columns="average") != ""
        dead = marked.apply(lambda units: " ".join(units.index[units]), axis=1)
        tables[name] = table.assign(dead=dead).rename_axis("row").reset_index()
    for old in folder.glob("*.csv"):  # of a second corpus that the profile no longer has
        old.unlink()
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False, float_format="%.6g")
    return [folder / f"{name}.csv" for name in tables]


def paper_table(table: pd.DataFrame) -> str:
    """Which table of the paper has these Action Units: ``table3`` (BP4D) or ``table4`` (DISFA)."""
    aus = set(table.columns) - {"average"}
    return next(name for name in ABLATIONS if aus <= set(published(name).columns))


def printed(table: pd.DataFrame) -> pd.DataFrame:
    """The paper's values of the same rows and columns; missing where it has none.

    The paper prints no baselines; theirs come from the corpus' public label lists.
    """
    of_paper = published(paper_table(table)).rename(columns={"printed_average": "average"})
    of_paper.index = [shown_row(label) for label in of_paper.index]
    known = listed_baselines(paper_table(table))[of_paper.columns.drop("average")]
    of_paper = pd.concat([known.assign(average=known.mean(axis=1)), of_paper])
    return of_paper.reindex(index=table.index, columns=table.columns)


def shown_row(label: str) -> str:
    """A printed row label as the book shows it; rows that we do not have keep their label."""
    return next((row.shown for row in ROWS.values() if row.label == label), label)


def gain(table: pd.DataFrame, row: str, over: str) -> float:
    """F1 points by which one row's average exceeds another's, by the rows' ids.

    Reckoned from the columns: some averages in print do not follow from theirs. Missing where a
    dead unit stands behind either.
    """
    averages = table.drop(columns="average").mean(axis=1)
    averages = averages.mask((health.marks(table) != "").any(axis=1))
    return float(averages[ROWS[row].shown] - averages[ROWS[over].shown])


def in_print(printed: pd.DataFrame, row: str, over: str) -> str:
    """A gain of the paper's in words, some rows of which it does not print for a corpus."""
    points = gain(printed, row, over)
    return "not printed" if np.isnan(points) else f"{points:+.1f}"


def regions(table: pd.DataFrame) -> pd.DataFrame:
    """Mean F1 over the upper-face and over the lower-face Action Units."""
    region = {f"AU{n:02d}": unit.region for n, unit in ACTION_UNITS.items()}
    aus = table.drop(columns="average")
    halves = aus.T.groupby(aus.columns.map(region)).mean().T[["upper", "lower"]]
    dead = table.attrs.get("dead", ())
    halves.attrs["dead"] = [(row, region[au]) for row, au in dead if au in region]
    return halves


def ranking(config: Config, rows: Iterable[str] = TRAINED) -> pd.DataFrame:
    """Area under the ROC curve, one line a row that ranks by itself, their average last."""
    found = table_scores(config, rows := list(rows))
    return _finished(_mean(found, config, rows, "auc"), found, config)


def precision(config: Config, rows: Iterable[str] = TRAINED) -> pd.DataFrame:
    """Average precision, one line a row that ranks by itself, below that of knowing nothing.

    Whoever ranks frames at random has the prevalence of the test frames. A fold whose test frames
    never show a unit has no precision for it, and counts for neither.
    """
    found = table_scores(config, rows := list(rows))
    known = found.dropna(subset="ap")  # of every row: it is one number
    chance = known.groupby("au")["prevalence"].mean().reindex(config.corpus.aus).to_frame(CHANCE).T
    return _finished(pd.concat([chance, _mean(found, config, rows, "ap")]), found, config)


def notes(config: Config) -> dict[str, str]:
    """What a row's name does not say and the config decides, by the row as it is shown."""
    vgg = config.vgg
    source = f"from {vgg.weights.name}" if vgg.weights else f"from scratch, {vgg.width} filters"
    return {row.shown: source for row in ROWS.values() if row.network == "vgg"}


def _finished(table: pd.DataFrame, found: pd.DataFrame, config: Config) -> pd.DataFrame:
    """A table with its averages, notes and dead cells; a row of some units has no average."""
    some = [row.shown for row in ROWS.values() if row.aus]
    average = table.mean(axis=1).mask(table.index.isin(some))
    table = table.assign(average=average).rename_axis(index=None, columns=None)
    table.attrs |= {"notes": notes(config), "dead": health.cells(found)}
    return table


def _mean(found: pd.DataFrame, config: Config, rows: list[str], score: str) -> pd.DataFrame:
    """A score averaged over folds and seeds, one line a row, one column an Action Unit."""
    by_row = found.groupby(["row", "au"])[score].mean().unstack("au")
    return by_row.loc[rows, config.corpus.aus].rename(index={row: ROWS[row].shown for row in rows})


def number(value: object, digits: int = 1) -> str:
    """A cell as the book prints it: a dash where it is missing."""
    if pd.isna(value):
        return "–"
    if isinstance(value, str):
        return value
    return f"{round(value, digits) + 0.0:.{digits}f}"  # no minus before a zero


def small(value: object) -> str:
    """A number or words in small print on a line of their own; nothing for what is missing."""
    words = "" if pd.isna(value) else number(value)
    return words and f'<br><span class="paper">{words}</span>'


def _styled(cells: pd.DataFrame, bold: pd.Series | None = None, words: Iterable[str] = ()) -> HTML:
    notes = cells.attrs.get("notes", {})
    style = cells.style.format_index(lambda name: name + small(escape(notes.get(name, ""))))
    if bold is not None:
        marks = pd.DataFrame("", index=cells.index, columns=cells.columns)
        for column, row in bold.items():
            marks.loc[row, column] = "font-weight: 700"
        style = style.apply(lambda _: marks, axis=None)
    if words := list(words):
        left = {"selector": "th, td", "props": "text-align: left"}
        style = style.set_table_styles({name: [left] for name in words})
    return HTML(f'<div class="table-scroll">{style.to_html()}</div>{health.legend(cells)}')
