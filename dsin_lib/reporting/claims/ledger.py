"""The claims ledger: every sentence that can be tested, about either corpus, with its verdict."""

import pandas as pd

from dsin_lib.paper.claims import claims, measured_on
from dsin_lib.reporting.claims.against_paper import claim_line, in_book
from dsin_lib.reporting.claims.finding import ARITHMETIC, Evidence
from dsin_lib.reporting.claims.observations import held as held_beside
from dsin_lib.scores.verdicts import VERDICTS


def ledger(known: Evidence) -> pd.DataFrame:
    """Every claim about a table and every observation beside them; one line each.

    Columns as of :func:`dsin_lib.reporting.claims.against_paper.claim_line`.
    """
    lines = [
        claim_line(claim, printed_in, known.tables.get(measured_on(printed_in)))
        for claim in claims().values()
        for printed_in in claim.tables
    ]
    return pd.concat([pd.DataFrame(lines), held_beside(known)], ignore_index=True)


def with_verdict(table: pd.DataFrame, verdict: str) -> pd.DataFrame:
    """The lines of one verdict as the book prints them."""
    lines = in_book(table[table["verdict"] == verdict]).drop(columns="verdict")
    return lines if len(lines) else pd.DataFrame("", ["none"], lines.columns)


def summary(table: pd.DataFrame) -> dict[str, int]:
    """How many lines of the ledger have each verdict, those that this run decides.

    What is arithmetic on public label lists alone has no margin here and is counted as such.
    """
    fixed = table["margin"].isna() & (table["basis"] == ARITHMETIC)
    counts = table.loc[~fixed, "verdict"].value_counts()
    return {name: int(counts.get(name, 0)) for name in VERDICTS} | {ARITHMETIC: int(fixed.sum())}
