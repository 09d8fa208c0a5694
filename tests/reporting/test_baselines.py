"""Predictors that look at no image: what they score follows from prevalence alone."""

import numpy as np
import pytest

from dsin_lib.data.store import Store
from dsin_lib.config.places import store_dir
from dsin_lib.reporting import baselines, tables
from dsin_lib.training.runs import run, subject_split

SOME = ("pp_mouth",)


def test_the_prior_is_the_training_subjects_and_passes_tau_or_not(tiny):
    store = Store.open(store_dir(tiny))
    frames = store.frames[store.frames["subject"].isin(subject_split(tiny, store, 1, 0).train)]
    prior = frames[tiny.corpus.aus].mean()
    table = tables.table_3(tiny, SOME)
    often = prior.index[prior >= 0.5]
    rarely = prior.index[prior < 0.5]
    assert len(rarely)
    assert (table.loc[baselines.PRIOR, rarely] == 0).all()
    every = table.loc[baselines.ALWAYS_POSITIVE]
    np.testing.assert_allclose(table.loc[baselines.PRIOR, often], every[often])


def test_every_table_has_both_and_neither_is_ever_the_best(tiny):
    table = tables.table_3(tiny, SOME)
    assert list(table.index[:2]) == list(baselines.BASELINES)
    assert "font-weight: 700" in tables.beside_paper(table).data


def test_the_paper_s_baselines_are_those_of_public_lists(tiny):
    printed = tables.printed(tables.table_3(tiny, SOME))
    assert printed.loc[baselines.ALWAYS_POSITIVE, "average"] == pytest.approx(48.05, abs=0.01)
    passing = printed.loc[baselines.PRIOR, tiny.corpus.aus] > 0
    assert list(passing.index[passing]) == ["AU07", "AU10", "AU12"]


def test_chance_precision_is_prevalence(tiny):
    test = run(tiny, "pp_mouth").predictions.query("split == 'test'")
    p = 100 * test[[f"{au}_label" for au in tiny.corpus.aus]].mean().to_numpy()
    shown = 100 * tables.precision(tiny, SOME).loc[tables.CHANCE, tiny.corpus.aus].to_numpy(float)
    np.testing.assert_allclose(shown, p)
    assert list(tables.precision(tiny, SOME).index) == [tables.CHANCE, "PP(mouth)"]
