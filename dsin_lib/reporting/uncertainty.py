"""Error bars and verdicts: what a paired bootstrap over test subjects leaves of a difference.

Subjects, not frames, are drawn: frames of one person resemble each other, so an interval over
frames would be far too narrow.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from IPython.display import HTML
from jaxtyping import Float

from dsin_lib.config import Config
from dsin_lib.evaluation.bootstrap import Counts, counts, interval, resampled_f1
from dsin_lib.experiments import ROWS, Row, row_named
from dsin_lib.paper.claims import Claim, claims, margins, rows_of
from dsin_lib.reporting.predictions import labels_and, row_taus
from dsin_lib.reporting.provenance import CORPORA
from dsin_lib.reporting.tables import CLAIMS, TABLE_3_ROWS, paper_table
from dsin_lib.training.runs import run

SUPPORTED, NOT_SUPPORTED, UNDECIDED = "supported", "not supported", "undecided"
NOT_RUN = "not run here"
VERDICTS = (SUPPORTED, NOT_SUPPORTED, UNDECIDED, NOT_RUN)


def resamplings(
    config: Config, rows: Iterable[str] = TABLE_3_ROWS
) -> Float[np.ndarray, "resample row au"]:
    """F1 in percent of every row under the same draws of test subjects."""
    chosen = [row_named(row) for row in rows]
    folds = [
        np.stack(
            [
                np.stack([_counts(config, row, fold, seed) for row in chosen])
                for seed in config.evaluation.seeds
            ]
        )
        for fold in config.evaluation.folds
    ]
    return 100 * resampled_f1(folds)


def averages(drawn: Float[np.ndarray, "resample row au"], rows: Iterable[str]) -> pd.DataFrame:
    """The interval of every row's average: low and high, by the row as it is shown."""
    chosen = [row_named(row) for row in rows]
    some = np.array([bool(row.aus) for row in chosen])  # no average, as in the paper
    low, high = interval(np.where(some, np.nan, np.nanmean(drawn, 2)))
    return pd.DataFrame({"low": low, "high": high}, index=[row.shown for row in chosen])


def differences(
    drawn: Float[np.ndarray, "resample row au"], rows: Iterable[str] = TABLE_3_ROWS
) -> pd.DataFrame:
    """The comparisons of averages that the paper draws: the interval of each difference."""
    names, means = list(rows), drawn.mean(2)
    lines = {
        words: interval(means[:, names.index(row)] - means[:, names.index(over)])
        for words, row, over in CLAIMS
        if row in names and over in names
    }
    table = pd.DataFrame(lines, index=["low", "high"]).T
    return table.assign(verdict=[verdict(*ends) for ends in table.to_numpy()])


def ledger(
    config: Config,
    table: pd.DataFrame,
    drawn: Float[np.ndarray, "resample row au"],
    rows: Iterable[str] = TABLE_3_ROWS,
) -> pd.DataFrame:
    """Every claim about the paper's table of these Action Units, held against ours.

    Args:
        config: The profile.
        table: F1 in percent as shown, from :func:`dsin_lib.reporting.tables.table_3`.
        drawn: Resamplings of the same rows.
        rows: Ids of the rows, in the order of ``drawn``.

    Returns:
        One line a claim: id, section, claim, margin, low, high, verdict.
    """
    labels, aus = [ROWS[row].label for row in rows], config.corpus.aus
    shown = [ROWS[row].shown for row in rows]
    ours = table.loc[shown, aus].to_numpy(float)
    about = [claim for claim in claims().values() if paper_table(table) in claim.tables]
    return pd.DataFrame([_line(claim, ours, drawn, labels, aus) for claim in about])


def shown(found: pd.DataFrame) -> pd.DataFrame:
    """The ledger by claim, as the book prints it."""
    return found.drop(columns="id").set_index("claim").rename_axis(index=None)


def summary(found: pd.DataFrame) -> dict[str, int]:
    """How many claims of the ledger have each verdict."""
    counts = found["verdict"].value_counts()
    return {name: int(counts.get(name, 0)) for name in VERDICTS}


def in_words(config: Config, found: pd.DataFrame) -> HTML:
    """The ledger in two sentences, for the front page."""
    counts = summary(found)
    run_here = sum(counts.values()) - counts[NOT_RUN]
    return HTML(
        f"<p>Of {run_here} claims that this run can be held against, "
        f"<strong>{counts[SUPPORTED]} are supported, {counts[NOT_SUPPORTED]} are not, and "
        f"{counts[UNDECIDED]} stay undecided</strong>: another draw of people could turn them "
        f"round. {counts[NOT_RUN]} more need rows that it does not have. "
        f"({CORPORA[config.corpus.name]}, profile {config.name}, "
        f"{len(config.evaluation.folds)} of 3 folds.)</p>"
    )


def verdict(low: float, high: float) -> str:
    """What an interval says of a claim that its middle be above zero."""
    if low > 0:
        return SUPPORTED
    return NOT_SUPPORTED if high < 0 else UNDECIDED


def _line(
    claim: Claim, ours: np.ndarray, drawn: np.ndarray, labels: list[str], aus: list[str]
) -> dict[str, object]:
    line: dict[str, object] = {"id": claim.id, "section": claim.section, "claim": claim.says}
    if not set(rows_of(claim)) <= set(labels):
        return {**line, "margin": np.nan, "low": np.nan, "high": np.nan, "verdict": NOT_RUN}
    low, high = interval(margins(claim, drawn, labels, aus))
    here = float(margins(claim, ours, labels, aus))
    return {**line, "margin": here, "low": low, "high": high, "verdict": verdict(low, high)}


def _counts(config: Config, row: Row, fold: int, seed: int) -> Counts:
    run_, aus = run(config, row, fold, seed), config.corpus.aus
    labels, probabilities = labels_and(run_, "test", aus)
    test = run_.predictions[run_.predictions["split"] == "test"]
    tau = row_taus(config, row, run_)
    return counts(probabilities, labels, test["subject"].to_numpy(str), tau)
