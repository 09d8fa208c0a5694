"""The table of the outside reader is of whatever versions were read."""

import shutil

import pandas as pd
import pytest

from dsin_lib.facs import ACTION_UNITS, au_name
from dsin_lib.reporting.chapters.faces_and_facs import outside


def shown(folder):
    """The table without its small print's marks."""
    table = outside.lines(folder)
    return table.replace(r"<br>|<[^>]+>", " ", regex=True)


def twice(folder):
    """The readings of 1.0.0, and the same once more as those of two later versions and a look."""
    one = pd.read_csv(outside.READ / "1.0.0" / "auc.csv")
    shutil.copytree(outside.READ / "1.0.0", folder / "1.0.0")
    for name in ("10.0.0", "2.0.0", "look_1"):
        (folder / name).mkdir()
        later = one.rename(columns=lambda column, name=name: column.replace("1.0.0", name))
        later.to_csv(folder / name / "auc.csv", index=False)
    return one


def test_what_is_in_the_repository_is_shown():
    table = shown(outside.READ)
    names = {au_name(au) for au in ACTION_UNITS}
    assert {line[:4] for line in table.index} == names and len(table) == 2 * len(names)
    assert "SynAU 1.0.0" in table and table.notna().all(axis=None)


def test_versions_stand_side_by_side_in_their_order(tmp_path):
    one = twice(tmp_path)
    table = shown(tmp_path)
    assert list(table) == ["SynAU 1.0.0", "SynAU 2.0.0", "SynAU 10.0.0"]
    assert (table["SynAU 1.0.0"] == table["SynAU 10.0.0"]).all()
    numbers = [f"{one.loc[0, f'{of} 1.0.0']:.2f}" for of in ("AUC", "low", "high")]
    assert table.iloc[0, 0].split() == [*numbers[:2], "to", numbers[2]]


def test_a_gain_is_shown_where_versions_were_compared(tmp_path):
    one = twice(tmp_path)
    gains = one[outside.LINE].assign(**{"gain": 0.1, "gain low": -0.02, "gain high": 0.21})
    gains.to_csv(tmp_path / "10.0.0" / "gain.csv", index=False)
    table = shown(tmp_path)
    assert set(table["gain"].map(str.split).map(tuple)) == {("0.10", "-0.02", "to", "0.21")}


def test_a_unit_that_was_not_measured_is_a_dash(tmp_path):
    twice(tmp_path)
    path = tmp_path / "2.0.0" / "auc.csv"
    table = pd.read_csv(path)
    table.loc[0, ["AUC 2.0.0", "low 2.0.0", "high 2.0.0"]] = None
    table.to_csv(path, index=False)
    assert shown(tmp_path)["SynAU 2.0.0"].iloc[0] == "–"


def test_units_that_the_reader_does_not_know_are_marked():
    marked = {line[:4] for line in outside.lines().attrs["notes"]}
    assert marked == {"AU05", "AU09", "AU14"}
    assert outside.before_and_after().data.count("on photographs") == 2 * len(marked)


def test_nothing_read_is_said(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"expected a version's auc\.csv, found none"):
        outside.before_and_after(tmp_path)
