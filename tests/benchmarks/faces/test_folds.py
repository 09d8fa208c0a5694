"""Folds are drawn alone, on people's own neutral mesh; the measure sees a watermark if there is."""

import subprocess
import sys

import numpy as np
import pytest

from benchmarks.faces import folds
from data_prep.synth.people.appearance import appearance
from data_prep.synth.render.portrait import Portrait

PEOPLE = ["F001", "F004", "F012", "F017", "M003", "M008"]


@pytest.fixture(scope="module")
def stage():
    """A man of 40 whose skin folds."""
    return Portrait(appearance("M014", 0), folds.IMAGE_PX)


def test_folds_alone_change_the_skin_and_not_the_face(stage):
    shown = [
        folds.draw_folds(stage, {4: on}, {4: on}, np.random.default_rng(0)) for on in (0.0, 1.0)
    ]
    (plain, still), (folded, moved) = shown
    assert (still == moved).all()
    change = abs(folded.astype(int) - plain).sum(-1)
    assert change.max() > 20
    left, right = still[17, 0], still[26, 0]
    assert change[:, : int(left) - 8].sum() == 0 == change[:, int(right) + 8 :].sum()


def test_a_crop_follows_the_eyes(stage):
    picture, points = folds.draw_folds(stage, {}, {}, np.random.default_rng(1))
    for au in (1, 4, 6, 9, 12, 17):
        assert folds.crop(picture, points, au).shape == (folds.CROP_PX,) * 2
    bigger = np.kron(picture, np.ones((2, 2, 1), np.uint8))
    one, two = folds.crop(picture, points, 9), folds.crop(bigger, points * 2, 9)
    assert np.corrcoef(one.ravel(), two.ravel())[0, 1] > 0.9


def test_intensities_are_those_of_frames_with_and_without_the_label():
    of_label = folds.drawn(12)
    assert of_label[True].max(1).mean() > 3 * of_label[False].max(1).mean()
    assert of_label[True].shape[1] == 2


def test_a_watermark_is_seen_and_no_folds_are_not():
    nothing = {True: np.zeros((1, 2)), False: np.zeros((1, 2))}
    marked = folds.separable(*folds.crops(PEOPLE, {9: folds.FULL}, 12, same=True)[9])
    assert marked["AUC"] > 0.9
    bare = folds.separable(*folds.crops(PEOPLE, {9: nothing}, 6, same=True)[9])
    assert bare["AUC"] == 0.5, "the two pictures of a pair are the same"


def test_one_command_measures_a_unit():
    command = [sys.executable, "-m", "benchmarks.faces.folds", "--people", "5", "--pictures", "4"]
    done = subprocess.run([*command, "--units", "9"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "AUC" in done.stdout
