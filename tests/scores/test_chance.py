"""The chance of a margin: parts by hand, and how often its interval holds the truth."""

import numpy as np
import pytest
from scipy.stats import t

from benchmarks.coverage import Components, drawn, held
from dsin_lib.scores.chance import SHARE, SHARE_OF_ONE_SEED, chance_of, leaving_out


def of_means(shares):
    """Margins that are means of people's shares (seed person), with each left out."""
    n = shares.shape[1]
    return np.concatenate([shares.mean(1)[:, None], (shares.sum(1)[:, None] - shares) / (n - 1)], 1)


def test_everybody_then_all_but_one():
    np.testing.assert_array_equal(leaving_out(3), [[1, 1, 1], [0, 1, 1], [1, 0, 1], [1, 1, 0]])
    shares = np.random.default_rng(0).normal(size=(2, 5))
    times = leaving_out(5)
    np.testing.assert_allclose(shares @ times.T / times.sum(1), of_means(shares))


def test_from_one_seed_the_error_is_that_of_people_and_the_scatter_of_the_folds():
    """Of a mean, the jackknife is the textbook's s / sqrt(n)."""
    rng = np.random.default_rng(1)
    folds = [rng.normal(size=(1, n)) for n in (14, 14, 13)]
    found = chance_of([of_means(fold) for fold in folds])
    means = [fold.mean() for fold in folds]
    people = np.mean([fold.var(ddof=1) / fold.size for fold in folds])
    scatter = SHARE_OF_ONE_SEED * np.var(means, ddof=1)
    assert found.margin == pytest.approx(np.mean(means))
    assert found.error == pytest.approx(np.sqrt((people + scatter) / 3))
    assert found.freedom == 13 + 13 + 12 and found.trainings == 3
    low, high = found.interval(0.9)
    half = t.ppf(0.95, 38) * found.error
    np.testing.assert_allclose([low, high], [np.mean(means) - half, np.mean(means) + half])


def test_seeds_people_and_both_are_taken_apart():
    """Two-way analysis of variance, written out for one fold."""
    rng = np.random.default_rng(2)
    shares = rng.normal(size=(4, 9)) + 3 * rng.normal(size=(4, 1)) + rng.normal(size=(1, 9))
    s, n = shares.shape
    of_seeds, of_people = shares.mean(1), shares.mean(0)
    rest = shares - of_seeds[:, None] - of_people + shares.mean()
    ms_seeds, ms_people = n * of_seeds.var(ddof=1), s * of_people.var(ddof=1)
    ms_both = (rest**2).sum() / ((s - 1) * (n - 1))
    found = chance_of([of_means(shares)])
    expected = (ms_people + max(ms_seeds - ms_both, 0)) / (s * n)
    assert found.error**2 == pytest.approx(expected)
    assert found.people == pytest.approx(max(ms_people - ms_both, 0) / (s * n))
    three = chance_of([of_means(shares)] * 3)
    assert three.error**2 == pytest.approx(expected / 3), "equal folds: no scatter"
    assert three.people == pytest.approx((1 + SHARE) * found.people / 3)
    apart = chance_of([of_means(shares + by) for by in (-1.0, 0.0, 1.0)])
    assert apart.error**2 == pytest.approx((expected + SHARE) / 3)


def test_people_s_part_is_what_very_many_seeds_leave():
    chances = Components(people=1, seed=1, both=0.3)
    few, many = (
        chance_of(drawn(np.random.default_rng(6), 400, chances, seeds, 14)) for seeds in (3, 80)
    )
    assert many.people.mean() == pytest.approx((many.error**2).mean(), rel=0.05)
    assert few.people.mean() == pytest.approx((many.error**2).mean(), rel=0.1)
    assert (few.error**2).mean() > 1.3 * few.people.mean()
    one = chance_of(drawn(np.random.default_rng(6), 400, chances, 1, 14))
    assert 2 * (many.error**2).mean() > one.people.mean() > few.people.mean(), "both, untold apart"


def test_a_batch_is_each_of_its_margins():
    rng = np.random.default_rng(3)
    folds = [rng.normal(size=(s, n + 1, 2, 3)) for s, n in ((5, 9), (1, 8), (2, 10))]
    batch = chance_of(folds)
    one = chance_of([fold[..., 1, 2] for fold in folds])
    for name in ("margin", "error", "people", "freedom"):
        assert getattr(batch, name).shape == (2, 3)
        assert getattr(batch, name)[1, 2] == pytest.approx(float(getattr(one, name)))
    assert batch.trainings == one.trainings == 8


def test_fewer_than_three_trainings_have_no_interval():
    shares = np.random.default_rng(4).normal(size=(1, 9))
    found = chance_of([of_means(shares), of_means(shares + 1)])
    assert found.margin == pytest.approx(shares.mean() + 0.5) and found.trainings == 2
    assert np.isnan(found.interval()).all() and np.isnan(found.above())
    assert np.isfinite(chance_of([of_means(np.tile(shares, (3, 1)))]).error), "three seeds of one"


def test_one_person_is_nobody_to_leave_out():
    with pytest.raises(ValueError, match="fold 1: expected two or more people, got 1"):
        chance_of([np.zeros((3, 10)), np.zeros((3, 2))])


def test_where_nothing_varies_nothing_is_likely():
    found = chance_of([np.full((2, 10), 4.0)] * 3)
    assert found.margin == 4 and np.isnan(found.above()) and np.isnan(found.below())


def test_p_is_where_the_interval_ends():
    rng = np.random.default_rng(5)
    found = chance_of([of_means(1 + rng.normal(size=(3, 9))) for _ in range(3)])
    low, high = found.interval(1 - 2 * found.above(0.5))
    assert low == pytest.approx(0.5)
    assert found.interval(1 - 2 * found.below(high))[1] == pytest.approx(float(high))
    assert found.above(0.2) + found.below(0.2) == pytest.approx(1)


@pytest.mark.parametrize("people", [14, 9])
@pytest.mark.parametrize(
    ("seeds", "chances", "low", "high"),
    [
        (1, Components(people=1), 0.97, 0.997),
        (3, Components(people=1), 0.96, 0.99),
        (5, Components(people=1, seed=1, both=0.3), 0.96, 0.99),
        (3, Components(people=1, seed=1, both=0.3, fold=0.5), 0.925, 0.965),
        (5, Components(people=1, seed=1, both=0.3, fold=0.5), 0.915, 0.96),
        (1, Components(people=1, seed=1, both=0.3, fold=0.5), 0.93, 0.97),
        (5, Components(people=0.3, seed=1, fold=1), 0.75, 0.90),  # where it fails
    ],
)
def test_the_interval_holds_the_truth_as_often_as_the_module_says(
    people, seeds, chances, low, high
):
    margins = drawn(np.random.default_rng(0), 3000, chances, seeds, people)
    ends = chance_of(margins).interval()
    assert low < held(ends) < high
