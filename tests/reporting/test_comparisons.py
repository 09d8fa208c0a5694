"""A change is what scikit-learn's F1 says; draws are paired where the people are the same."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import f1_score

from dsin_lib.config import ConfigError
from dsin_lib.reporting import comparisons
from dsin_lib.reporting.comparisons import change, with_seed
from dsin_lib.runs.sweeps import Trial
from dsin_lib.runs.files import Run

PATIENT = Trial("pp_mouth", {"training.patience": 2})
DEFAULT = Trial("pp_mouth")


def predicted(aus, subjects, seed, rate=0.4):
    """Predictions of chance on ten test frames a subject, and on held-out frames that count not."""
    rng = np.random.default_rng(seed)
    n = 10 * (len(subjects) + 1)
    columns = {"subject": np.repeat([*subjects, "held out"], 10)}
    columns |= {au: rng.random(n) for au in aus}
    columns |= {f"{au}_label": (rng.random(n) < rate).astype(float) for au in aus}
    split = ["test"] * (n - 10) + ["valid"] * 10
    predictions = pd.DataFrame(columns).assign(split=split)
    return Run(Path(), {}, pd.DataFrame(), pd.DataFrame(), predictions, {})


@pytest.fixture
def pretend(monkeypatch):
    """Runs by the patience that they were trained with, in place of trainings."""

    def pretend(by_patience):
        def run(config, row, fold, seed):
            return by_patience[config.training.patience]

        monkeypatch.setattr(comparisons, "run", run)

    return pretend


def average(of, aus):
    test = of.predictions.query("split == 'test'")
    return 100 * np.mean([f1_score(test[f"{au}_label"], test[au] >= 0.5) for au in aus])


def test_a_change_is_the_difference_of_two_averages_of_f1(tiny, pretend):
    aus = tiny.corpus.aus
    base, trial = predicted(aus, ["A", "B", "C"], 0), predicted(aus, ["A", "B", "C"], 1)
    pretend({6: base, 2: trial})
    found = change(tiny, PATIENT, DEFAULT, (1,))
    assert found["F1 base"] == pytest.approx(average(base, aus))
    assert found["F1 trial"] == pytest.approx(average(trial, aus))
    assert found["change"] == pytest.approx(average(trial, aus) - average(base, aus))
    assert found["low"] < found["change"] < found["high"]
    assert found["draws"] == "paired"


def test_a_trial_against_itself_changes_nothing_in_any_draw(tiny, pretend):
    pretend({6: predicted(tiny.corpus.aus, ["A", "B", "C"], 0)})
    found = change(tiny, DEFAULT, DEFAULT, (1,))
    assert found["change"] == found["low"] == found["high"] == 0


def test_other_people_are_resampled_apart(tiny, pretend):
    aus = tiny.corpus.aus
    base, other = predicted(aus, ["A", "B", "C"], 0), predicted(aus, ["A", "B", "D"], 0)
    pretend({6: base, 2: other})
    found = change(tiny, PATIENT, DEFAULT, (1,))
    assert found["draws"] == "independent"
    assert found["change"] == 0 and found["low"] < 0 < found["high"]


def test_other_labels_move_always_positive_too(tiny, pretend):
    aus = tiny.corpus.aus
    base = predicted(aus, ["A", "B", "C"], 0, rate=0.5)
    rarer = predicted(aus, ["A", "B", "C"], 0, rate=0.2)
    pretend({6: base, 2: rarer})
    found = change(tiny, PATIENT, DEFAULT, (1,))
    always = {}
    for name, of in {"base": base, "trial": rarer}.items():
        everything = replace(of, predictions=of.predictions.assign(**dict.fromkeys(aus, 1.0)))
        always[name] = average(everything, aus)
        assert found[f"always {name}"] == pytest.approx(always[name])
    assert found["above"] == pytest.approx(found["change"] - always["trial"] + always["base"])
    assert found["above low"] < found["above"] < found["above high"]
    assert found["above"] != pytest.approx(found["change"])


def test_one_seed_in_place_of_a_profile_s_own(tiny):
    assert with_seed(tiny, None) is tiny
    assert with_seed(tiny, 3).evaluation.seeds == (3,)
    with pytest.raises(ConfigError, match=r"evaluation.seeds.0: .*got -1"):
        with_seed(tiny, -1)
