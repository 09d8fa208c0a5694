"""Lips that no unit parts stay together, and the red of a lip goes as far as there is any."""

import numpy as np
import pytest

from data_prep.synth.acting import contact
from data_prep.synth.acting.action_units import express, fullness, unit_weights
from data_prep.synth.fitting.soundness import red_left
from data_prep.synth.people.identity import identity

PEOPLE = "F001", "F003", "M017"
SLIVER = 0.006
"""dm; rims are compared at a few places, and lips roll between them."""


@pytest.mark.parametrize("together", [(10,), (17,), (20,), (9, 10), (10, 12), (17, 24), (1, 15)])
@pytest.mark.parametrize("subject", PEOPLE)
def test_what_parts_no_lips_opens_no_gap(subject, together):
    neutral = identity(subject, 0).vertices
    show = dict.fromkeys(together, 1.0)
    grown = contact.crossing(neutral) - contact.crossing(express(neutral, unit_weights(show, show)))
    assert grown.max() < SLIVER


@pytest.mark.parametrize("au", [25, 26])
def test_what_parts_lips_is_not_sealed(au):
    weights = unit_weights({au: 1.0}, {au: 1.0})
    np.testing.assert_allclose(contact.opened(weights), 0, atol=1e-6)


def test_a_raised_lip_does_not_widen_the_gap_of_parted_lips():
    neutral = identity("F001", 0).vertices
    alone, both = (
        contact.crossing(express(neutral, unit_weights(show, show)))[6]
        for show in ({25: 1.0}, {10: 1.0, 25: 1.0})
    )
    np.testing.assert_allclose(both, alone, atol=5e-3)


def test_full_and_thin_lips_lose_the_same_share_of_their_red():
    show = {24: 1.0}
    left = {}
    for subject in PEOPLE:
        neutral = identity(subject, 0).vertices
        left[subject] = list(red_left(neutral, express(neutral, unit_weights(show, show))).values())
    assert fullness(identity("F003", 0).vertices).min() > 1.1
    assert max(np.ptp(list(left.values()), axis=0)) < 8
