"""The paper's tables, computed from the predictions of runs.

Every score is F1 in percent on the test subjects, averaged over folds and seeds, and every table
has the always-positive predictor's row: F1 means nothing without it.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from pandas.io.formats.style import Styler

from dsin_lib.config import Config
from dsin_lib.evaluation.f1 import always_positive, scores
from dsin_lib.evaluation.thresholds import best_taus
from dsin_lib.experiments import ROWS, TABLE_3, Row
from dsin_lib.paper.published import published
from dsin_lib.paths import config_dir
from dsin_lib.training.runs import Run, run

ALWAYS_POSITIVE = "Always positive"


def labels_and(run_: Run, part: str, aus: list[str], suffix: str = "") -> tuple[np.ndarray, ...]:
    """Labels and probabilities (frame au) of a run's ``valid`` or ``test`` frames.

    Args:
        run_: A complete run.
        part: ``"valid"`` or ``"test"``.
        aus: Column names, in the order wanted.
        suffix: ``"_fused"`` for f of a run that went on to y_hat.
    """
    frames = run_.predictions[run_.predictions["split"] == part]
    labels = frames[[f"{au}_label" for au in aus]].to_numpy(np.float64)
    return labels, frames[[f"{au}{suffix}" for au in aus]].to_numpy(np.float64)


def row_scores(config: Config, row: Row, fold: int, seed: int) -> pd.DataFrame:
    """f1, auc, ap, prevalence and frames of each Action Unit on the test subjects, and tau."""
    run_, aus = run(config, row, fold, seed), config.corpus.aus
    tau = np.full(len(aus), config.evaluation.tau)
    if row.thresholds == "tuned":
        labels, probabilities = labels_and(run_, "valid", aus)
        tau = best_taus(probabilities, labels)
    labels, probabilities = labels_and(run_, "test", aus)
    return scores(probabilities, labels, aus, tau).assign(tau=tau)


def table_scores(config: Config, rows: tuple[Row, ...] = TABLE_3) -> pd.DataFrame:
    """Every score behind a table: one line a row, fold, seed and Action Unit."""
    runs = [(f, s) for f in config.evaluation.folds for s in config.evaluation.seeds]
    lines = [
        row_scores(config, row, fold, seed).assign(row=row.id, fold=fold, seed=seed).reset_index()
        for row in rows
        for fold, seed in runs
    ]
    return pd.concat(lines, ignore_index=True)


def table_3(config: Config, rows: tuple[Row, ...] = TABLE_3) -> pd.DataFrame:
    """Table 3: F1 in percent, one line a row, one column an Action Unit, their average last."""
    by_row = table_scores(config, rows).groupby(["row", "au"])["f1"].mean().unstack("au")
    table = by_row.loc[[row.id for row in rows], config.corpus.aus].rename(
        index={row.id: row.shown for row in rows}
    )
    table = pd.concat([_always_positive(config), 100 * table])
    return table.assign(average=table.mean(axis=1)).rename_axis(index="row", columns=None)


def beside_paper(table: pd.DataFrame, paper: str = "table3") -> Styler:
    """A table with the paper's number, small, under each of ours.

    The two were measured on different faces: the paper's column of numbers is there to compare
    patterns, not values. The best value of a column is bold.
    """
    printed = published(paper).rename(columns={"printed_average": "average"})
    printed.index = [_shown(label) for label in printed.index]
    printed = printed.reindex(index=table.index, columns=table.columns)
    cells = table.map("{:.1f}".format) + printed.map(_small)
    return _styled(cells, bold=table.drop(index=ALWAYS_POSITIVE).idxmax())


def plain(table: pd.DataFrame, digits: int = 1) -> Styler:
    """A table as it is."""
    return _styled(table.map(lambda value: f"{value:.{digits}f}" if pd.notna(value) else "–"))


def write_tables(config: Config) -> list[Path]:
    """Writes the tables of a config as CSV files, each score behind them included."""
    folder = config_dir(config) / "tables"
    folder.mkdir(parents=True, exist_ok=True)
    tables = {"table3_scores": table_scores(config), "table3": table_3(config).reset_index()}
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False, float_format="%.6g")
    return [folder / f"{name}.csv" for name in tables]


def gain(table: pd.DataFrame, row: str, over: str) -> float:
    """F1 points by which one row's average exceeds another's, by the rows' ids."""
    averages = table["average"]
    return float(averages[ROWS[row].shown] - averages[ROWS[over].shown])


def _always_positive(config: Config) -> pd.DataFrame:
    row = next(row for row in TABLE_3 if row.steps)
    tests = [
        always_positive(labels_and(run(config, row, fold, seed), "test", config.corpus.aus)[0])
        for fold in config.evaluation.folds
        for seed in config.evaluation.seeds
    ]
    return pd.DataFrame(
        [100 * np.mean(tests, axis=0)], index=[ALWAYS_POSITIVE], columns=config.corpus.aus
    )


def _shown(label: str) -> str:
    """A printed row label as the book shows it; rows that we do not have keep their label."""
    return next((row.shown for row in ROWS.values() if row.label == label), label)


def _small(value: float) -> str:
    return "" if pd.isna(value) else f'<br><span class="paper">{value:.1f}</span>'


def _styled(cells: pd.DataFrame, bold: pd.Series | None = None) -> Styler:
    style = cells.style.set_table_attributes('class="scores"')
    if bold is not None:
        marks = pd.DataFrame("", index=cells.index, columns=cells.columns)
        for column, row in bold.items():
            marks.loc[row, column] = "font-weight: 700"
        style = style.apply(lambda _: marks, axis=None)
    return style
