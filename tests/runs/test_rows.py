"""Rows are data: labels of the paper, each after what it starts from."""

import pytest

from dsin_lib.paper.published import published
from dsin_lib.runs.rows import TABLE_3, TABLE_4, row_named


def test_every_row_stands_in_the_paper():
    assert {row.label for row in TABLE_3} <= set(published("table3").index)


def test_every_start_comes_before_its_row():
    seen = set()
    for row in (*TABLE_3, *TABLE_4):
        assert {*row.starts_from, *row.filters_from} <= seen, row.id
        seen.add(row.id)


def test_an_unknown_row_is_named():
    with pytest.raises(ValueError, match=r"row: expected one of .*pp_f.*got 'dsin_3'"):
        row_named("dsin_3")


def test_every_row_of_table_4_but_our_own_stands_in_the_paper():
    assert [row.label for row in TABLE_4[:-1]] == list(published("table4").index)
    assert all(row.fixed_filters for row in TABLE_4 if row.steps)


def test_a_table_is_measured_on_its_own_corpus():
    assert {row.corpus for row in TABLE_3} == {"table_3"}
    assert {row.corpus for row in TABLE_4} == {"table_4"}
