"""The claims ledger: every sentence that can be tested, about either corpus, with its verdict."""

from html import escape

import pandas as pd
from IPython.display import HTML

from dsin_lib.config import Config
from dsin_lib.paper.claims import claims, measured_on
from dsin_lib.reporting.claims.against_paper import claim_line, held, shown
from dsin_lib.reporting.claims.finding import ARITHMETIC, Evidence
from dsin_lib.reporting.claims.observations import held as held_beside
from dsin_lib.reporting.page.provenance import CORPORA
from dsin_lib.reporting.tables import TABLE_3_ROWS, TABLE_4_ROWS, rows_measured
from dsin_lib.runs.rows import TRAINED
from dsin_lib.runs.run import by_row, runs_of
from dsin_lib.runs.sweeps import CHI_PENALTIES, chi_penalty
from dsin_lib.scores.verdicts import (
    NOT_RUN,
    NOT_SUPPORTED,
    SUPPORTED,
    UNDECIDED,
    UNTESTABLE,
    VERDICTS,
)


def evidence(config: Config) -> Evidence:
    """What a profile has measured: its tables, the rows behind them, and the sweep of r."""
    measured = rows_measured(config, TABLE_3_ROWS)
    own = held(measured, config.vgg)
    tables = {own.about: own}
    rows = by_row(config, (*TRAINED, "omega"))
    if own.about == "table_4":  # Table 3's rows, measured on a corpus of Table 4's units
        rows["t4_dsin_10"] = rows["dsin_10"]
    elif config.corpora.table_4 is not None:
        second = held(rows_measured(config, TABLE_4_ROWS), config.vgg)
        tables.setdefault(second.about, second)
        rows["t4_dsin_10"] = runs_of(config, ["t4_dsin_10"])
    chi = {r: runs_of(config, ["omega"], chi_penalty(r)) for r in CHI_PENALTIES}
    return Evidence(tables, rows, chi, measured)


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
    lines = shown(table[table["verdict"] == verdict]).drop(columns="verdict")
    return lines if len(lines) else pd.DataFrame("", ["none"], lines.columns)


def summary(table: pd.DataFrame) -> dict[str, int]:
    """How many lines of the ledger have each verdict, those that this run decides.

    What is arithmetic on public label lists alone has no margin here and is counted as such.
    """
    fixed = table["margin"].isna() & (table["basis"] == ARITHMETIC)
    counts = table.loc[~fixed, "verdict"].value_counts()
    return {name: int(counts.get(name, 0)) for name in VERDICTS} | {ARITHMETIC: int(fixed.sum())}


def in_words(config: Config, table: pd.DataFrame) -> HTML:
    """The ledger in two sentences, for the front page."""
    counts = summary(table)
    run_here = counts[SUPPORTED] + counts[NOT_SUPPORTED] + counts[UNDECIDED]
    names = " and ".join(CORPORA[corpus.name] for corpus in config.corpora.named())
    spoiled = counts[UNTESTABLE]
    dead = f"{spoiled} cannot be tested here: dead units stand behind them. " if spoiled else ""
    return HTML(
        f"<p>Of {run_here} claims that this run can be held against, "
        f"<strong>{counts[SUPPORTED]} are supported, {counts[NOT_SUPPORTED]} are not, and "
        f"{counts[UNDECIDED]} stay undecided</strong>: another draw of people could turn "
        f"these round, another training any of them. {counts[ARITHMETIC]} more are settled by "
        f"public label lists alone (a dash under <em>this run</em> in the ledger), and "
        f"{counts[NOT_RUN]} need systems, rows or a corpus that it does not have, or could not be "
        f"counted. {dead}"
        f"({escape(names)}, profile {config.name}, "
        f"{len(config.evaluation.folds)} of 3 folds.)</p>"
    )
