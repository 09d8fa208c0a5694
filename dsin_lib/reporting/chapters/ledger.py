"""What a profile has to hold against the claims, and the ledger in two sentences."""

from html import escape

import pandas as pd
from IPython.display import HTML

from dsin_lib.config import Config
from dsin_lib.reporting.claims.against_paper import held
from dsin_lib.reporting.claims.finding import ARITHMETIC, Evidence
from dsin_lib.reporting.claims.ledger import summary
from dsin_lib.reporting.page.provenance import CORPORA
from dsin_lib.reporting.tables import TABLE_3_ROWS, TABLE_4_ROWS, rows_measured
from dsin_lib.runs.rows import TRAINED
from dsin_lib.runs.run import by_row, runs_of
from dsin_lib.runs.sweeps import CHI_PENALTIES, chi_penalty
from dsin_lib.scores.verdicts import NOT_RUN, NOT_SUPPORTED, SUPPORTED, UNDECIDED, UNTESTABLE


def evidence(config: Config) -> Evidence:
    """What a profile has measured: its tables, the rows behind them, and the sweep of r."""
    measured = rows_measured(by_row(config, TABLE_3_ROWS))
    own = held(measured, config.vgg)
    tables = {own.about: own}
    rows = by_row(config, (*TRAINED, "omega"))
    if own.about == "table_4":  # Table 3's rows, measured on a corpus of Table 4's units
        rows["t4_dsin_10"] = rows["dsin_10"]
    elif config.corpora.table_4 is not None:
        second = held(rows_measured(by_row(config, TABLE_4_ROWS)), config.vgg)
        tables.setdefault(second.about, second)
        rows["t4_dsin_10"] = runs_of(config, ["t4_dsin_10"])
    chi = {r: runs_of(config, ["omega"], chi_penalty(r)) for r in CHI_PENALTIES}
    return Evidence(tables, rows, chi, measured)


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
        f"{counts[UNDECIDED]} stay undecided</strong>: other people could turn "
        f"these round, another training any of them. {counts[ARITHMETIC]} more are settled by "
        f"public label lists alone (a dash under <em>this run</em> in the ledger), and "
        f"{counts[NOT_RUN]} need systems, rows or a corpus that it does not have, or could not be "
        f"counted. {dead}"
        f"({escape(names)}, profile {config.name}, "
        f"{len(config.evaluation.folds)} of 3 folds.)</p>"
    )
