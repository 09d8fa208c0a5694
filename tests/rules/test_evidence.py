"""The page of rules says what the code does: its lists, its margins, its shares."""

import re
from pathlib import Path

import pytest

from dsin_lib.scores.asked import CONTRADICTED, SAME, SPARE
from dsin_lib.scores.chance import SHARE, SHARE_OF_ONE_SEED, TRAININGS
from dsin_lib.scores.decisions import DEPENDS
from dsin_lib.scores.families import beside, family, lenses_of
from dsin_lib.scores.holm import ALPHA
from dsin_lib.scores.lenses import LENSES, SHOWN_BY
from dsin_lib.scores.verdicts import SUPPORTED, UNDECIDED, UNTESTABLE

PAGE = (Path(__file__).parents[2] / "book" / "rules_of_evidence.md").read_text(encoding="utf-8")
ASKED_BY = {1: "own point", 2: "F1 only", 3: "all three"}


def section(title):
    """What stands under a heading."""
    return PAGE.split(f"## {title}\n")[1].split("\n## ")[0]


@pytest.mark.parametrize(("place", "table"), [("table_3", "Table 3"), ("table_4", "Table 4")])
def test_the_lists_are_the_families(place, table):
    here = section(f"{table}: what is asked")
    printed = re.findall(r"^\| `([\w-]+)` \| (.+) \| (.+) \|$", here, re.M)
    expected = [
        (name, one.says, ASKED_BY[len(lenses_of(one, place))])
        for name, one in family(place).items()
    ]
    assert printed == expected
    prose = here.split("Beside the table")[1]
    assert re.findall(r"`([\w-]+)`", prose) == list(beside(place))


def test_the_constants_are_the_code_s():
    assert [lens.matters for lens in LENSES] == [1, 1, 0.5] and "half a point of AUC" in PAGE
    assert (SHARE, SHARE_OF_ONE_SEED) == (2 / 3, 3 / 2)
    assert "two thirds" in PAGE and "three halves" in PAGE
    assert TRAININGS == 3 and "fewer than three trainings" in PAGE
    assert ALPHA == 0.05 and "share 5 %" in PAGE
    assert SPARE == 1 and "three or\none away" in PAGE
    assert SHOWN_BY == 2 and "only one person in a test fold shows" in PAGE
    for word in (SUPPORTED, CONTRADICTED, SAME, UNDECIDED, UNTESTABLE, DEPENDS):
        assert f"*{word}*" in PAGE
