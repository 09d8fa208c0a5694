"""The labels of whole corpora, without rendering, against the references' statistics."""

import hashlib

import numpy as np
import pandas as pd
import pytest

from data_prep.synth.acting.performance import written_labels
from data_prep.synth.fitting import calibrate, measure, solve
from data_prep.synth.labels import process
from data_prep.synth.labels.reference import statistics
from data_prep.synth.plan.shapes import SHAPES, Shape, shape_of
from dsin_lib.paper.published import label_lists

SEED = 0
SYNAU_B_LABELS = "b3896e9de0e3a707401abeaff6fd282305987563f38588c9f73800587c81fca3"
"""SHA-256 of SynAU-B's labels of seed 0, 448 frames a sequence, as of version 0.6.0."""


@pytest.fixture(scope="module", params=list(SHAPES))
def shape(request) -> Shape:
    return SHAPES[request.param]


@pytest.fixture(scope="module")
def written(shape) -> measure.Labels:
    """As the label files have them: AU25 of SynAU-D comes from the gap between the lips."""
    return written_labels(shape, SEED)


@pytest.fixture(scope="module")
def compared(shape, written) -> dict[str, pd.DataFrame]:
    return measure.tables(written, shape)


def test_prevalence_within_two_points(compared):
    assert (compared["prevalence"]["error"].abs() < 0.02).all()


def test_every_pair_within_a_tenth_of_phi(compared, shape):
    error = compared["phi"]["error"].abs().dropna()
    assert len(error) == (66 if shape.name == "synau_b" else 28)
    assert error.max() < 0.1


def test_variance_explained_within_a_quarter(compared):
    ratio = compared["variance_explained"]["ratio"].dropna()
    assert ratio.between(0.75, 1.25).all(), ratio.round(2).to_dict()


def test_active_runs_within_a_quarter(compared):
    ratio = compared["active_runs"]["ratio"].dropna()
    assert ratio.between(0.75, 1.25).all(), ratio.round(2).to_dict()


def test_levels_within_two_points():
    levels = measure.compare("synau_d", SEED)["levels"]
    assert (levels["error"].abs() < 0.02).all()
    at_least_one = levels.groupby(level="AU")[["reference", "generated"]].sum()
    assert at_least_one.diff(axis=1)["generated"].abs().max() < 0.02


def test_prevalence_by_task():
    shape = SHAPES["synau_b"]
    drawn = calibrate.simulate(process.process(shape), SEED)
    for task, target in statistics(shape)["prevalence_by_task"].items():
        found = np.concatenate([v for k, v in drawn.items() if k[1] == task]).mean(0)
        assert abs(found - target).max() < 0.05, task


def test_synau_bs_labels_are_as_they_were():
    found = hashlib.sha256()
    for key, label in written_labels(SHAPES["synau_b"], SEED).items():
        found.update("/".join(key).encode())
        found.update(label.tobytes())
    assert found.hexdigest() == SYNAU_B_LABELS


def test_some_subjects_of_disfa_never_show_an_au(shape, written):
    never = sum((v >= shape.active_from).sum(0) == 0 for v in written.values())
    if shape.name == "synau_d":
        assert 0 < never[shape.aus.index(1)] < 12
        assert never[shape.aus.index(25)] == 0


CASES = [("F003", "T4", "F004"), ("SN003", "left", "SN004")]


@pytest.mark.parametrize(("subject", "task", "other"), CASES)
def test_a_longer_sequence_starts_like_a_shorter_one(subject, task, other):
    short = process.latent(subject, task, 40, SEED)
    long = process.latent(subject, task, 90, SEED)
    np.testing.assert_array_equal(short, long[:40])


@pytest.mark.parametrize(("subject", "task", "other"), CASES)
def test_sequences_and_seeds_differ(subject, task, other):
    a = process.latent(subject, task, 50, SEED)
    assert not np.allclose(a, process.latent(other, task, 50, SEED))
    assert not np.allclose(a, process.latent(subject, task, 50, SEED + 1))
    for another in set(shape_of(subject).tasks) - {task}:
        assert not np.allclose(a, process.latent(subject, another, 50, SEED))


def test_intensity_grows_from_a_trace_without_a_jump(shape):
    z = np.linspace(-2.5, 4, 800)[:, None] * np.ones(len(shape.aus))
    drawn, start = process.intensity(z, shape), process.onset(process.process(shape))
    assert (np.diff(drawn, axis=0) >= 0).all()
    assert np.diff(drawn, axis=0).max() < 0.06
    for a, begins in enumerate(start):
        assert (drawn[z[:, a] < begins - process.BELOW_THRESHOLD, a] == 0).all()
        at_threshold = np.interp(begins, z[:, a], drawn[:, a])
        np.testing.assert_allclose(at_threshold, process.LEVEL_BOUNDS[0], atol=0.03)
    assert (start <= 0).all()


def test_a_level_is_a_function_of_what_is_drawn():
    drawn = np.array([0.0, 0.179, 0.18, 0.31, 0.33, 0.5, 0.7, 0.88, 1.1])
    np.testing.assert_array_equal(process.level(drawn), [0, 0, 1, 1, 2, 3, 4, 5, 5])


def test_active_is_at_or_above_the_threshold_of_the_latent():
    """Drawn from the same latent: z > 0 is level B and more in SynAU-D, up to interpolation."""
    shape = SHAPES["synau_d"]
    z = process.latent("SN005", "left", 4845, SEED)
    level = process.level(process.intensity(z, shape))
    assert ((z > 0) == (level >= shape.active_from)).mean() > 0.9995


def test_intensities_have_the_reference_levels():
    shape = SHAPES["synau_b"]
    levels = statistics(shape)["intensity_levels_A_to_E"]
    keys = [(s, t) for s in shape.subjects for t in shape.tasks][::2]
    z = np.concatenate([process.latent(s, t, 450, SEED) for s, t in keys])
    intensity = process.intensity(z, shape)
    for a, au in enumerate(shape.aus):
        if str(au) not in levels:
            continue
        active = intensity[z[:, a] > 0, a]
        found = np.histogram(active, process.LEVEL_BOUNDS)[0] / len(active)
        target = np.array(levels[str(au)]) / np.sum(levels[str(au)])
        assert abs(found - target).max() < 0.12, (au, found.round(2), target.round(2))


def test_an_indefinite_matrix_becomes_a_correlation():
    matrix = np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]])
    out = solve.nearest_correlation(matrix)
    assert np.linalg.eigvalsh(out).min() > 0
    np.testing.assert_allclose(np.diag(out), 1)
    good = np.array([[1, 0.3], [0.3, 1]])
    np.testing.assert_allclose(solve.nearest_correlation(good), good)


def test_pairs_that_disfa_does_not_give_are_assumed():
    table = solve.within_task_correlation(SHAPES["synau_d"])
    at = {au: i for i, au in enumerate(SHAPES["synau_d"].aus)}
    assert table[at[15], at[17]] == 0.506  # BP4D's
    assert table[at[20], at[9]] == 0.0
    assert np.isnan(np.array(statistics(SHAPES["synau_d"])["phi"], float)[at[15], at[17]])


@pytest.mark.parametrize("shape", ["synau_b", "synau_d"])
def test_active_units_rise_hold_and_fall_and_some_are_faint_or_one_sided(shape):
    shown = measure.shown(shape, 0)
    assert shown[["rising", "steady", "falling"]].sum(axis=1).to_numpy() == pytest.approx(1)
    assert (shown["rising"] - shown["falling"]).abs().max() < 0.05  # what rises comes down
    assert shown["faint"].between(0.05, 0.95).all()
    assert shown.loc["AU12", "one-sided"] > 0.05 > shown.loc["AU04", "one-sided"]


@pytest.mark.parametrize("shape", ["synau_b", "synau_d"])
def test_what_no_label_tells_moves_in_everybody(shape):
    moves = measure.unlabelled(shape, 0)
    assert 5 < moves.loc["blinks a minute", "min"] < moves.loc["blinks a minute", "max"] < 30
    assert (moves["min"] > 0).all() and (moves["max"] < 100).all()


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_the_generator_s_reference_is_the_book_s(shape):
    """Two copies of one source: what labels are fitted to, and what the book prints beside them."""
    listed, fitted = label_lists()[shape.reference], statistics(shape)
    prevalence = [listed["prevalence"][f"AU{au:02d}"] for au in shape.aus]
    assert fitted["prevalence"] == pytest.approx(prevalence, abs=1e-5)
    for au, counts in fitted.get("frames_at_level_0_to_5", {}).items():
        assert counts == listed["intensity_histogram"][f"AU{int(au):02d}"]
