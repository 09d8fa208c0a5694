"""Intervals come from subjects, and stand beside the numbers that they are of."""

import numpy as np
import pandas as pd
import pytest
from told import rows_made

from dsin_lib.reporting import tables
from dsin_lib.reporting.chapters import bp4d_ablation
from dsin_lib.runs.rows import ROWS
from dsin_lib.scores.bootstrap import interval
from dsin_lib.scores.measured import COUNTS, Measured

SOME = ("pp_mouth", "pp_right_eye")


@pytest.fixture
def found(tiny):
    return rows_made(tiny, SOME)


def test_folds_can_be_averaged_or_put_together(tiny):
    here, both = ([2, 1, 1, 0], [0, 3, 0, 4])  # tp fp fn tn of either fold: F1 2/3 and 0
    every = tiny.corpora.table_3.aus
    counts = pd.DataFrame(
        [
            (row, fold, 0, "A", au, *(of if au in aus else [0] * 4), 0)
            for fold, of in {1: here, 2: both}.items()
            for row, aus in {"pp_mouth": every, "pp_mouth_ind": every[5:]}.items()
            for au in every
        ],
        columns=["line", "fold", "seed", "subject", "au", *COUNTS, "dead"],
    )
    found = bp4d_ablation.pooled(Measured(counts, counts))
    assert list(found.index) == ["PP(mouth)"]
    np.testing.assert_allclose(found.loc["PP(mouth)"], [100 / 3, 400 / 9, 100 / 9])


def test_the_measured_average_lies_in_its_interval(found):
    table, ends = tables.table(found), tables.averages(found)
    for row in SOME:
        low, high = ends.loc[ROWS[row].shown]
        assert low <= table.loc[ROWS[row].shown, "average"] <= high


def test_half_widths_are_of_the_cells(found):
    widths, mouth = tables.half_widths(found), found.lines.index("pp_mouth")
    assert list(widths.columns) == list(tables.table(found).columns)
    assert list(widths.index) == [ROWS[row].shown for row in SOME]
    own = widths.loc["PP(mouth)"]
    assert own["AU12"] == pytest.approx(np.ptp(interval(found.resampled[:, mouth, 6])) / 2)
    assert own["average"] < own.drop("average").max()
