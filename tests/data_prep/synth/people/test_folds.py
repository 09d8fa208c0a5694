"""Folds: a person's own, shared by units of one place, steep in intensity, never under the nose."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from data_prep.synth.atlas import MIDDLES
from data_prep.synth.mesh.asset import head
from data_prep.synth.mesh.canvas import canvas
from data_prep.synth.people import folds, wrinkles
from data_prep.synth.people.folds_table import PITS, PLACES
from data_prep.synth.people.identity import identity
from data_prep.synth.people.wrinkles import furrows
from data_prep.synth.plan.seeds import SUBJECTS, stream

A_OF_E = 0.2
"""Largest share of level E's depth that level A shows."""
HANDS_OFF = 0.05
"""Darkening that counts as no line."""


@pytest.fixture(scope="module")
def people() -> dict[str, wrinkles.Furrows]:
    return {s: furrows(identity(s, 0), stream(0, "folds", s)) for s in SUBJECTS}


def test_no_two_people_have_the_same_lines(people):
    assert len(people) == 41
    for name in PLACES:
        own = [f.folds[name].relief.tobytes() for f in people.values() if name in f.folds]
        assert len(set(own)) == len(own) > 5, name


def test_patterns_and_numbers_of_lines_vary():
    for name, place in PLACES.items():
        found = Counter(folds.chosen(place, 0.5, np.random.default_rng(i)) for i in range(200))
        patterns = {pattern for pattern, _ in found}
        assert patterns == set(place.patterns), name
        numbers = {n for _, n in found}
        assert max(numbers) <= 6
        assert len(numbers) > 1 or sum(n > 0 for n in place.count) == 1, name


@pytest.mark.parametrize(("age", "share"), [(18, wrinkles.NEVER[0]), (70, wrinkles.NEVER[1])])
def test_some_people_do_not_fold_at_all(age, share):
    european = replace(identity("F001", 0), age=age, ancestry=np.array([0.0, 0.0, 1.0]))
    drawn = [wrinkles.gains(european, np.random.default_rng(i)) for i in range(1500)]
    for gains in drawn:
        gains.pop("pits")
    smooth = np.mean([max(gains.values()) <= wrinkles.SMOOTH for gains in drawn])
    assert smooth == pytest.approx(share, abs=0.03)
    every = np.concatenate([list(gains.values()) for gains in drawn])
    assert ((every > wrinkles.SMOOTH) & (every < 0.3)).sum() == 0, "deep or not at all"


def test_older_and_european_skin_folds_deeper():
    def depth(**of: float | np.ndarray) -> float:
        person = replace(identity("F001", 0), **of)
        drawn = [wrinkles.gains(person, np.random.default_rng(i)) for i in range(300)]
        return float(np.mean([list(gains.values()) for gains in drawn]))

    european, asian = np.array([0.0, 0.0, 1.0]), np.array([0.0, 1.0, 0.0])
    young = depth(age=25.0, ancestry=european)
    assert depth(age=60.0, ancestry=european) > young > depth(age=25.0, ancestry=asian)


def test_no_line_crosses_below_the_nose(people):
    for subject, lines in people.items():
        for name, at in lines.folds.items():
            top, bottom, left, right = at.box
            x, y = canvas().x[top:bottom, left:right], canvas().y[top:bottom, left:right]
            under = (abs(x) < 0.10) & (y < -0.44) & (y > -0.52)
            assert at.relief[under, 2].min(initial=0) > -HANDS_OFF, (subject, name)


def test_nasolabial_folds_run_from_the_wing_past_the_corner():
    wing, corner = canvas().mean_face[head().landmarks[[35, 54]], :2]
    for name, (_, _, lines) in PLACES["nasolabial"].patterns.items():
        x, y = np.array(lines[0].points).T
        assert (x[0] > wing[0]) & (y[0] > wing[1]), name
        beside = np.interp(-corner[1], -y, x)
        assert corner[0] + 0.05 < beside < corner[0] + 0.15, name


def test_14_and_20_fold_apart():
    places = {au: {n for n, p in PLACES.items() if au in p.units} for au in (14, 20)}
    assert places[14] and places[20]
    assert places[14].isdisjoint(places[20])


def test_a_line_is_as_dark_as_it_is_deep_and_its_flanks_have_a_limit():
    x = (np.arange(120, dtype=np.float32) - 60) / folds.TEXELS_PER_DM
    deep = [np.tile(-d * np.exp(-((x / 0.02) ** 2)), (40, 1)) for d in (0.01, 0.03, 1.0)]
    reliefs = [folds.relief_of(h.astype(np.float32)) for h in deep]
    darkest = [r[20, :, 2].min() for r in reliefs]
    assert 0 > darkest[0] > darkest[1] > darkest[2] >= folds.DARKEST
    assert max(np.linalg.norm(r[..., :2], axis=-1).max() for r in reliefs) <= folds.STEEPEST


def test_lines_fade_at_both_ends():
    for i in range(50):
        along = folds._along(0.0, 0.2, np.random.default_rng(i))
        assert max(along[0], along[-1]) < 0.1 < along.max()


def test_units_of_one_place_share_its_lines_and_the_deepest_counts():
    live = np.zeros((1, 2, 8), np.float32)
    share = np.float32([[[1.0, 0.5], [0.2, 1.0]]])
    relief, side = np.ones((1, 2, 3), np.float32), np.ones((1, 2), np.float32)
    on = np.float32([0.6, 0.8])
    wrinkles.fold(live, 0, 0, relief, share, side, on, 0 * on, np.float32(0))
    np.testing.assert_allclose(live[0, :, 5], [0.6, 0.8], rtol=1e-6)
    shared = {units for units in map(frozenset, (p.units for p in PLACES.values()))}
    assert frozenset({1, 2}) in shared
    assert any({9, 10, 12} <= units for units in shared)


def test_what_skin_shows_at_rest_is_not_added_again():
    live, one = np.zeros((1, 1, 8), np.float32), np.ones((1, 1), np.float32)
    relief, share = np.ones((1, 1, 3), np.float32), np.ones((1, 1, 1), np.float32)
    rest = np.float32(0.4)
    wrinkles.fold(live, 0, 0, relief, share, one, np.float32([0.3]), np.float32([0.3]), rest)
    assert (live == 0).all()
    wrinkles.fold(live, 0, 0, relief, share, one, np.float32([0.9]), np.float32([0.9]), rest)
    np.testing.assert_allclose(live[0, 0, 5:], 0.5, rtol=1e-5)


def test_level_a_shows_little_of_what_level_e_shows():
    assert wrinkles.strength(MIDDLES["A"]) < A_OF_E * wrinkles.strength(MIDDLES["E"])
    steepness = np.array([wrinkles.strength(v) / v for v in MIDDLES.values()])
    assert (np.diff(steepness) > 0).all()


def test_left_and_right_differ_by_about_eight_percent():
    place = replace(PLACES["corner"], one_sided=0.0)
    differences = []
    for i in range(80):
        rng = np.random.default_rng(i)
        if not (lines := folds.curves(place, 0.5, rng)):
            continue
        height, (top, bottom, left, right) = folds.folded(lines, rng)
        on_left = canvas().x[top:bottom, left:right] > 0
        deep = [-height[half].min() for half in (on_left, ~on_left)]
        differences.append(abs(np.log(deep[0] / deep[1])))
    assert 0.05 < np.mean(differences) < 0.11


def test_every_chin_is_pitted_and_every_one_its_own_way(people):
    (au,) = PITS
    pits = [f.folds[f"pits of {au}"] for f in people.values()]
    assert len({p.relief.tobytes() for p in pits}) == 41
    assert min(p.gain for p in pits) > wrinkles.SMOOTH


def test_hair_covers_folds():
    lines, (tall, wide) = furrows(identity("M017", 0), stream(0, "folds", "M017")), canvas().x.shape
    hair = np.zeros((tall, wide))
    hair[:, wide // 2 :] = 1
    left = lines.folds["forehead"].box[2]
    shown = wrinkles.bare(lines, hair).folds["forehead"].relief
    assert np.abs(shown[:, : wide // 2 - left]).max() > 0
    assert np.abs(shown[:, wide // 2 - left :]).max() == 0
