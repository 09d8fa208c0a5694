"""A change is what scikit-learn's F1 says; resamplings are paired where the people are the same."""

import numpy as np
import pytest
from sklearn.metrics import f1_score
from told import by_chance, told

from dsin_lib.config import ConfigError, load_config, with_seed
from dsin_lib.reporting.comparisons import change
from dsin_lib.runs.predictions import frames_of
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import Run


@pytest.fixture
def both(results):
    """A run, and one of another patience, whose predictions a test makes."""
    config = load_config("smoke")
    patient = {"training.patience": 2}
    return Run(config, ROWS["pp_mouth"], 1, 0), Run(config, ROWS["pp_mouth"], 1, 0, patient)


def average(run, everything=False):
    """F1 of a run's test frames; of calling every unit active."""
    test = frames_of(run, "test")
    f1 = [
        f1_score(test[f"{au}_label"], (test[au] >= 0.5) | everything, zero_division=0)
        for au in run.aus
    ]
    return 100 * np.mean(f1)


def test_a_change_is_the_difference_of_two_averages_of_f1(both):
    base, trial = (told(run, by_chance(run, seed=seed)) for seed, run in enumerate(both))
    found = change([trial], [base])
    assert found["F1 base"] == pytest.approx(average(base))
    assert found["F1 trial"] == pytest.approx(average(trial))
    assert found["change"] == pytest.approx(average(trial) - average(base))
    assert found["low"] < found["change"] < found["high"]
    assert found["resampling"] == "paired"


def test_a_trial_against_itself_changes_nothing_in_any_draw(both):
    base = told(both[0])
    found = change([base], [base])
    assert found["change"] == found["low"] == found["high"] == 0


def test_other_people_are_resampled_apart(both):
    people = ("ABC", "ABD")
    base, other = (told(run, by_chance(run, who)) for run, who in zip(both, people, strict=True))
    found = change([other], [base])
    assert found["resampling"] == "independent"
    assert found["change"] == 0 and found["low"] < 0 < found["high"]


def test_other_labels_move_always_positive_too(both):
    rates = (0.5, 0.2)
    base, rarer = (
        told(run, by_chance(run, rate=rate)) for run, rate in zip(both, rates, strict=True)
    )
    found = change([rarer], [base])
    always = {name: average(run, True) for name, run in (("base", base), ("trial", rarer))}
    for name, expected in always.items():
        assert found[f"always {name}"] == pytest.approx(expected)
    assert found["above"] == pytest.approx(found["change"] - always["trial"] + always["base"])
    assert found["above low"] < found["above"] < found["above high"]
    assert found["above"] != pytest.approx(found["change"])


def test_one_seed_in_place_of_a_profile_s_own(tiny):
    assert with_seed(tiny, None) is tiny
    assert with_seed(tiny, 3).evaluation.seeds == (3,)
    with pytest.raises(ConfigError, match=r"evaluation.seeds.0: .*got -1"):
        with_seed(tiny, -1)
