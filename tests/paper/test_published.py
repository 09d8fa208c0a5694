"""The paper as data: whole, and honest about its own averages."""

import itertools

import numpy as np
import pandas as pd
import pytest

from data_prep.synth.labels.reference import statistics
from data_prep.synth.plan.shapes import SHAPES
from dsin_lib.config.corpora import CORPORA
from dsin_lib.facs import BP4D_AUS, au_names
from dsin_lib.paper.published import (
    TABLES,
    bp4d_labels,
    bp4d_prevalence,
    published,
    reference_phi,
)


@pytest.mark.parametrize("table", TABLES)
def test_every_value_is_an_f1_in_percent(table):
    values = published(table)
    assert values.index.is_unique
    assert values.min(axis=None) > 0 and values.max(axis=None) < 100


def test_table_3_is_whole():
    table = published("table3")
    assert len(table) == 16
    assert list(table.columns) == [*au_names(BP4D_AUS), "printed_average"]
    assert table.loc["DSIN_10", "AU01"] == 51.7
    assert table.loc["PP(mouth)^ind"].isna().sum() == 6


def test_printed_averages_that_the_columns_do_not_give():
    """Known misprints of Table 3; everything else rounds to what is printed."""
    table = published("table3").dropna()
    off = (table.drop(columns="printed_average").mean(axis=1) - table["printed_average"]).abs()
    assert set(off.index[off > 0.055]) == {"PP(mouth)", "DSIN_2", "DSIN_10"}


def test_an_unknown_table_is_named():
    with pytest.raises(ValueError, match="'table7'"):
        published("table7")


def test_always_positive_on_bp4d_is_what_its_prevalence_says():
    prevalence = bp4d_prevalence()
    assert list(prevalence.index) == au_names(BP4D_AUS)
    assert (200 * prevalence / (1 + prevalence)).mean() == pytest.approx(48.05, abs=0.01)
    assert bp4d_labels()["subjects"] == 41


@pytest.mark.parametrize(("corpus", "shape"), [("bp4d", "synau_b"), ("disfa", "synau_d")])
def test_the_public_lists_phi_is_what_the_generator_s_labels_are_fitted_to(corpus, shape):
    """Two copies of one source, as with the prevalence; the generator's has more units."""
    phi, fitted = reference_phi(corpus), statistics(SHAPES[shape])
    names = au_names(fitted["aus"])
    other = pd.DataFrame(fitted["phi"], names, names, float)
    pd.testing.assert_frame_equal(phi, other.loc[phi.index, phi.columns])
    for a, b in itertools.combinations(names, 2):
        assert ({a, b} <= set(phi.index)) == (not pd.isna(other.loc[a, b]))


@pytest.mark.parametrize("corpus", ["bp4d", "disfa"])
def test_phi_is_a_correlation_of_the_units_that_are_scored(corpus):
    phi = reference_phi(corpus)
    assert list(phi.index) == list(phi.columns) == au_names(CORPORA[corpus].aus)
    assert (phi == phi.T).all(axis=None) and (np.diag(phi) == 1).all()
    assert phi.abs().max(axis=None) <= 1


def test_au_17_goes_with_au_4_in_the_public_lists():
    """Sec. 4.2.3 says that the two are negatively correlated."""
    assert reference_phi("bp4d").loc["AU04", "AU17"] == 0.0643


def test_phi_of_an_unknown_corpus_is_refused_by_name():
    with pytest.raises(ValueError, match=r"corpus: .*'ck'"):
        reference_phi("ck")
