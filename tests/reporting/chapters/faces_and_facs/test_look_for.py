"""Every unit, and every combination that occurs, has words to be told by, and they have sources."""

from pathlib import Path

import pandas as pd
import pytest

from dsin_lib.facs import ACTION_UNITS
from dsin_lib.reporting.chapters.faces_and_facs import facs, look_for

COMBINATIONS = (
    "1+2", "1+4", "6+12", "6+7+12", "12+25", "12+15", "15+17", "17+23", "17+24", "23+24", "10+25",
    "9+10", "25+26",
)  # fmt: skip


@pytest.mark.parametrize("units", [*map(str, ACTION_UNITS), *COMBINATIONS])
def test_there_are_words_for_it(units):
    for words in look_for.table().loc[units, look_for.WORDS]:
        assert not words[0].islower() and words[-1] == "." and len(words) < 250, words


def test_nothing_else_has_words_and_nothing_has_two():
    table = look_for.table()
    assert set(table.index) == {*map(str, ACTION_UNITS), *COMBINATIONS} and table.index.is_unique
    assert {look_for.together(units) for units in look_for.combinations()} == set(COMBINATIONS)


def test_every_source_is_named_and_no_name_is_idle():
    cited = {code for codes in look_for.table()["sources"] for code in codes.split()}
    listed = pd.read_csv(Path(look_for.__file__).with_name("sources.csv"), index_col="code")
    assert cited == set(listed.index) and listed.notna().all(axis=None)
    assert all(f">{code}<" in look_for.sources().data for code in cited)


def test_both_halves_of_the_face_are_shown_line_by_line():
    for units in (facs.UPPER, facs.LOWER, look_for.combinations()):
        html = look_for.look_for(units).data
        assert html.count("<tr>") == len(units) + 1
    assert (
        "AU06<br>" in look_for.look_for([6]).data and ">6+12<" in look_for.look_for([(6, 12)]).data
    )
