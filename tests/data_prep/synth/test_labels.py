"""The labels of a whole corpus, without rendering, against the reference's statistics."""

import numpy as np
import pytest

from data_prep.synth import labels, measure, solve
from data_prep.synth.action_units import CODED
from data_prep.synth.calibrate import simulate

REFERENCE = labels.statistics()
SEED = 0


@pytest.fixture(scope="module")
def drawn() -> measure.Labels:
    return simulate(labels.process(), SEED)


def test_prevalence_within_two_points(drawn):
    error = measure.prevalence(drawn) - REFERENCE["prevalence"]
    assert abs(error).max() < 0.02, dict(zip(CODED, error.round(3), strict=True))


def test_every_pair_within_a_tenth_of_phi(drawn):
    assert abs(measure.phi(drawn) - np.array(REFERENCE["phi"])).max() < 0.1


def test_prevalence_by_task(drawn):
    for task, target in REFERENCE["prevalence_by_task"].items():
        found = np.concatenate([v for k, v in drawn.items() if k[1] == task]).mean(0)
        assert abs(found - target).max() < 0.05, task


@pytest.mark.parametrize("group", ["by_subject", "by_task", "by_subject_x_task"])
def test_variance_explained_within_a_quarter(drawn, group):
    ratio = measure.variance_explained(drawn)[group] / REFERENCE["variance_explained"][group]
    assert ((ratio > 0.75) & (ratio < 1.25)).all(), ratio.round(2)


def test_active_runs_within_a_quarter(drawn):
    for au, runs in zip(CODED, measure.active_runs(drawn), strict=True):
        ratio = runs.mean() / REFERENCE["active_runs"][str(au)]["mean"]
        assert 0.75 < ratio < 1.25, (au, ratio)


def test_a_longer_sequence_starts_like_a_shorter_one():
    short = labels.latent("F003", "T4", 40, SEED)
    long = labels.latent("F003", "T4", 90, SEED)
    np.testing.assert_array_equal(short, long[:40])


def test_sequences_and_seeds_differ():
    a = labels.latent("F003", "T4", 50, SEED)
    assert not np.allclose(a, labels.latent("F003", "T5", 50, SEED))
    assert not np.allclose(a, labels.latent("F004", "T4", 50, SEED))
    assert not np.allclose(a, labels.latent("F003", "T4", 50, SEED + 1))


def test_intensity_grows_from_a_trace_without_a_jump():
    z = np.linspace(-1, 4, 500)[:, None] * np.ones(len(CODED))
    drawn = labels.intensity(z)
    assert (drawn[z[:, 0] < -labels.BELOW_THRESHOLD] == 0).all()
    assert (np.diff(drawn, axis=0) >= 0).all()
    assert np.diff(drawn, axis=0).max() < 0.05
    at_threshold = np.array([np.interp(0, z[:, 0], drawn[:, a]) for a in range(len(CODED))])
    np.testing.assert_allclose(at_threshold, labels.LEVEL_BOUNDS[0], atol=0.02)


def test_intensities_have_the_reference_levels(drawn):
    levels = REFERENCE["intensity_levels_A_to_E"]
    z = np.concatenate([labels.latent(s, t, 450, SEED) for s, t in list(drawn)[::2]])
    intensity = labels.intensity(z)
    for a, au in enumerate(CODED):
        if str(au) not in levels:
            continue
        active = intensity[z[:, a] > 0, a]
        found = np.histogram(active, labels.LEVEL_BOUNDS)[0] / len(active)
        target = np.array(levels[str(au)]) / np.sum(levels[str(au)])
        assert abs(found - target).max() < 0.12, (au, found.round(2), target.round(2))


def test_an_indefinite_matrix_becomes_a_correlation():
    matrix = np.array([[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]])
    out = solve.nearest_correlation(matrix)
    assert np.linalg.eigvalsh(out).min() > 0
    np.testing.assert_allclose(np.diag(out), 1)
    good = np.array([[1, 0.3], [0.3, 1]])
    np.testing.assert_allclose(solve.nearest_correlation(good), good)
