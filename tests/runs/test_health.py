"""What is called dead, blind and seeing: said of p made by hand."""

import warnings

import numpy as np
import pandas as pd
import pytest
import torch

from dsin_lib.runs.health import (
    BLIND,
    DEAD,
    FUSION,
    SEEING,
    STRUCTURE,
    UNSETTLED,
    at_the_end,
    dead,
    food,
    record,
    with_states,
)

NAN = float("nan")
N = 100
"""Frames; the first 20 of them are active."""


@pytest.fixture
def active():
    y = torch.zeros(N)
    y[:20] = 1
    return y


def state_of(p, y):
    """The line of one unit on one patch."""
    found = with_states(record({"p": p[:, None, None]}, y[:, None], ["AU01"], ["mouth"]))
    assert len(found) == 1 and found["network"].item() == "mouth" and found["au"].item() == "AU01"
    return found.iloc[0]


def saying(value, *, but=0.2, frames=0):
    """One value on every frame, and another on that many."""
    p = torch.full((N,), value)
    p[N - frames :] = but
    return p


def one_found():
    """At 0, but for one of the twenty active frames: saturated on all."""
    return torch.tensor([1.0 - 1e-5] + [1e-5] * (N - 1))


@pytest.mark.parametrize(
    ("p", "state"),
    [
        pytest.param(saying(1e-4), DEAD, id="at 0"),
        pytest.param(saying(1 - 1e-4), DEAD, id="at 1"),
        pytest.param(saying(0.0), DEAD, id="at 0, not a bit beside it"),
        pytest.param(saying(1e-4, frames=1), DEAD, id="at 0 on 99 % of the frames"),
        pytest.param(saying(1e-4, but=0.05, frames=2), UNSETTLED, id="at 0 on 98 %"),
        pytest.param(one_found(), DEAD, id="at 0, with one of its frames found"),
        pytest.param(saying(0.00099), DEAD, id="p (1 - p) just below the line"),
        pytest.param(saying(0.0011), UNSETTLED, id="p (1 - p) just above it"),
        pytest.param(saying(0.2), BLIND, id="at the prevalence"),
        pytest.param(saying(0.27), BLIND, id="as near as counts: odds of 0.37 for 0.25"),
        pytest.param(saying(0.28), UNSETTLED, id="flat, and not at the prevalence: 0.39"),
        pytest.param(saying(0.14), UNSETTLED, id="nor below it: 0.16"),
        pytest.param(saying(0.7), UNSETTLED, id="flat, and far from it"),
        pytest.param(saying(0.2, but=0.5, frames=2), SEEING, id="it spreads: 0.042 of 0.4"),
        pytest.param(saying(0.2, but=0.4, frames=2), BLIND, id="it hardly spreads: 0.028"),
    ],
)
def test_the_state_of_a_unit(active, p, state):
    assert state_of(p, active)["state"] == state


def test_a_unit_that_knows_every_frame_is_saturated_and_lives(active):
    found = state_of((active * 2 - 1).mul(20).sigmoid(), active)
    assert found["saturated"] == 1 and found["spread"] == pytest.approx(1)
    assert found["state"] == SEEING


def test_a_unit_so_rare_that_its_prevalence_is_saturated_is_blind_there_and_dead_elsewhere():
    y = torch.zeros(10_000)
    y[:5] = 1
    found = state_of(torch.full((10_000,), 5e-4), y)
    assert found["saturated"] == 1 and found["state"] == BLIND, "where a constant is best"
    assert state_of(torch.full((10_000,), 1e-4), y)["state"] == DEAD


def test_the_numbers_of_a_line(active):
    p = active * 0.6 + 0.1
    found = state_of(p, active)
    assert found["prevalence"] == pytest.approx(0.2)
    assert found["mean"] == pytest.approx(0.22)
    assert found["spread"] == pytest.approx(0.6), "0.6 of a label's own deviation"
    assert found["saturated"] == 0
    p[:30] = 1e-5
    assert state_of(p, active)["saturated"] == pytest.approx(0.3)


def test_labels_that_are_missing_count_in_no_prevalence(active):
    active[50:] = NAN
    assert state_of(saying(0.4), active)["prevalence"] == pytest.approx(0.4)
    assert state_of(saying(0.4), active)["state"] == BLIND
    found = state_of(saying(0.2), active)["state"]
    assert found == UNSETTLED, "0.2 was the share with zeros for nan"


@pytest.mark.parametrize(("label", "dead_at"), [(NAN, 1e-5), (0.0, 1e-5), (1.0, 1 - 1e-5)])
def test_units_without_two_kinds_of_frames_have_a_state_and_no_spread(label, dead_at):
    y = torch.full((N,), label)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = state_of(saying(dead_at), y)
        assert np.isnan(found["spread"]) and found["state"] == DEAD
        assert state_of(saying(0.5), y)["state"] == UNSETTLED


def test_networks_are_named_in_the_order_of_what_they_say(active):
    y = active[:, None].expand(N, 2)
    out = {
        "p": torch.rand(N, 3, 2),
        "f": torch.rand(N, 2),
        "y_hat": torch.rand(N, 2),
        "chi": torch.rand(N, 4, 2),
    }
    found = record(out, y, ["AU01", "AU02"], ["mouth", "nose", "face"])
    names = ["mouth", "nose", "face", FUSION, STRUCTURE]
    assert found["network"].tolist() == [name for name in names for _ in range(2)]
    assert found["au"].tolist() == ["AU01", "AU02"] * 5
    means = torch.cat([out["p"], out["f"][:, None], out["y_hat"][:, None]], 1).mean(0)
    np.testing.assert_allclose(found["mean"], means.flatten(), rtol=1e-5)
    alone = record({"p": out["p"][:, :1, :1]}, y[:, :1], ["AU02"], ["mouth"], "AU02")
    assert alone["network"].tolist() == alone["au"].tolist() == ["AU02"]
    cached = record({"y_hat": out["y_hat"]}, y, ["AU01", "AU02"], ["mouth"])
    assert set(cached["network"]) == {STRUCTURE}, "what stands still is in no step's record"


def test_food_counts_positive_frames_and_the_people_that_have_one():
    subjects = np.repeat(["F001", "F002", "F003", "F004", "F005", "F006"], 20)
    y = torch.zeros(120, 5)
    y[:50, 0] = 1  # 3 people
    y[::2, 1] = 1  # 6 people, 60 frames
    y[[*range(45), 61, 81], 2] = 1  # 47 frames of 5 people
    y[[*range(46), 61, 62, 81, 101], 3] = 1  # 50 frames of 6 people, the least
    y[:, 4] = NAN
    y[1::2][y[1::2] == 0] = NAN
    found = food(y, subjects, ["A", "B", "C", "D", "E"])
    assert found["frames"].tolist() == [50, 60, 47, 50, 0]
    assert found["people"].tolist() == [3, 6, 5, 6, 0]
    assert found["fed"].tolist() == [False, True, False, True, False]
    five = y[:, [3]].clone()
    five[101] = 0
    assert not food(five, subjects, ["D"])["fed"].item(), "a frame short"
    five[46] = 1
    assert food(five, subjects, ["D"])["fed"].item(), "five people are enough"


def lines(*rows):
    columns = ["step", "network", "au", "state", "fed"]
    return pd.DataFrame(rows, columns=columns)


def test_a_network_that_two_steps_train_counts_at_its_last():
    health = lines(
        (2, FUSION, "AU01", DEAD, True),
        (2, FUSION, "AU02", SEEING, True),
        (3, "mouth", "AU01", DEAD, True),
        (3, "mouth", "AU02", DEAD, False),
        (3, FUSION, "AU01", SEEING, True),
        (3, FUSION, "AU02", DEAD, True),
    )
    assert at_the_end(health)["step"].tolist() == [3] * 4
    found = dead(health)
    assert list(zip(found["network"], found["au"], strict=True)) == [
        ("mouth", "AU01"), (FUSION, "AU02"),
    ]  # fmt: skip


def test_a_system_without_networks_has_no_lines():
    assert with_states(pd.DataFrame()).empty
