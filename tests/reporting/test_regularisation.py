"""The study of r reads the right runs, and its words follow the numbers."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import f1_score

from dsin_lib.reporting import comparisons, regularisation
from dsin_lib.reporting.baselines import ALWAYS_POSITIVE
from dsin_lib.reporting.observations import about_chi
from dsin_lib.studies import CHI_PENALTIES
from dsin_lib.training.saved import Run

EPOCHS = {1: 4, 2: 6}
"""Epochs that the made-up trainings of each fold took."""


def made_up(config, r, fold):
    """A training whose best epoch is its last but one, and which predicts more the larger r is."""
    rng = np.random.default_rng(fold)
    n, aus = EPOCHS[fold], config.corpus.aus
    loss = np.arange(n, 0, -1.0)
    loss[-1] = 9
    history = pd.DataFrame({"epoch": np.arange(n) + 1, "valid_loss": loss, "valid_f1": 0.1 * fold})
    history["kept"] = history["valid_loss"] == history["valid_loss"].min()
    history["chi_mean"] = r + history.index / 10
    history["chi_std"] = fold * history.index / 10
    columns = {"subject": np.repeat(["A", "B", "C", "D"], 5), "split": "test"}
    columns |= {au: rng.random(20) + 3 * r for au in aus}
    columns |= {f"{au}_label": (rng.random(20) < 0.5).astype(float) for au in aus}
    columns |= {f"{au}_chi": np.repeat([0.05, 0.5, 0.95, 0.95], 5) for au in aus}
    return Run(Path(f"{r}-{fold}"), {}, history, pd.DataFrame(), pd.DataFrame(columns), {})


@pytest.fixture
def config(tiny):
    return tiny.model_copy(
        update={"evaluation": tiny.evaluation.model_copy(update={"folds": (1, 2)})}
    )


@pytest.fixture
def asked(monkeypatch):
    """What was asked of training, which answers with made-up runs."""
    asked = []

    def run(config, row, fold, seed):
        r = config.structure_inference.chi_penalty
        asked.append((r, row if isinstance(row, str) else row.id, fold, seed))
        return made_up(config, r, fold)

    monkeypatch.setattr(regularisation, "run", run)
    monkeypatch.setattr(comparisons, "run", run)
    return asked


@pytest.fixture
def table(config, asked):
    return regularisation.summary(config, regularisation.runs(config))


def test_step_4_is_trained_for_each_r_on_every_fold(config, asked):
    found = regularisation.runs(config)
    assert asked == [(r, "omega", fold, 0) for r in CHI_PENALTIES for fold in (1, 2)]
    assert list(found) == [(r, fold, 0) for r in CHI_PENALTIES for fold in (1, 2)]


def test_curves_are_means_of_folds_as_far_as_all_came(config, asked):
    drawn = regularisation.curves(regularisation.runs(config)).set_index(["r", "epoch"])
    assert list(drawn.loc[0.1].index) == [1, 2, 3, 4], "fold 1 ended after four epochs"
    assert drawn.loc[(0.1, 3), "chi_mean"] == pytest.approx(0.3)
    assert drawn.loc[(0.1, 3), "chi_std"] == pytest.approx((0.2 + 0.4) / 2)
    assert drawn.loc[(0.1, 3), "F1"] == pytest.approx(15)


def test_the_summary_is_of_the_chosen_epoch_and_the_test_frames(table):
    line = table.loc[0.05]
    assert line["best_epoch"] == (3 + 5) / 2 and line["ended_early"] == 1
    assert line["chi_mean"] == pytest.approx(0.05 + (0.2 + 0.4) / 2)
    assert line["off"] == 25 and line["on"] == 50 and line["chi_test"] == pytest.approx(0.6125)
    assert line["shared"] == 4 and line["spread"] == pytest.approx((0.3 + 0.6) / 2)
    assert line["stop_f1"] == pytest.approx(15)


def test_the_change_is_to_no_penalty(table):
    assert not table.loc[0.0, ["change", "low", "high"]].any()
    differences = table["F1 trial"] - table.at[0.0, "F1 trial"]
    assert table["change"].to_numpy() == pytest.approx(differences.to_numpy())
    assert table["change"].nunique() > 2
    assert (table["low"] <= table["change"]).all() and (table["change"] <= table["high"]).all()


def test_the_book_s_tables_and_figures_hold_every_r(config, asked, table):
    shown = [f"r = {r:g}" for r in CHI_PENALTIES]
    scores = regularisation.scores(table)
    assert list(scores.index) == [ALWAYS_POSITIVE, *shown] and 0 < scores.iloc[0, 0] < 100
    factors = regularisation.factors(table)
    assert list(factors.index) == shown and "σ(χ) after 4" in factors
    found = regularisation.runs(config)
    for figure in (
        regularisation.moments(regularisation.curves(found)),
        regularisation.validation(found),
    ):
        assert [a.get_title() for a in figure.axes[:5]] == shown
    dots = [line for line in figure.axes[0].get_lines() if line.get_marker() == "o"]
    assert [float(dot.get_xdata()[0]) for dot in dots] == [3, 5]


def test_r_closes_the_gates_of_a_real_training(tiny):
    found = regularisation.runs(tiny)
    table = regularisation.summary(tiny, found)
    histories = [found[r, 1, 0].history["chi_mean"] for r in CHI_PENALTIES]
    at = min(map(len, histories)) - 1
    closing = pd.Series([history[at] for history in histories])
    assert closing.is_monotonic_decreasing and closing.is_unique
    test = found[0.1, 1, 0].predictions.query("split == 'test'")
    aus = tiny.corpus.aus
    f1 = [f1_score(test[f"{au}_label"], test[au] >= 0.5, zero_division=0) for au in aus]
    assert table.loc[0.1, "F1 trial"] == pytest.approx(100 * np.mean(f1))


def test_every_sentence_about_r_is_judged_whatever_the_corpus(tiny):
    lines = about_chi(tiny).set_index("id")
    assert {"chi-no-benefit", "chi-minimal", "chi-collapses"} <= set(lines.index)
    assert "not run here" not in set(lines["verdict"])
    assert lines["margin"].notna().all()
    table = regularisation.summary(tiny, regularisation.runs(tiny))
    gain = table["change"].drop(index=0.0).max()
    assert lines.loc["chi-no-benefit", "margin"] == pytest.approx(1 - gain)
