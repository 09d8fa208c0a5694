"""Three lenses: exact sums over people, what lines share, and what is not scored."""

import numpy as np
import pytest
from sklearn.metrics import f1_score, roc_auc_score
from told import PEOPLE, by_chance, told

from dsin_lib.config import load_config
from dsin_lib.runs.predictions import LABEL, frames_of, values_of
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import Run
from dsin_lib.scores.bootstrap import counts
from dsin_lib.scores.f1 import f1_of
from dsin_lib.scores.lenses import (
    AUC,
    LENSES,
    OWN,
    TUNED,
    auc_of,
    f1_of_draws,
    held_out_taus,
    leaving_out,
    pairs,
    seen,
)
from dsin_lib.scores.measured import ALWAYS, Scored
from dsin_lib.scores.thresholds import best_taus


def frames(rng, people=9, each=60, units=3, digits=6):
    """Scores, labels and subjects of people of whom some are easier than others."""
    subjects = np.repeat([f"F{i:02d}" for i in range(people)], each)
    labels = (rng.random((len(subjects), units)) < 0.3).astype(float)
    noise = rng.uniform(0.5, 2, people).repeat(each)[:, None]
    scores = 1 / (1 + np.exp(-labels - noise * rng.normal(size=labels.shape)))
    return scores.round(digits), labels, subjects


@pytest.mark.parametrize("digits", [6, 1])
def test_an_auc_of_pairs_is_scikit_learn_s_with_ties_and_missing_labels(digits):
    rng = np.random.default_rng(0)
    scores, labels, subjects = frames(rng, digits=digits)
    labels[rng.random(labels.shape) < 0.1] = np.nan
    of = pairs(scores, labels, subjects)
    assert of.shape == (9, 9, 2, 3)
    whole = auc_of(of, np.ones((1, 9)))[0]
    for j, (y, p) in enumerate(zip(labels.T, scores.T, strict=True)):
        coded = ~np.isnan(y)
        assert whole[j] == pytest.approx(roc_auc_score(y[coded], p[coded]), abs=1e-12)


def test_a_drawn_auc_is_that_of_the_frames_drawn():
    rng = np.random.default_rng(1)
    scores, labels, subjects = frames(rng)
    names = np.unique(subjects)
    times = np.concatenate([leaving_out(9), rng.multinomial(9, np.full(9, 1 / 9), size=5)])
    found = auc_of(pairs(scores, labels, subjects), times)
    for row, taken in zip(found, times, strict=True):
        at = np.concatenate(
            [np.flatnonzero(subjects == name) for name in names.repeat(taken.tolist())]
        )
        assert row[1] == pytest.approx(roc_auc_score(labels[at, 1], scores[at, 1]), abs=1e-12)


def test_who_shows_one_state_alone_ranks_nothing():
    scores, labels, subjects = frames(np.random.default_rng(2), people=3)
    labels[:, 0], labels[subjects != "F01", 1] = 0, 0
    found = auc_of(pairs(scores, labels, subjects), leaving_out(3))
    assert np.isnan(found[:, 0]).all()
    np.testing.assert_array_equal(np.isnan(found[:, 1]), [False, False, True, False])
    assert np.isfinite(found[:, 2]).all()


def test_a_drawn_f1_is_that_of_its_counts():
    scores, labels, subjects = frames(np.random.default_rng(3))
    of = counts(scores, labels, subjects, 0.6)
    found = f1_of_draws(of, leaving_out(9))
    np.testing.assert_allclose(found[0], f1_of(of.sum(0)))
    rest = subjects != "F04"
    assert found[5, 2] == pytest.approx(f1_score(labels[rest, 2], scores[rest, 2] >= 0.6))


@pytest.fixture
def config(results):
    """A profile whose runs are told what they predict."""
    return load_config("smoke")


def line(config, row, places, **how):
    """A row from some trainings, told predictions of chance that differ between them."""
    found = []
    for fold, seed in places:
        run = Run(config, ROWS[row], fold, seed)
        of = by_chance(run, PEOPLE[: 1 + fold], seed=100 * len(row) + 10 * fold + seed, frames=20)
        found.append(Scored(told(run, of, **how)))
    return found


PLACES = [(1, 0), (1, 1), (2, 0), (2, 1)]


def test_each_lens_scores_what_its_predictions_say(config):
    lines = {"mouth": line(config, "pp_mouth", PLACES)}
    run = lines["mouth"][3].run
    test, p = frames_of(run, "test"), values_of(run, "test")
    y = test["AU12_label"]
    at = run.corpus.aus.index("AU12")
    tau = best_taus(values_of(run, "valid"), values_of(run, "valid", LABEL))[at]
    assert held_out_taus(lines["mouth"][3])[at] == tau != 0.5
    expected = {
        OWN: f1_score(y, test["AU12"] >= 0.5),
        TUNED: f1_score(y, test["AU12"] >= tau),
        AUC: roc_auc_score(y, p[:, at]),
    }
    for lens in LENSES:
        found = seen(lens, lines)
        folds = found.scores(["mouth"])
        assert [fold.shape for fold in folds] == [(2, 3, 1, 12), (2, 4, 1, 12)]
        assert folds[1][1, 0, 0, at] == pytest.approx(100 * expected[lens])
        assert found.dead == frozenset() and list(found.aus) == run.corpus.aus


def test_a_tuned_row_keeps_its_own_thresholds_and_always_positive_has_none(config):
    own = line(config, "dsin_10", PLACES)
    tuned = [Scored(Run(config, ROWS["dsin_10_tt"], *place)) for place in PLACES]
    always = [Scored(one.run, ALWAYS) for one in own]
    lines = {"dsin": own, "tuned": tuned, "always": always}
    by_own, by_tuned = (seen(lens, lines).scores(list(lines))[0] for lens in (OWN, TUNED))
    np.testing.assert_array_equal(by_own[:, :, 1], by_tuned[:, :, 1])
    np.testing.assert_array_equal(by_tuned[:, :, 0], by_tuned[:, :, 1])
    np.testing.assert_array_equal(by_own[:, :, 2], by_tuned[:, :, 2])
    assert (by_own[:, :, 0] != by_own[:, :, 1]).any()
    assert (seen(AUC, lines).scores(["always"])[0] == 50).all()


def test_what_lines_share_counts(config):
    lines = {
        "mouth": line(config, "pp_mouth", PLACES),
        "nose": line(config, "pp_nose", [(2, 0), (1, 0), (2, 2)]),
    }
    found = seen(OWN, lines)
    assert found.trainings(["mouth"]) == PLACES
    assert found.trainings(["mouth", "nose"]) == [(1, 0), (2, 0)]
    alone, both = found.scores(["nose"]), found.scores(["mouth", "nose"])
    assert [len(fold) for fold in alone] == [1, 2] and [len(fold) for fold in both] == [1, 1]
    np.testing.assert_array_equal(alone[1][0, :, 0], both[1][0, :, 1])


def test_a_unit_that_one_person_shows_is_not_scored(config):
    (one,) = line(config, "pp_mouth", [(1, 0)])
    of = by_chance(one.run, PEOPLE, frames=20)
    of.loc[of["subject"] != "A", "AU12_label"] = 0.0
    of.loc[of["subject"] == "A", "AU15_label"] = 1.0
    of.loc[of["subject"] == "B", "AU15_label"] = 1.0
    of.loc[of["subject"] == "C", "AU15_label"] = 0.0
    told(one.run, of)
    for lens in LENSES:
        found = seen(lens, {"mouth": [Scored(one.run)]})
        (fold,) = found.scores(["mouth"])
        missing = [au for au, of_au in zip(found.aus, fold[0, 0, 0], strict=True) if of_au != of_au]
        assert missing == ["AU12", "AU15"]
        assert np.isfinite(fold[..., [au not in missing for au in found.aus]]).all()


def test_dead_units_and_units_of_others_are_named(config):
    lines = {
        "mouth": line(config, "pp_mouth", [(1, 0), (2, 0)]),
        "eye": line(config, "pp_right_eye_ind", [(1, 0), (2, 0)]),
    }
    told(lines["mouth"][1].run, dead=["AU12"], predictions=by_chance(lines["mouth"][1].run))
    lines["mouth"] = [Scored(one.run) for one in lines["mouth"]]
    found = seen(OWN, lines)
    assert found.dead == {("mouth", "AU12")}
    (first, _) = found.scores(["mouth", "eye"])
    eye = first[0, 0, 1]
    expected = set(found.aus) - set(ROWS["pp_right_eye_ind"].aus)
    assert {au for au, of in zip(found.aus, eye, strict=True) if np.isnan(of)} == expected


def test_other_people_are_refused_by_name(config):
    lines = {
        "mouth": line(config, "pp_mouth", [(1, 0)]),
        "odd one": line(config, "pp_nose", [(1, 0)]),
    }
    told(lines["odd one"][0].run, by_chance(lines["odd one"][0].run, ("A", "D")))
    with pytest.raises(ValueError, match="odd one: expected the people and units"):
        seen(OWN, {name: [Scored(one.run) for one in of] for name, of in lines.items()})
