"""F1, thresholds and the always-positive predictor."""

import numpy as np
import pytest
from sklearn.metrics import f1_score, roc_auc_score

from dsin_lib.scores.f1 import f1_of, mean_auc, mean_f1, per_au_f1, scores
from dsin_lib.scores.thresholds import TAUS, best_taus, f1_curves

rng = np.random.default_rng(0)


@pytest.fixture
def labels():
    return (rng.random((300, 3)) < [0.1, 0.4, 0.7]).astype(float)


@pytest.fixture
def probabilities(labels):
    return np.clip(0.25 + 0.3 * labels + 0.15 * rng.standard_normal(labels.shape), 0, 1)


def test_f1_is_2pr_over_p_plus_r(labels, probabilities):
    active = probabilities >= 0.5
    tp = (active & (labels == 1)).sum(0)
    precision, recall = tp / active.sum(0), tp / labels.sum(0)
    expected = 2 * precision * recall / (precision + recall)
    np.testing.assert_allclose(per_au_f1(probabilities, labels), expected)


def test_a_missing_label_leaves_its_frame_out_for_that_au_only(labels, probabilities):
    masked = labels.copy()
    masked[:100, 0] = np.nan
    f1 = per_au_f1(probabilities, masked)
    assert f1[0] == pytest.approx(f1_score(labels[100:, 0], probabilities[100:, 0] >= 0.5))
    np.testing.assert_array_equal(f1[1:], per_au_f1(probabilities, labels)[1:])


def test_an_au_without_a_label_has_no_score(labels, probabilities):
    labels[:, 1] = np.nan
    table = scores(probabilities, labels, ["AU01", "AU02", "AU04"])
    assert table.loc["AU02", ["f1", "auc", "ap", "prevalence"]].isna().all()
    assert table.loc["AU02", "frames"] == 0
    assert mean_f1(probabilities, labels) == pytest.approx(table["f1"].mean())
    assert best_taus(probabilities, labels)[1] == pytest.approx(0.5)


def test_always_positive_is_2p_over_1_plus_p(labels):
    p = labels.mean(0)
    np.testing.assert_allclose(per_au_f1(np.ones_like(labels), labels), 2 * p / (1 + p))


def test_f1_of_counts_takes_no_notice_of_true_negatives():
    counts = np.array([[3, 0], [1, 0], [2, 0], [94, 100]])  # tp, fp, fn, tn of two units
    np.testing.assert_allclose(f1_of(counts), [6 / 9, 0])
    np.testing.assert_array_equal(f1_of(np.stack([counts, counts]))[1], f1_of(counts[:3]))


def test_scores_survive_an_au_without_positives(labels, probabilities):
    labels[:, 1] = 0
    table = scores(probabilities, labels, ["AU01", "AU02", "AU04"])
    assert table.loc["AU02", "f1"] == 0
    assert np.isnan(table.loc["AU02", "auc"]) and np.isnan(table.loc["AU02", "ap"])
    assert table.loc["AU01", "auc"] > 0.7
    assert (table["frames"] == 300).all()


def test_the_best_taus_are_the_best(labels, probabilities):
    taus = best_taus(probabilities, labels)
    curves = f1_curves(probabilities, labels)
    np.testing.assert_allclose(per_au_f1(probabilities, labels, taus), curves.max(0))
    assert (per_au_f1(probabilities, labels, taus) >= per_au_f1(probabilities, labels)).all()


def test_of_equal_taus_the_middle_one():
    labels = np.array([[1.0], [0.0]])
    assert best_taus(np.array([[0.99], [0.01]]), labels)[0] == pytest.approx(0.5)
    assert (np.diff(TAUS) > 0).all() and TAUS.max() < 1


def test_a_unit_that_is_never_likely_can_still_be_tuned():
    """All probabilities far below the first step of 0.01: told apart, or all called active."""
    labels = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    probabilities = np.array([[0.009, 0.0], [0.0005, 0.0], [0.0001, 0.0]])
    taus = best_taus(probabilities, labels)
    assert per_au_f1(probabilities, labels, taus).tolist() == [1, 0.8]


def test_the_mean_auc_is_scikit_learn_s_of_every_unit_that_has_both_states():
    rng = np.random.default_rng(0)
    p = rng.random((60, 5)).round(1)  # with ties
    y = (rng.random((60, 5)) < p).astype(float)
    y[::7, 1], y[:, 3], y[:, 4] = np.nan, np.nan, 1
    seen = ~np.isnan(y)
    known = [roc_auc_score(y[seen[:, j], j], p[seen[:, j], j]) for j in range(3)]
    assert mean_auc(p, y) == pytest.approx(np.mean(known), abs=1e-12)
    assert np.isnan(mean_auc(p[:, 3:], y[:, 3:])), "nothing to rank"
    assert np.isnan(mean_auc(np.where(p > 0.8, np.nan, p), y))


def test_margins_have_thresholds_of_their_own_range(labels):
    margins = 50 * rng.normal(size=labels.shape) - 200 * np.arange(labels.shape[1])
    taus = best_taus(margins, labels, point=0.0)
    best = per_au_f1(margins, labels, taus)
    for tau in np.linspace(margins.min() - 1, margins.max(), 400):
        assert (best >= per_au_f1(margins, labels, tau) - 0.02).all()
    assert (best >= per_au_f1(margins, labels, margins.min(0))).all(), "calling all active"


def test_of_equally_good_margins_the_operating_point_is_taken():
    labels, margins = np.array([[1.0], [0.0], [1.0]]), np.array([[3.0], [-4.0], [2.0]])
    assert best_taus(margins, labels, point=0.0)[0] == 0
