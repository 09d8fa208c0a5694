"""The pages say by hand what the library holds as data; the two must agree."""

import re

from dsin_lib.faces.patches import BOX_SCALE, PATCH_POINTS
from dsin_lib.facs import ACTION_UNITS, BP4D_AUS, DISFA_AUS, au_name
from dsin_lib.paper.published import bp4d_prevalence, label_lists, published
from dsin_lib.reporting.site.build import ROOT
from dsin_lib.shapes import PATCHES

TEXT = (ROOT / "book" / "notation.md").read_text(encoding="utf-8")
DISFA_REPORTED = (1, 2, 4, 6, 9, 12, 25, 26)
"""Table 4 of the paper."""


def rows(first_cell: str) -> dict[str, list[str]]:
    """Table rows whose first cell is code that matches, by that cell."""
    found = re.findall(rf"^\| `({first_cell})` \|(.*)\|$", TEXT, flags=re.MULTILINE)
    return {name: [cell.strip() for cell in cells.split("|")] for name, cells in found}


def test_action_units() -> None:
    disfa = {n: "●" if n in DISFA_REPORTED else "(●)" for n in DISFA_AUS}
    assert rows(r"AU\d\d") == {
        au_name(n): [unit.name, unit.muscle, "●" if n in BP4D_AUS else "", disfa.get(n, "")]
        for n, unit in ACTION_UNITS.items()
    }


def test_patches() -> None:
    table = {name: cells for name, cells in rows(r"\w+").items() if name in PATCHES}
    assert tuple(table) == PATCHES
    for name, points in PATCH_POINTS.items():
        assert _points(table[name][1]) == set(points)
    assert f"{BOX_SCALE} times as wide" in TEXT


def test_always_positive_on_bp4d() -> None:
    prevalence = bp4d_prevalence()
    average = (200 * prevalence / (1 + prevalence)).mean()
    text = " ".join((ROOT / "book" / "about_the_data.md").read_text(encoding="utf-8").split())
    assert f"this comes to {average:.2f} on average" in text
    assert (published("table3")["printed_average"] < average).sum() == 3
    assert "Three of the averages printed in Table 3 of the paper lie below it" in text


def test_sources_of_the_label_lists() -> None:
    text = (ROOT / "book" / "about_the_data.md").read_text(encoding="utf-8")
    named = re.findall(r"\[([\w-]+/[\w-]+)\]\(https://github\.com/\1\), `(\w+)`", text)
    assert len(named) == 2
    sources = " ".join(listed["source"] for listed in label_lists().values())
    for repository, commit in named:
        assert f"{repository} @{commit}" in sources


def _points(text: str) -> set[int]:
    """The landmarks of '17–21, 36–41'."""
    spans = [[int(n) for n in span.split("–")] for span in text.split(",")]
    return {n for span in spans for n in range(span[0], span[-1] + 1)}
