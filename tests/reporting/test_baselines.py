"""Predictors that look at no image: what they score follows from prevalence alone."""

import re

import numpy as np
import pytest
from made import made
from told import rows_made

from dsin_lib.reporting import tables
from dsin_lib.reporting.tables import ALWAYS_POSITIVE, BASELINES, CHANCE
from dsin_lib.runs.predictions import LABEL, values_of
from dsin_lib.runs.split import split_of, store_of
from dsin_lib.scores.measured import PRIOR

SOME = ("pp_mouth",)


@pytest.fixture
def found(tiny):
    return rows_made(tiny, SOME)


def test_the_prior_is_the_training_subjects_and_passes_tau_or_not(tiny, found):
    run = made(tiny, "pp_mouth")
    store = store_of(run)
    frames = store.frames[store.frames["subject"].isin(split_of(run, store).train)]
    prior = frames[run.corpus.aus].mean()
    table = tables.table(found)
    often = prior.index[prior >= 0.5]
    rarely = prior.index[prior < 0.5]
    assert len(rarely)
    assert (table.loc[BASELINES[PRIOR], rarely] == 0).all()
    every = table.loc[ALWAYS_POSITIVE]
    np.testing.assert_allclose(table.loc[BASELINES[PRIOR], often], every[often])


def test_every_table_has_both_and_the_best_of_a_column_is_a_row(found):
    """Always positive leads in every column here, and nothing of it is bold."""
    table = tables.table(found)
    assert list(table.index[:2]) == list(BASELINES.values())
    table.loc[ALWAYS_POSITIVE], table.loc["PP(mouth)"] = 99.0, 1.0
    html = tables.beside_paper(table).data
    bold = html[: html.index("font-weight: 700")].rpartition("}")[2]
    assert set(re.findall(r"_row(\d+)_col", bold)) == {"2"}
    assert len(re.findall(r"_row2_col", bold)) == table.shape[1]


def test_the_paper_s_baselines_are_those_of_public_lists(tiny, found):
    printed = tables.printed(tables.table(found))
    assert printed.loc[ALWAYS_POSITIVE, "average"] == pytest.approx(48.05, abs=0.01)
    passing = printed.loc[BASELINES[PRIOR], tiny.corpora.table_3.aus] > 0
    assert list(passing.index[passing]) == ["AU07", "AU10", "AU12"]


def test_chance_precision_is_prevalence(tiny, found):
    p = 100 * values_of(made(tiny, "pp_mouth"), "test", LABEL).mean(0)
    shown = tables.precision(found)
    assert list(shown.index) == [CHANCE, "PP(mouth)"]
    np.testing.assert_allclose(shown.loc[CHANCE, tiny.corpora.table_3.aus].to_numpy(float), p)
