"""The atlas shows every unit, stronger from level to level, and faces that get hard to find."""

import numpy as np
import pytest

from data_prep.synth import atlas
from dsin_lib.facs import ACTION_UNITS

PX = 200


@pytest.mark.parametrize("au", ACTION_UNITS)
def test_a_close_up_changes_more_with_every_level(au):
    neutral, *steps = atlas.levels("F017", [au], image_px=PX)[0].astype(int)
    change = [abs(step - neutral).mean() for step in steps]
    assert change[0] > 0 and change == sorted(change)
    assert change[-1] > 2 * change[0]


def test_alone_shows_one_unit_a_picture():
    pictures = atlas.alone(["F001"], [12, 4], image_px=PX)["F001"]
    assert list(pictures) == ["neutral", "AU12", "AU04"]
    assert (pictures["AU12"] != pictures["AU04"]).any()


def test_combinations_stand_beside_the_neutral_face():
    smile, mouth = (6, 12), (25,)
    pictures = atlas.together(["F001", "M004"], [smile, mouth], image_px=PX)
    assert pictures.shape[:2] == (2, 3)
    for of_one in pictures.astype(int):
        assert all(abs(picture - of_one[0]).mean() > 0.1 for picture in of_one[1:])


def test_a_course_is_of_the_labels_that_are_written():
    drawn, active, unlabelled = atlas.course("F001", "T1", seed=0, n_frames=200)
    assert drawn.shape == active.shape == (200, 4) and "blink" in unlabelled
    assert set(np.unique(active)) <= {0, 1}
    assert (drawn.to_numpy()[active.to_numpy() == 1] > 0).all()


def test_a_course_of_a_task_that_there_is_not_is_refused_by_name():
    with pytest.raises(ValueError, match=r"task: expected one of T1, .*, got 'T9'"):
        atlas.course("F001", "T9", seed=0)
    with pytest.raises(ValueError, match="task: expected one of left, got 'T1'"):
        atlas.course("SN001", "T1", seed=0)


def test_troubles_begin_with_a_face_and_grow():
    troubles = atlas.troubles("F009", image_px=PX)
    assert {len(pictures) for pictures in troubles.values()} == {6}
    hidden = [(picture == 0).mean() for picture in troubles["hidden"].values()]
    assert hidden == sorted(hidden)
