"""The paper's tables, computed from what runs score.

Every score is F1 in percent on the test subjects, averaged over folds and seeds, and every table
has the rows of the predictors that look at no image: F1 means nothing without them.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from IPython.display import HTML

from dsin_lib.config import Config
from dsin_lib.config.places import config_dir
from dsin_lib.config.sections import VGG
from dsin_lib.paper.claims import PAPERS_CORPUS
from dsin_lib.paper.published import label_lists, published
from dsin_lib.reporting.page.tables import INTERVAL, ends, marks, number, small, styled
from dsin_lib.runs.rows import PATCH_ROWS, ROWS, TABLE_3, TABLE_4
from dsin_lib.runs.run import Run, by_row
from dsin_lib.scores.bootstrap import interval
from dsin_lib.scores.measured import ALWAYS, PRIOR, Measured, measure, with_baselines

ABLATIONS = {"table3": "Table 3, measured on BP4D", "table4": "Table 4, measured on DISFA"}
"""The paper's ablations, one a corpus."""
BASELINES = {ALWAYS: "Always positive", PRIOR: "Training prevalence"}
"""The predictors that look at no image, and their names in the book."""
ALWAYS_POSITIVE = BASELINES[ALWAYS]
CHANCE = "Chance (prevalence)"
TABLE_3_ROWS = tuple(row.id for row in TABLE_3)
TABLE_4_ROWS = tuple(row.id for row in TABLE_4)


def rows_measured(rows: Mapping[str, Sequence[Run]]) -> Measured:
    """Rows of a table, below those of the predictors that look at no image.

    Args:
        rows: The runs of each row by its id, as :func:`dsin_lib.runs.run.by_row` lists them.

    Raises:
        MissingRunError: A run is not there; names it and the command that makes it.
    """
    return measure(with_baselines(rows))


def table(measured: Measured, vgg: VGG | None = None) -> pd.DataFrame:
    """F1 in percent, one line a row, one column an Action Unit, their average last.

    A unit that a row does not predict is missing, and so is the average of such a row. Cells with a
    dead unit behind them stand in ``attrs["dead"]``.

    Args:
        measured: From :func:`rows_measured`.
        vgg: What VGG was trained from, to be said below its name.
    """
    return _finished(100 * measured.mean("f1"), measured, vgg)


def ranking(measured: Measured, vgg: VGG | None = None) -> pd.DataFrame:
    """Area under the ROC curve in percent, a line each row that ranks by itself, average last."""
    return _finished(100 * measured.mean("auc").loc[_ranking(measured)], measured, vgg)


def precision(measured: Measured, vgg: VGG | None = None) -> pd.DataFrame:
    """Average precision in percent, one line a row that ranks by itself, below knowing nothing.

    Whoever ranks frames at random has the prevalence of the test frames. A fold whose test frames
    never show a unit has no precision for it, and counts for neither.
    """
    known = measured.scores[measured.scores["line"] == ALWAYS].dropna(subset="ap")
    chance = known.groupby("au")["prevalence"].mean().reindex(measured.aus).to_frame(CHANCE).T
    of_rows = measured.mean("ap").loc[_ranking(measured)]
    return _finished(100 * pd.concat([chance, of_rows]), measured, vgg)


def averages(measured: Measured) -> pd.DataFrame:
    """The interval of every row's average: low and high, by the row as it is shown.

    Missing for a row of some units: it has no average.
    """
    low, high = interval(measured.resampled.mean(2))
    return pd.DataFrame({"low": low, "high": high}, index=list(map(shown_line, measured.lines)))


def half_widths(measured: Measured, vgg: VGG | None = None) -> pd.DataFrame:
    """Half the width of the interval of each cell and of each average, rows of a table alone."""
    (low, high), whole = interval(measured.resampled), averages(measured)
    cells = pd.DataFrame((high - low) / 2, whole.index, measured.aus)
    cells = cells.assign(average=(whole["high"] - whole["low"]) / 2)
    cells.attrs = {"notes": _notes(vgg), "dead": _dead_cells(measured)}
    return cells.drop(index=list(BASELINES.values()), errors="ignore")


def beside_paper(table: pd.DataFrame, intervals: pd.DataFrame | None = None) -> HTML:
    """A table with the paper's number, small, under each of ours.

    The two were measured on different faces: the paper's column of numbers is there to compare
    patterns, not values. The best value of a column is bold, if it is above zero and no dead unit
    stands behind it; where one does, there is a dagger.

    Args:
        table: From :func:`table`, or some of its rows.
        intervals: Columns ``low`` and ``high`` of each row's average, from :func:`averages`.
    """
    signs = marks(table)
    cells = table.map(number) + signs + printed(table).map(small)
    ours = table.where(signs == "").drop(index=list(BASELINES.values()), errors="ignore")
    best = ours.loc[:, ours.max() > 0].idxmax()
    if intervals is not None:
        of_rows = intervals.drop(index=list(BASELINES.values()), errors="ignore")
        cells[INTERVAL] = ends(of_rows.reindex(table.index))
    return styled(cells, bold=best)


def paper_table(aus: Iterable[str]) -> str:
    """Which table of the paper has these Action Units: ``table3`` (BP4D) or ``table4`` (DISFA)."""
    named = set(aus) - {"average"}
    return next(name for name in ABLATIONS if named <= set(published(name).columns))


def printed(table: pd.DataFrame) -> pd.DataFrame:
    """The paper's values of the same rows and columns; missing where it has none.

    The paper prints no baselines; theirs come from the corpus' public label lists.
    """
    name = paper_table(table.columns)
    of_paper = published(name).rename(columns={"printed_average": "average"})
    of_paper.index = [shown_row(label) for label in of_paper.index]
    known = listed_baselines(name)[of_paper.columns.drop("average")]
    of_paper = pd.concat([known.assign(average=known.mean(axis=1)), of_paper])
    return of_paper.reindex(index=table.index, columns=table.columns)


def listed_baselines(name: str) -> pd.DataFrame:
    """The predictors that look at no image, on the corpus of a paper's table by its label lists."""
    prevalence = pd.Series(label_lists()[PAPERS_CORPUS[name]]["prevalence"])
    every = 200 * prevalence / (1 + prevalence)
    return pd.DataFrame([every, every.where(prevalence >= 0.5, 0)], list(BASELINES.values()))


def shown_line(line: str) -> str:
    """A line as the book shows it: a row by its name in print, a baseline by its own."""
    return BASELINES.get(line) or ROWS[line].shown


def shown_row(label: str) -> str:
    """A printed row label as the book shows it; rows that we do not have keep their label."""
    return next((row.shown for row in ROWS.values() if row.label == label), label)


def gain(table: pd.DataFrame, row: str, over: str) -> float:
    """F1 points by which one row's average exceeds another's, by the rows' ids.

    Reckoned from the columns: some averages in print do not follow from theirs. Missing where a
    dead unit stands behind either.
    """
    averages = table.drop(columns="average").mean(axis=1)
    averages = averages.mask((marks(table) != "").any(axis=1))
    return float(averages[ROWS[row].shown] - averages[ROWS[over].shown])


def in_print(printed: pd.DataFrame, row: str, over: str) -> str:
    """A gain of the paper's in words, some rows of which it does not print for a corpus."""
    points = gain(printed, row, over)
    return "not printed" if np.isnan(points) else f"{points:+.1f}"


def above_always_positive(table: pd.DataFrame) -> pd.DataFrame:
    """F1 points of each patch above always positive: where on the face a unit shows."""
    return table.loc[[ROWS[row].shown for row in PATCH_ROWS]] - table.loc[ALWAYS_POSITIVE]


def write_tables(config: Config, folder: Path | None = None) -> list[Path]:
    """Writes the tables of a profile as CSV files, each score behind them included.

    Args:
        config: The profile.
        folder: None for that of the profile's results.

    Raises:
        MissingRunError: A run is not there; names it and the command that makes it.
    """
    folder = folder or config_dir(config) / "tables"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {"table3": TABLE_3_ROWS}
    wanted |= {"table4": TABLE_4_ROWS} if config.corpora.table_4 else {}
    written: dict[str, pd.DataFrame] = {}
    for name, rows in wanted.items():
        measured = rows_measured(by_row(config, rows))
        written |= csv_tables(name, measured)
    for old in folder.glob("*.csv"):  # of a corpus that the profile no longer has
        old.unlink()
    for name, of in written.items():
        of.to_csv(folder / f"{name}.csv", index=False, float_format="%.6g")
    return [folder / f"{name}.csv" for name in written]


def csv_tables(name: str, measured: Measured) -> Mapping[str, pd.DataFrame]:
    """A table and the scores behind it, as they are written."""
    scores = measured.scores[~measured.scores["line"].isin(list(BASELINES))]
    of = table(measured)
    spoiled = marks(of).drop(columns="average") != ""
    dead = spoiled.apply(lambda units: " ".join(units.index[units]), axis=1)
    return {
        f"{name}_scores": scores.rename(columns={"line": "row"}),
        name: of.assign(dead=dead).rename_axis("row").reset_index(),
    }


def _ranking(measured: Measured) -> list[str]:
    """The lines that rank frames by scores of their own."""
    return [line for line in measured.lines if line not in BASELINES and ROWS[line].fits]


def _finished(table: pd.DataFrame, measured: Measured, vgg: VGG | None = None) -> pd.DataFrame:
    """A table with its averages, notes and dead cells; a row of some units has no average."""
    some = [line for line in table.index if line in ROWS and ROWS[line].aus]
    average = table.mean(axis=1).mask(table.index.isin(some))
    table = table.assign(average=average)
    table.index = [line if line == CHANCE else shown_line(line) for line in table.index]
    table.attrs = {"notes": _notes(vgg), "dead": _dead_cells(measured)}
    return table


def _dead_cells(measured: Measured) -> list[tuple[str, str]]:
    """Row (as shown) and column of each cell with a dead unit behind it, averages included."""
    cells = measured.dead()
    whole = [line for line in dict.fromkeys(line for line, _ in cells) if not ROWS[line].aus]
    pairs = [*cells, *((line, "average") for line in whole)]
    return [(shown_line(line), column) for line, column in pairs]


def _notes(vgg: VGG | None) -> dict[str, str]:
    """What a row's name does not say and the config decides, by the row as it is shown."""
    if vgg is None:
        return {}
    source = f"from {vgg.weights.name}" if vgg.weights else f"from scratch, {vgg.width} filters"
    return {row.shown: source for row in ROWS.values() if row.network == "vgg"}
