"""Half precision on its way: rounded down, so that no decision changes."""

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import load
from sklearn.metrics import average_precision_score, roc_auc_score

from dsin_lib.runs.predictions import KEYS, LABEL
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import Run
from dsin_lib.travel.half import (
    MOVED,
    _ranking,
    as_parquet,
    from_parquet,
    halved,
    labels_of,
    predictions_of,
    rounded_down,
    scores_of,
)

SPECIAL = [0.0, -0.0, 0.5, 1.0, 1e-9, -1e-9, 6e-8, -6e-8, 1e-45, 65504.0, 70000.0, -70000.0, np.inf]


def values(seed):
    """Probabilities, margins, numbers too small for half precision, neighbours of 0 and 0.5."""
    rng = np.random.default_rng(seed)
    edges = np.float32([0.0, 0.5, 1.0])
    near = [np.nextafter(edges, np.float32(to)) for to in (-np.inf, np.inf)]
    drawn = [rng.random(5000), rng.normal(0, 100, 5000), rng.normal(0, 1e-7, 5000)]
    return np.concatenate([SPECIAL, *near, *drawn]).astype(np.float32)


@pytest.mark.parametrize("seed", range(5))
def test_a_rounded_number_is_the_largest_that_is_not_above(seed):
    exact = values(seed)
    down = rounded_down(exact)
    assert down.dtype == np.float16
    wide = down.astype(np.float64)
    assert (wide <= exact).all()
    with np.errstate(over="ignore"):
        above = np.nextafter(down, np.float16(np.inf)).astype(np.float64)
    assert ((above > exact) | np.isinf(exact)).all(), "none between the two"


@pytest.mark.parametrize("point", [0.0, 0.5, 0.25, 1.0])
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_decisions_stay_as_they_were(point, kind):
    exact = values(0).astype(kind)
    assert ((rounded_down(exact) >= point) == (exact >= point)).all()
    if point in (0.5, 1.0):
        nearest = exact[np.abs(exact) < 2].astype(np.float16)
        assert (nearest >= point).sum() > (exact[np.abs(exact) < 2] >= point).sum(), (
            "not so to the nearest"
        )


def test_what_is_no_number_stays_none():
    assert np.isnan(rounded_down([np.nan, 0.1])).tolist() == [True, False]


@pytest.mark.parametrize("row", ["pp_nose", "pp_mouth_ind", "dsin_10", "t4_pp_face"])
def test_predictions_come_back_as_they_were_but_for_the_steps(book, row):
    before = Run(book, ROWS[row], 1, 0).predictions
    labels = from_parquet(as_parquet(labels_of(before)))
    scores = from_parquet(as_parquet(scores_of(before, labels)))
    after = predictions_of(scores, labels)
    assert list(after) == list(before) and (after.dtypes == before.dtypes).all()
    numbers = [name for name in before if before[name].dtype == np.float32]
    scored = [name for name in numbers if not name.endswith(LABEL)]
    assert scored
    rest = [name for name in before if name not in scored]
    assert {*KEYS, "split"} < set(rest)
    pd.testing.assert_frame_equal(after[rest], before[rest].reset_index(drop=True))
    for name in scored:
        exact, half = before[name].to_numpy(), after[name].to_numpy()
        assert (half <= exact).all() and np.allclose(half, exact, rtol=1e-3, atol=1e-7)
        assert f"{name}{LABEL}" in before or scores[name].dtype == np.float16
        assert ((half >= 0.5) == (exact >= 0.5)).all()


@pytest.mark.parametrize(
    ("spread", "kept"), [(0.3, np.float16), (1e-4, np.float32)], ids=["apart", "close together"]
)
def test_scores_that_rounding_would_rank_otherwise_keep_their_precision(spread, kept):
    rng = np.random.default_rng(0)
    labels = np.float32(rng.random(400) < 0.2)
    score = np.float32(0.7 + spread * (rng.normal(size=400) + labels))
    frames = pd.DataFrame({"subject": "F1", "sequence": "T1", "frame": range(400)})
    before = frames.assign(AU01=score, AU01_label=labels, split="test")
    half = rounded_down(score).astype(float)
    moved = abs(roc_auc_score(labels, half) - roc_auc_score(labels, score)) > MOVED
    assert moved == (kept is np.float32), "as it would be for all"
    scores = scores_of(before, labels_of(before))
    assert scores["AU01"].dtype == kept
    after = predictions_of(from_parquet(as_parquet(scores)), labels_of(before))
    for score_of in (roc_auc_score, average_precision_score):
        was, now = (score_of(labels, of["AU01"]) for of in (before, after))
        assert now == pytest.approx(was, abs=MOVED)
    assert after["AU01"].dtype == np.float32


@pytest.mark.parametrize("seed", range(3))
def test_a_ranking_is_measured_as_scikit_learn_does(seed):
    rng = np.random.default_rng(seed)
    labels, scores = rng.random(300) < 0.2, rng.random(300).round(seed)
    expected = [roc_auc_score(labels, scores), average_precision_score(labels, scores)]
    np.testing.assert_allclose(_ranking(scores, labels), expected)
    assert np.isnan(_ranking(scores, labels & False)).all()


def test_frames_in_another_order_and_missing_labels_find_their_place():
    frames = pd.DataFrame({"subject": ["M2", "F1", "M2"], "sequence": "T1", "frame": [7, 3, 2]})
    before = frames.assign(
        AU01=np.float32([0.25, 0.75, 0.5]), AU01_label=np.float32([np.nan, 1, 0]), split="test"
    )
    labels = labels_of(before)
    assert labels["frame"].tolist() == [3, 2, 7]
    other = before.iloc[[1, 0]].reset_index(drop=True)
    for some in (before, other):
        after = predictions_of(scores_of(some, labels), labels)
        pd.testing.assert_frame_equal(after, some, check_dtype=False)


def test_weights_are_halved_integers_are_kept_and_none_becomes_infinite():
    weights = {
        "pi.weight": np.float32([[0.1, -2.5]]),
        "pi.variance": np.float32([1e6, 0.5]),
        "pi.steps": np.array([70000]),
        "pi.codes": np.array([3], np.int16),
    }
    back = load(halved(weights))
    assert {name: of.dtype.name for name, of in back.items()} == {
        "pi.weight": "float16", "pi.variance": "float32", "pi.steps": "int64", "pi.codes": "int16",
    }  # fmt: skip
    assert back["pi.weight"].tolist() == np.float16([[0.1, -2.5]]).tolist()
    for name in ("pi.variance", "pi.steps", "pi.codes"):
        assert np.array_equal(back[name], weights[name])
