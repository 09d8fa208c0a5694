"""AU25's label is the gap that is drawn; nothing unlabelled parts the lips of SynAU-D."""

import numpy as np
import pandas as pd
import pytest

from data_prep.synth.acting import lips
from data_prep.synth.acting.action_units import damped, express, unit_weights
from data_prep.synth.acting.performance import Performance, perform
from data_prep.synth.labels import process
from data_prep.synth.people.identity import identity
from data_prep.synth.plan.shapes import shape_of
from data_prep.synth.render.filming import gaze_weights
from data_prep.synth.render.portrait import lip_gap

SUBJECT = "SN007"


@pytest.fixture(scope="module")
def act() -> Performance:
    return perform(SUBJECT, "left", frames_per_sequence=400, stride=12, seed=0)


@pytest.fixture(scope="module")
def gaps(act) -> np.ndarray:
    """From the whole mesh, as a picture is drawn."""
    neutral, out = identity(SUBJECT, 0).vertices, []
    for i in range(len(act.frame)):
        left, right = ({au: v[i] for au, v in side.items()} for side in act.sides())
        weights = unit_weights(left, right) + gaze_weights(*act.gaze[i])
        out.append(lip_gap(express(neutral, weights)))
    return np.array(out)


def test_the_label_is_the_level_of_the_gap_in_the_mesh(act, gaps):
    at = act.shape.aus.index(25)
    np.testing.assert_array_equal(act.label[:, at], process.level(gaps, lips.GAP_BOUNDS))
    assert len(set(act.label[:, at])) >= 4


def test_the_gap_is_the_wanted_one_where_it_can_be(act, gaps):
    z = process.latent(SUBJECT, "left", 399 * 12 + 1, 0)[::12]
    at = act.shape.aus.index(25)
    wanted = process.scaled(z[:, at], act.shape, at, lips.REST, lips.GAP_BOUNDS)
    free = (wanted >= lips.GAP_BOUNDS[0]) & (act.left[:, at] < lips.WIDEST)
    assert free.sum() > 50
    np.testing.assert_allclose(gaps[free], wanted[free], atol=2e-4)
    assert (gaps[wanted < lips.GAP_BOUNDS[0]] < lips.GAP_BOUNDS[0]).all()


def test_labels_reckoned_without_pictures_are_those_written(corpus_d, recipe_d):
    how = {k: recipe_d[k] for k in ("frames_per_sequence", "stride", "seed")}
    for subject in recipe_d["subjects"]:
        act = perform(subject, "left", **how)
        truth = pd.read_parquet(corpus_d / "truth" / f"{subject}.parquet")
        np.testing.assert_array_equal(act.label, truth[[f"AU{au:02d}" for au in act.shape.aus]])


def test_a_dropped_jaw_can_keep_its_lips_together():
    nothing = np.zeros(1)
    jaw = {26: np.array([0.7])}
    apart, toward, gap = lips.part(SUBJECT, 0, jaw, jaw, nothing)
    assert apart == 0
    assert toward > 0
    np.testing.assert_allclose(gap, lips.REST, atol=1e-4)


def test_a_smile_does_not_shut_lips_that_are_to_part():
    smile = {12: np.array([0.8])}
    apart, _, gap = lips.part(SUBJECT, 0, smile, smile, np.array([0.05]))
    np.testing.assert_allclose(gap, 0.05, atol=1e-4)
    assert apart > 1


def test_the_gap_grows_with_what_is_wanted():
    n = 60
    other = {12: np.full(n, 0.5), 17: np.full(n, 0.4), 26: np.full(n, 0.1)}
    _, _, gap = lips.part(SUBJECT, 0, other, other, np.linspace(lips.REST, 0.14, n))
    assert (np.diff(gap) >= -1e-9).all()


def test_unlabelled_movement_neither_parts_lips_nor_drops_the_jaw(act):
    assert not {25, 26} & set(act.unlabelled)
    assert {7, 14, 23, 24, 43} <= set(act.unlabelled)
    apart = act.label[:, act.shape.aus.index(25)] > 0
    assert max(act.unlabelled[au][apart].max() for au in (23, 24)) == 0


def test_levels_are_those_of_the_stronger_side_as_drawn(act):
    left, right = (damped(side) for side in act.sides())
    for a, au in enumerate(act.shape.aus):
        if au != 25:
            stronger = np.maximum(left[au], right[au])
            np.testing.assert_array_equal(act.label[:, a], process.level(stronger))


def test_truth_agrees_with_label_files(corpus_d, recipe_d):
    for subject in recipe_d["subjects"]:
        truth = pd.read_parquet(corpus_d / "truth" / f"{subject}.parquet")
        for au in shape_of(subject).aus:
            path = corpus_d / "ActionUnit_Labels" / subject / f"{subject}_au{au}.txt"
            lines = pd.read_csv(path, header=None, names=["frame", "level"])
            assert lines["frame"].tolist() == truth["frame"].tolist()
            name = f"AU{au:02d}"
            assert lines["level"].tolist() == truth[name].tolist()
            drawn = truth[[f"{name}_left", f"{name}_right"]].max(axis=1).to_numpy()
            grade = process.level(drawn)
            if au == 25:
                grade = process.level(truth["lip_gap_dm"].to_numpy(), lips.GAP_BOUNDS)
            assert grade.tolist() == truth[name].tolist()
