"""Reference beside generated: the bounds are those that were asked, and can be missed."""

import numpy as np
import pandas as pd
import pytest

from dsin_lib.reporting.chapters import label_statistics as labels

AUS = ["AU01", "AU12"]
PAIRS = pd.MultiIndex.from_tuples([("AU01", "AU12")], names=["first", "second"])
KINDS = pd.MultiIndex.from_product([["by_subject", "by_task"], AUS], names=["statistic", "AU"])


@pytest.fixture
def found():
    """One value of each statistic misses its bound, all others are exact."""
    prevalence = pd.DataFrame({"reference": [0.2, 0.5], "generated": [0.23, 0.5]}, index=AUS)
    variance = pd.DataFrame({"reference": [0.1, 0.2, 0.3, 0.4]}, index=KINDS)
    variance["generated"] = [0.1, 0.2, 0.2, 0.4]
    phi = pd.DataFrame({"reference": [0.1], "generated": [0.3]}, index=PAIRS)
    return {
        "prevalence": prevalence.assign(error=prevalence["generated"] - prevalence["reference"]),
        "phi": phi.assign(error=phi["generated"] - phi["reference"]),
        "variance_explained": variance.assign(ratio=variance["generated"] / variance["reference"]),
    }


def test_a_missed_bound_is_counted_and_placed(found):
    html = labels.kept(found).data
    assert "1 of 2" in html and "3.00 points" in html  # AU01
    assert "0 of 1" in html and "0.200" in html
    assert "3 of 4" in html and "33.3 %" in html and "by task AU01" in html


def test_what_has_no_reference_is_not_held_against_anything(found):
    found["prevalence"].loc["AU01", ["reference", "error"]] = np.nan
    assert list(labels.deviations("prevalence", found["prevalence"])) == [0]


def test_shares_are_percent_and_ratios_are_not(found):
    assert "23.0" in labels.beside_table(found, "prevalence").data
    assert "0.40" in labels.beside_table(found, "variance_explained").data


def test_every_statistic_has_a_panel(found):
    titles = [axis.get_title() for axis in labels.beside(found).axes]
    assert [title for title in titles if title] == [labels.TITLES[name] for name in found]
