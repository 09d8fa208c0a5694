"""Phi by hand, over the frames in which both are known."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import matthews_corrcoef

from dsin_lib.scores.phi import phi


def test_phi_is_that_of_a_hand_computation():
    """Both 3, only the first 1, only the second 2, neither 4: (3*4 - 1*2) / sqrt(4*6*5*5)."""
    table = pd.DataFrame([(1, 1)] * 3 + [(1, 0)] + [(0, 1)] * 2 + [(0, 0)] * 4, columns=["a", "b"])
    assert phi(table).loc["a", "b"] == pytest.approx(10 / np.sqrt(4 * 6 * 5 * 5))
    assert phi(table).loc["a", "b"] == pytest.approx(matthews_corrcoef(table["a"], table["b"]))


def test_a_frame_counts_for_a_pair_only_where_both_labels_are_known():
    """The frame without a is the one where b and c differ most: it counts for them alone."""
    table = pd.DataFrame({"a": [1, 1, 0, 0, np.nan], "b": [1, 1, 0, 0, 0], "c": [1, 0, 1, 0, 1]})
    found = phi(table)
    assert found.loc["a", "b"] == pytest.approx(1)
    assert found.loc["a", "c"] == pytest.approx(0), "0 without the last frame, -1/6 with it as 0"
    assert found.loc["b", "c"] == pytest.approx(matthews_corrcoef(table["b"], table["c"]))
    assert found.loc["b", "c"] == pytest.approx(-1 / 6)


def test_a_constant_has_no_phi():
    table = pd.DataFrame({"a": [1, 1, 0, 0], "b": [1, 1, 1, 1]})
    assert np.isnan(phi(table).loc["a", "b"]) and phi(table).loc["a", "a"] == 1
