"""Verdicts follow from intervals."""

import pytest

from dsin_lib.scores.verdicts import verdict


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ((0.1, 2), "supported"),
        ((-2, -0.1), "not supported"),
        ((-1, 1), "undecided"),
        ((0, 1), "undecided"),
        ((float("nan"), float("nan")), "undecided"),
    ],
)
def test_a_verdict_is_the_sign_of_a_whole_interval(ends, said):
    assert verdict(*map(float, ends)) == said
