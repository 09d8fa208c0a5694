"""What is drawn stays a face, and goes as far as its ranges say."""

import numpy as np
import pytest

from data_prep.synth.acting.action_units import LARGEST, MIDDLE, SIDED, unit_weights
from data_prep.synth.fitting import excursions, soundness
from data_prep.synth.mesh.asset import head
from data_prep.synth.people.identity import identity

PEOPLE = excursions.people(6)


@pytest.fixture(scope="module")
def sound():
    return soundness.measured([*PEOPLE, "F007"])


def test_no_combination_folds_the_skin_or_crosses_or_loses_the_lips(sound):
    beyond = soundness.unsound(sound)
    assert beyond.empty, beyond.to_string()


def test_every_excursion_is_inside_its_range_at_every_level():
    table = excursions.compare(excursions.people(3))
    outside = table[table["verdict"] != "inside"]
    assert outside.empty, outside.drop(columns="source").to_string()


def test_a_brow_raised_outside_is_highest_before_its_tail():
    moved = _along_the_brow(2)
    assert 2 <= moved.argmax() <= 4
    assert moved[0] < 0.5 * moved.max()
    assert (abs(np.diff(moved, 2)) < 3.0).all(), "a kink"


def test_a_brow_raised_inside_falls_towards_the_tail():
    moved = _along_the_brow(1)
    assert moved.argmax() <= 1
    assert (np.diff(moved[1:]) < 0).all()
    assert moved[0] - moved[-1] > 3


def _along_the_brow(au: int) -> np.ndarray:
    """Returns millimetres up, from the brow's inner end to its tail."""
    neutral = identity("F007", 0).vertices
    face = excursions.shown(neutral, {au: 1.0}, {au: 1.0})
    places = [excursions._on_skin(x, 0.185) for x in (0.1, 0.18, 0.26, 0.34, 0.42, 0.5)]
    scale = excursions.millimetres(neutral)
    return np.array([shares @ (face - neutral)[c, 1] * scale for c, shares in places])


def test_lips_that_were_crossed_would_be_seen():
    neutral = identity("F007", 0).vertices
    weights = unit_weights({17: 1.0, 23: 1.0}, {17: 1.0, 23: 1.0})
    through = neutral + (weights @ head().unit_moves).reshape(-1, 3)
    assert soundness.crossed(neutral, through) > 3


def test_own_units_mirror_each_other_and_leave_eyes_and_teeth():
    h = head()
    own = [n.removesuffix("Left") for n in list(h.unit)[52:] if n.endswith("Left")]
    used = {name for table in (SIDED, MIDDLE) for units in table.values() for name in units}
    assert len(own) >= 9
    for name in own:
        left, right = h.morph("unit", name + "Left"), h.morph("unit", name + "Right")
        assert name in used
        for axis, sign in enumerate((-1, 1, 1)):
            assert abs(left.sum(0) - sign * right.sum(0))[axis] < 0.02 * abs(left).sum()
        assert not left[np.isin(h.vertex_region, (1, 2, 3, 4, 5))].any()
    assert LARGEST <= 1.2
