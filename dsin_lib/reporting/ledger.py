"""The claims ledger: every sentence that can be tested, about either corpus, with its verdict."""

from html import escape

import pandas as pd
from IPython.display import HTML

from dsin_lib.config import Config
from dsin_lib.runs.rows import TABLE_4_TRAINED, TRAINED
from dsin_lib.paper.claims import claims, corpus_of
from dsin_lib.reporting.against_paper import claim_line, measured, shown
from dsin_lib.reporting.finding import ARITHMETIC, Evidence
from dsin_lib.reporting.observations import held
from dsin_lib.reporting.provenance import CORPORA
from dsin_lib.reporting.tables import TABLE_4_ROWS
from dsin_lib.reporting.verdicts import (
    NOT_RUN,
    NOT_SUPPORTED,
    SUPPORTED,
    UNDECIDED,
    UNTESTABLE,
    VERDICTS,
)
from dsin_lib.runs.sweeps import STUDIES
from dsin_lib.training.runs import every_run
from dsin_lib.runs.files import Run


def evidence(config: Config) -> Evidence:
    """The profile's tables: its own, and Table 4's if it has a second corpus beside Table 3's."""
    own = measured(config)
    tables = {own.corpus: own}
    if config.second_corpus is not None and own.corpus == "bp4d":
        second = measured(config.on_second_corpus(), TABLE_4_ROWS)
        tables.setdefault(second.corpus, second)
    return Evidence(config, tables)


def ledger(known: Evidence) -> pd.DataFrame:
    """Every claim about a table and every observation beside them; one line each.

    Columns as of :func:`dsin_lib.reporting.against_paper.claim_line`.
    """
    lines = [
        claim_line(claim, printed_in, known.tables.get(corpus_of(printed_in)))
        for claim in claims().values()
        for printed_in in claim.tables
    ]
    return pd.concat([pd.DataFrame(lines), held(known)], ignore_index=True)


def runs(config: Config) -> list[Run]:
    """Every run that the ledger reads: of both tables and of the sweep of r."""
    found = every_run(config, *TRAINED)
    for trial in STUDIES["chi"].trials(config):
        found += every_run(trial.of(config), trial.row)
    if config.second_corpus is not None:
        found += every_run(config.on_second_corpus(), *TABLE_4_TRAINED)
    return found


def with_verdict(found: pd.DataFrame, verdict: str) -> pd.DataFrame:
    """The lines of one verdict as the book prints them."""
    lines = shown(found[found["verdict"] == verdict]).drop(columns="verdict")
    return lines if len(lines) else pd.DataFrame("", ["none"], lines.columns)


def summary(found: pd.DataFrame) -> dict[str, int]:
    """How many lines of the ledger have each verdict, those that this run decides.

    What is arithmetic on public label lists alone has no margin here and is counted as such.
    """
    fixed = found["margin"].isna() & (found["basis"] == ARITHMETIC)
    counts = found.loc[~fixed, "verdict"].value_counts()
    return {name: int(counts.get(name, 0)) for name in VERDICTS} | {ARITHMETIC: int(fixed.sum())}


def in_words(config: Config, found: pd.DataFrame) -> HTML:
    """The ledger in two sentences, for the front page."""
    counts = summary(found)
    run_here = counts[SUPPORTED] + counts[NOT_SUPPORTED] + counts[UNDECIDED]
    corpora = [config.corpus, *([config.second_corpus] if config.second_corpus else [])]
    names = " and ".join(CORPORA[corpus.name] for corpus in corpora)
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
