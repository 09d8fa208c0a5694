"""Lines are scored on the same people under the same draws; what spoils a cell spoils no other."""

import numpy as np
import pytest
from made import made
from sklearn.metrics import f1_score
from told import PEOPLE, by_chance, rows_made, told

from dsin_lib.config import changed, load_config
from dsin_lib.reporting.tables import table
from dsin_lib.runs.predictions import FUSED, LABEL, frames_of, values_of
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import Run, by_row
from dsin_lib.scores.bootstrap import interval
from dsin_lib.scores.measured import (
    ALWAYS,
    PRIOR,
    Measured,
    Scored,
    in_folds,
    measure,
    with_baselines,
)
from dsin_lib.scores.thresholds import best_taus

SOME = ("pp_mouth", "pp_right_eye")


@pytest.fixture
def config(results):
    """A profile whose runs are told what they predict."""
    return load_config("smoke")


def of(config, row="pp_mouth", fold=1, seed=0, **change):
    dotted = {name.replace("__", "."): value for name, value in change.items()}
    return Run(config, ROWS[row], fold, seed, dotted)


def test_a_line_scores_what_its_predictions_say(config):
    run = told(of(config))
    found = measure({"mouth": [run]})
    test = frames_of(run, "test")
    assert set(found.counts["subject"]) == set(PEOPLE), "nobody who was held out"
    for au in run.aus:
        expected = f1_score(test[f"{au}_label"], test[au] >= 0.5)
        assert found.mean().loc["mouth", au] == pytest.approx(expected)
        assert found.f1[0, found.aus.index(au)] == pytest.approx(100 * expected)
        of_au = found.counts[found.counts["au"] == au]
        assert of_au[["tp", "fp", "fn", "tn"]].sum(axis=1).tolist() == [10] * len(PEOPLE)
        assert of_au["tp"].sum() == ((test[f"{au}_label"] == 1) & (test[au] >= 0.5)).sum()


def test_every_line_sees_the_same_draws(tiny):
    drawn = rows_made(tiny, SOME).resampled
    mouth = by_row(tiny, SOME)["pp_mouth"]
    twice = measure({0.1: mouth, 0.2: mouth}).resampled
    np.testing.assert_array_equal(twice[:, 0], twice[:, 1])
    np.testing.assert_array_equal(drawn[:, 2], twice[:, 0])


def test_a_change_is_resampled_as_a_row_is(tiny):
    found = rows_made(tiny, SOME)
    same, shorter = (made(tiny, "pp_mouth", change=c) for c in ({}, {"training.patience": 1}))
    swept = measure({"same": [same], "shorter": [shorter]})
    here, drawn = swept.average("same")
    np.testing.assert_allclose(drawn, found.average("pp_mouth")[1])
    assert swept.resampled.shape[:2] == (len(drawn), 2)
    assert here == pytest.approx(table(found).loc["PP(mouth)", "average"])


def test_draws_are_of_test_subjects(tiny):
    """With two test subjects there are three different draws, however many frames they have."""
    run = made(tiny, "pp_mouth")
    assert frames_of(run, "test")["subject"].nunique() == 2
    drawn = measure({"mouth": [run]}).resampled
    assert len(np.unique(drawn.reshape(len(drawn), -1).round(9), axis=0)) == 3


def other(config, **how):
    """A run that is told of other people, on another fold, from another seed, of other units."""
    run = of(config, **{name: how.pop(name) for name in ("row", "fold", "seed") if name in how})
    return told(run, by_chance(run, **how))


@pytest.mark.parametrize(
    "how",
    [
        {"people": ("A", "B", "D")},
        {"people": ("A", "B")},
        {"fold": 2},
        {"seed": 1},
        {"row": "t4_pp_mouth"},
    ],
)
def test_a_line_of_other_people_folds_seeds_or_units_is_refused_by_name(config, how):
    same, odd = told(of(config, "pp_nose")), other(config, **how)
    with pytest.raises(ValueError, match=r"^odd one: .*folds, seeds, people and units of nose"):
        measure({"nose": [same], "also nose": [same], "odd one": [odd]})


def test_a_line_that_lacks_a_fold_is_refused_whichever_comes_first(config):
    one, two = told(of(config)), told(of(config, fold=2))
    for lines in ({"both": [one, two], "one": [one]}, {"one": [one], "both": [one, two]}):
        _, second = lines
        with pytest.raises(ValueError, match=f"^{second}: expected"):
            measure(lines)
    found = measure({"both": [one, two], "turned": [two, one]})
    np.testing.assert_array_equal(found.resampled[:, 0], found.resampled[:, 1])


def test_predictors_that_look_at_no_image_stand_above_the_rows(config):
    run = of(config)
    aus = run.corpus.aus
    told(run, prevalence=0.4)
    part = told(of(config, "pp_right_eye_ind"))
    found = measure(with_baselines({"pp_right_eye_ind": [part], "pp_mouth": [run]}))
    assert found.lines == [ALWAYS, PRIOR, "pp_right_eye_ind", "pp_mouth"]
    labels = values_of(run, "test", LABEL)
    p = labels.mean(0)
    np.testing.assert_allclose(found.mean().loc[ALWAYS, aus], 2 * p / (1 + p))
    assert (found.mean().loc[PRIOR] == 0).all(), "0.4 does not pass tau"
    np.testing.assert_allclose(found.mean("ap").loc[[ALWAYS, PRIOR]], [p, p])
    with pytest.raises(ValueError, match=r"expected a row of all units.*pp_right_eye_ind"):
        with_baselines({"pp_right_eye_ind": [part]})


def test_the_prior_passes_tau_or_does_not(config):
    often = told(of(config), prevalence=0.5)
    found = measure({what: [Scored(often, what)] for what in (ALWAYS, PRIOR)})
    np.testing.assert_array_equal(found.f1[0], found.f1[1])
    never_coded = told(of(config, "pp_nose"), prevalence=None)
    assert (measure({"prior": [Scored(never_coded, PRIOR)]}).f1 == 0).all()


@pytest.mark.parametrize(("whose", "part"), [("held_out", "valid"), ("test", "test")])
def test_tuned_rows_choose_their_thresholds(config, whose, part):
    config = changed(config, {"evaluation.thresholds_from": whose})
    told(of(config, "dsin_10"))
    fixed, tuned = of(config, "dsin_10"), of(config, "dsin_10_tt")
    found = measure({"fixed": [fixed], "tuned": [tuned], "always": [Scored(tuned, ALWAYS)]})
    taus = found.scores.pivot(index="line", columns="au", values="tau")[found.aus]
    chosen = best_taus(values_of(fixed, part), values_of(fixed, part, LABEL))
    np.testing.assert_array_equal(taus.loc["tuned"], chosen)
    assert (taus.loc[["fixed", "always"]] == 0.5).all(axis=None)
    test = frames_of(fixed, "test")
    expected = f1_score(test["AU12_label"], test["AU12"] >= chosen[found.aus.index("AU12")])
    assert found.mean().loc["tuned", "AU12"] == pytest.approx(expected)
    np.testing.assert_array_equal(*found.mean("auc").loc[["fixed", "tuned"]].to_numpy())


def test_f_before_the_messages_is_scored_as_the_whole_is(config):
    run = told(of(config, "dsin_10"))
    found = measure({"f": [Scored(run, FUSED)], "whole": [run]})
    test = frames_of(run, "test")
    expected = f1_score(test["AU12_label"], test["AU12_fused"] >= 0.5)
    assert found.mean().loc["f", "AU12"] == pytest.approx(expected)
    (after, drawn), (before, under) = (found.average(line) for line in ("whole", "f"))
    low, high = interval(drawn - under)
    assert found.gain("whole", "f") == {"points": after - before, "low": low, "high": high}


def test_a_dead_unit_is_missing_in_f1_and_in_every_draw_but_its_score_is_kept(config):
    run = of(config)
    sound = measure(
        with_baselines({"pp_mouth": [told(run)], "pp_nose": [told(of(config, "pp_nose"))]})
    )
    told(run, dead=["AU12"])
    found = measure(with_baselines({"pp_mouth": [run], "pp_nose": [of(config, "pp_nose")]}))
    assert found.dead() == [("pp_mouth", "AU12")] and sound.dead() == []
    at, unit = found.lines.index("pp_mouth"), found.aus.index("AU12")
    spoiled = np.zeros(sound.f1.shape, bool)
    spoiled[at, unit] = True
    np.testing.assert_array_equal(found.f1, np.where(spoiled, np.nan, sound.f1))
    np.testing.assert_array_equal(found.together, np.where(spoiled, np.nan, sound.together))
    np.testing.assert_array_equal(found.resampled, np.where(spoiled, np.nan, sound.resampled))
    assert found.mean().equals(sound.mean()), "the table prints it, with a dagger"
    here, drawn = found.average("pp_mouth")
    assert np.isnan(here) and np.isnan(drawn).all()
    assert np.isnan(list(found.gain("pp_nose", "pp_mouth").values())).all()
    assert np.isfinite(list(found.gain("pp_nose", ALWAYS).values())).all()


@pytest.mark.parametrize(("fold", "seed"), [(1, 1), (2, 0)])
def test_a_unit_that_is_dead_once_is_missing_over_all(config, fold, seed):
    places = [(1, 0), (1, 1), (2, 0), (2, 1)]
    runs = [told(of(config, fold=f, seed=s)) for f, s in places]
    told(runs[places.index((fold, seed))], dead=["AU12"])
    found = measure({"mouth": runs, "always": [Scored(run, ALWAYS) for run in runs]})
    missing = np.zeros(found.f1.shape, bool)
    missing[0, found.aus.index("AU12")] = True
    for values in (found.f1, found.together, found.resampled[0]):
        np.testing.assert_array_equal(np.isnan(values), missing)


def test_folds_and_seeds_are_averaged_or_put_together(config):
    rates = {(1, 0): 0.2, (1, 1): 0.4, (2, 0): 0.6, (2, 1): 0.8}
    runs = [of(config, fold=f, seed=s) for f, s in rates]
    for n, (run, rate) in enumerate(zip(runs, rates.values(), strict=True)):
        told(run, by_chance(run, PEOPLE[: run.fold + 1], n, rate))
    found = measure({"mouth": runs})
    each = [measure({"mouth": [run]}).f1[0] for run in runs]
    np.testing.assert_allclose(found.f1[0], np.mean(each, axis=0))
    np.testing.assert_allclose(100 * found.mean().loc["mouth"], found.f1[0])
    assert [fold.shape[:3] for fold in found.folds] == [(2, 1, 2), (2, 1, 3)]
    joined = [
        np.concatenate([frames_of(run, "test")[["AU12", "AU12_label"]] for run in runs[seed::2]])
        for seed in (0, 1)
    ]
    of_seeds = [f1_score(both[:, 1], both[:, 0] >= 0.5) for both in joined]
    expected = pytest.approx(100 * np.mean(of_seeds))
    assert found.together[0, found.aus.index("AU12")] == expected


def test_sums_are_stacked_by_fold(config):
    runs = [told(of(config, fold=f, seed=s)) for f in (1, 2) for s in (0, 1)]
    sums = in_folds(runs, lambda run: np.full((3, 2), 10 * run.fold + run.seed))
    assert [of_fold.shape for of_fold in sums] == [(3, 2, 2), (3, 2, 2)]
    assert [of_fold[0, :, 0].tolist() for of_fold in sums] == [[10, 11], [20, 21]]


def test_draws_follow_the_seed(config):
    found = measure({"mouth": [told(of(config))]})
    again = Measured(found.counts, found.scores, seed=1)
    assert not np.array_equal(found.resampled, again.resampled)
    np.testing.assert_array_equal(found.f1, again.f1)
