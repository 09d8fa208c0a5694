"""The paper as data: whole, and honest about its own averages."""

import pytest

from dsin_lib.facs import BP4D_AUS, au_names
from dsin_lib.paper.published import TABLES, bp4d_labels, bp4d_prevalence, published


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
