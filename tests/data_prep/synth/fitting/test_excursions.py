"""How far units move is measured as it was looked at, and every range has a source."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from data_prep.synth.fitting import excursions
from data_prep.synth.fitting.excursions import LEVELS


def test_one_side_alone_moves_one_side():
    one = excursions.excursions("F001", {12: 1}, {})
    assert one["lip corner", "left", "up"] > 5 > abs(one["lip corner", "right", "up"])
    both = excursions.excursions("F001", {12: 1}, {12: 1})
    assert both["lip corner", "left", "out"] > 3 and both["lip corner", "right", "out"] > 3


def test_a_neutral_face_does_not_move():
    still = excursions.excursions("M001", {}, {}).unstack()
    assert (still[["out", "up", "forward", "length"]].fillna(0) == 0).all(axis=None)


def test_every_unit_has_ranges_with_a_source():
    full = pd.read_csv(excursions.RANGES, dtype={"unit": str})
    assert set(full["unit"]) == set(excursions.units())
    assert full["source"].str.len().gt(0).all() and (full["low"] < full["high"]).all()
    assert set(full["kind"]) == {"published", "model", "wording"}
    assert not full.duplicated(["unit", "landmark", "axis"]).any()


def test_ranges_rise_with_the_level():
    table = excursions.ranges()
    one = table[(table["unit"] == "17") & (table["axis"] == "up")].set_index("level")
    lower = one[one["landmark"] == "lower lip"].loc[list(LEVELS)]
    assert np.all(np.diff(lower["low"]) > 0) and lower.loc["E", "high"] == 10.5
    down = table[(table["unit"] == "15") & (table["axis"] == "up")].set_index("level")
    assert down.loc["E", "low"] == -6.3 and down.loc["E", "high"] == pytest.approx(-2.7 * 0.88)
    angle = table[table["axis"] == "angle"]
    assert angle["low"].nunique() == 1, "a direction is the same at every level"


def test_verdicts_know_which_way_is_too_little():
    cases = [
        (5, 3, 7),
        (1, 3, 7),
        (9, 3, 7),
        (-1, -5, -3),
        (-9, -5, -3),
        (3, -1, 1),
        (np.nan, 0, 1),
    ]
    found, low, high = (pd.Series(v, dtype=float) for v in zip(*cases, strict=True))
    assert list(excursions._verdicts(found, low, high)) == [
        "inside", "too little", "too much", "too little", "too much", "too much", "unknown",
    ]  # fmt: skip


def test_one_command_writes_every_line(tmp_path):
    path = tmp_path / "table.csv"
    command = [sys.executable, "-m", "data_prep.synth.fitting.excursions"]
    done = subprocess.run(
        [*command, "--people", "1", "--out", str(path)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    table = pd.read_csv(path, dtype={"unit": str})
    assert set(table["level"]) == set(LEVELS) and "unknown" not in set(table["verdict"])
    assert {"left", "right", "middle"} == set(table["side"])


def test_people_are_spread_and_distinct():
    for n in (1, 5, 6, 41):
        assert len(set(excursions.people(n))) == n
    with pytest.raises(ValueError, match="expected 1 to 41, found 42"):
        excursions.people(42)
