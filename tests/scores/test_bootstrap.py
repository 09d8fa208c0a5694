"""Counts add up, resampling is paired, and intervals cover what they should."""

import numpy as np
import pytest

from dsin_lib.scores.bootstrap import (
    by_subject,
    counts,
    interval,
    resampled,
    resampled_f1,
)
from dsin_lib.scores.f1 import f1_of, per_au_f1

rng = np.random.default_rng(0)
SUBJECTS = np.repeat([f"F{i:03d}" for i in range(1, 11)], 40)


def drawn(skill):
    """Labels and predictions (frame 2) of ten subjects, one a little harder than the next."""
    labels = (rng.random((400, 2)) < 0.4).astype(float)
    noise = np.linspace(0.1, 0.5, 10).repeat(40)[:, None]
    return np.clip(
        0.5 + skill * (labels - 0.5) + noise * rng.standard_normal(labels.shape), 0, 1
    ), labels


def test_counts_of_subjects_add_up_to_f1_of_all():
    probabilities, labels = drawn(0.4)
    labels[5, 0] = np.nan
    total = counts(probabilities, labels, SUBJECTS)
    assert total.shape == (10, 4, 2)
    np.testing.assert_array_equal(total.sum((0, 1)), [399, 400])
    np.testing.assert_allclose(f1_of(total.sum(0)), per_au_f1(probabilities, labels))


def test_a_row_never_differs_from_itself():
    one = counts(*drawn(0.4), SUBJECTS)
    f1 = resampled_f1([np.stack([[one, one]])], resamples=50)
    np.testing.assert_array_equal(f1[:, 0], f1[:, 1])


def test_a_unit_that_a_row_does_not_predict_is_missing_in_every_resampling():
    probabilities, labels = drawn(0.4)
    whole = counts(probabilities, labels, SUBJECTS)
    labels[:, 1] = np.nan
    part = counts(probabilities, labels, SUBJECTS)
    f1 = resampled_f1([np.stack([[whole, part]])] * 2, resamples=50)
    assert np.isnan(f1[:, 1, 1]).all()
    np.testing.assert_array_equal(f1[:, 0, 0], f1[:, 1, 0])
    assert not np.isnan(f1[:, 0]).any()
    assert np.isnan(interval(f1)[:, 1, 1]).all()


def test_a_unit_that_is_never_active_nor_predicted_scores_zero():
    total = counts(np.zeros((400, 2)), np.zeros((400, 2)), SUBJECTS)
    assert (resampled_f1([total[None, None]], resamples=20) == 0).all()


def test_pairing_narrows_the_interval_of_a_difference():
    probabilities, labels = drawn(0.4)
    better = np.clip(probabilities + 0.05 * (labels - 0.5), 0, 1)
    rows = [counts(p, labels, SUBJECTS) for p in (probabilities, better)]
    f1 = resampled_f1([np.stack([rows])]).mean(2)
    paired = np.ptp(interval(f1[:, 1] - f1[:, 0]))
    unpaired = np.ptp(interval(rng.permutation(f1[:, 1]) - f1[:, 0]))
    assert paired < 0.5 * unpaired


def test_folds_and_seeds_are_averaged():
    one, two = (counts(*drawn(skill), SUBJECTS) for skill in (0.2, 0.6))
    alone = [resampled_f1([np.stack([[row]])], resamples=3000).mean(0) for row in (one, two)]
    both_folds = resampled_f1([np.stack([[one]]), np.stack([[two]])], resamples=3000).mean(0)
    both_seeds = resampled_f1([np.stack([[one], [two]])], resamples=3000).mean(0)
    np.testing.assert_allclose(both_folds, np.mean(alone, 0), atol=0.01)
    np.testing.assert_allclose(both_seeds, np.mean(alone, 0), atol=0.01)


def test_any_statistic_of_sums_is_resampled_as_f1_is():
    """Folds of different sizes, two seeds: the same draws, the same averages."""
    folds = []
    for skill, subjects in ((0.2, SUBJECTS), (0.6, SUBJECTS[:280])):
        one, two = (
            counts(*(part[: len(subjects)] for part in drawn(skill)), subjects) for _ in "ab"
        )
        folds.append(np.stack([one, two], 1))  # subject seed 4 au
    here, found = resampled(folds, lambda total: f1_of(total)[..., 0], resamples=100)
    as_rows = [np.moveaxis(fold, 0, 1)[:, None] for fold in folds]
    assert [rows.shape[2] for rows in as_rows] == [10, 7]
    for _ in range(3):  # a type check reads one fold of a list at random
        f1 = resampled_f1(as_rows, resamples=100)
    np.testing.assert_allclose(found, f1[:, 0, 0])
    assert here == pytest.approx(np.mean([f1_of(fold.sum(0))[:, 0].mean() for fold in folds]))
    assert found.min() < here < found.max()


def test_sums_by_subject_are_in_order_of_names():
    values = np.array([[1.0], [2.0], [4.0]])
    np.testing.assert_array_equal(by_subject(values, np.array(["b", "a", "b"])), [[2], [5]])


def test_the_interval_of_a_mean_covers_as_often_as_it_says():
    """F1 of subjects who differ: the interval of ten holds the value of very many, mostly."""
    skill = rng.uniform(0.3, 0.9, 4000)
    tp = rng.binomial(20, skill)
    everybody = np.stack([tp, 20 - tp, 20 - tp, tp], 1)[..., None]
    truth = f1_of(everybody.sum(0))[0]
    hits = 0
    for _ in range(200):
        some = everybody[rng.choice(len(everybody), 20, replace=False)]
        low, high = interval(resampled_f1([some[None, None]], resamples=300)[:, 0, 0])
        hits += low <= truth <= high
    assert hits / 200 == pytest.approx(0.93, abs=0.06)
