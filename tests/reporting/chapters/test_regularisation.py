"""The sweep of r reads the right runs, and its words follow the numbers."""

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import f1_score

from dsin_lib.config import load_config
from dsin_lib.reporting.chapters import regularisation
from dsin_lib.reporting.tables import ALWAYS_POSITIVE
from dsin_lib.runs.files import write
from dsin_lib.runs.sweeps import CHI_PENALTIES
from dsin_lib.systems.ensure import ensure

EPOCHS = {1: 4, 2: 6}
"""Epochs that the made-up trainings of each fold took."""


def make_up(run):
    """A training whose best epoch is its last but one, and which predicts more the larger r is."""
    rng, r = np.random.default_rng(run.fold), run.config.structure_inference.chi_penalty
    n, aus = EPOCHS[run.fold], run.aus
    loss = np.arange(n, 0, -1.0)
    loss[-1] = 9
    history = pd.DataFrame({"epoch": np.arange(n) + 1, "valid_loss": loss})
    history = history.assign(valid_f1=0.1 * run.fold, kept=loss == loss.min())
    history["chi_mean"] = r + history.index / 10
    history["chi_std"] = run.fold * history.index / 10
    columns = {"subject": np.repeat(["A", "B", "C", "D"], 5), "split": "test"}
    columns |= {au: rng.random(20) + 3 * r for au in aus}
    columns |= {f"{au}_label": (rng.random(20) < 0.5).astype(float) for au in aus}
    columns |= {f"{au}_chi": np.repeat([0.05, 0.5, 0.95, 0.95], 5) for au in aus}
    predictions = pd.DataFrame(columns)
    write(
        run.folder,
        spec=run.spec,
        predictions=predictions,
        provenance={"point": 0.5},
        history=history,
    )


@pytest.fixture
def sweep(results):
    """Made-up trainings at every r, on two folds."""
    found = regularisation.sweep(load_config("smoke", {"evaluation.folds": [1, 2]}))
    for runs in found.values():
        for run in runs:
            make_up(run)
    return found


@pytest.fixture
def table(sweep):
    return regularisation.summary(sweep)


@pytest.fixture
def trained(tiny):
    """Real trainings at every r."""
    found = regularisation.sweep(tiny)
    ensure(run for runs in found.values() for run in runs)
    return found


def test_step_4_is_trained_for_each_r_on_every_fold():
    found = regularisation.sweep(load_config("smoke", {"evaluation.folds": [1, 2]}))
    assert list(found) == list(CHI_PENALTIES)
    asked = [
        (run.config.structure_inference.chi_penalty, run.row.id, run.fold, run.seed)
        for runs in found.values()
        for run in runs
    ]
    assert asked == [(r, "omega", fold, 0) for r in CHI_PENALTIES for fold in (1, 2)]


def test_curves_are_means_of_folds_as_far_as_all_came(sweep):
    drawn = regularisation.curves(sweep).set_index(["r", "epoch"])
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


def test_the_book_s_tables_and_figures_hold_every_r(sweep, table):
    shown = [f"r = {r:g}" for r in CHI_PENALTIES]
    scores = regularisation.scores(table)
    assert list(scores.index) == [ALWAYS_POSITIVE, *shown] and 0 < scores.iloc[0, 0] < 100
    factors = regularisation.factors(table)
    assert list(factors.index) == shown and "σ(χ) after 4" in factors
    for figure in (
        regularisation.moments(regularisation.curves(sweep)),
        regularisation.validation(sweep),
    ):
        assert [a.get_title() for a in figure.axes[:5]] == shown
    dots = [line for line in figure.axes[0].get_lines() if line.get_marker() == "o"]
    assert [float(dot.get_xdata()[0]) for dot in dots] == [3, 5]


def test_r_closes_the_gates_of_a_real_training(trained):
    table = regularisation.summary(trained)
    histories = [trained[r][0].history["chi_mean"] for r in CHI_PENALTIES]
    at = min(map(len, histories)) - 1
    closing = pd.Series([history[at] for history in histories])
    assert closing.is_monotonic_decreasing and closing.is_unique
    run = trained[0.1][0]
    test = run.predictions.query("split == 'test'")
    f1 = [f1_score(test[f"{au}_label"], test[au] >= 0.5, zero_division=0) for au in run.aus]
    assert table.loc[0.1, "F1 trial"] == pytest.approx(100 * np.mean(f1))


def test_every_sentence_about_r_is_judged_whatever_the_corpus(trained):
    lines = regularisation.sentences(trained).set_index("id")
    assert {"chi-no-benefit", "chi-minimal", "chi-collapses"} <= set(lines.index)
    assert "not run here" not in set(lines["verdict"])
    assert lines["margin"].notna().all()
    gain = regularisation.summary(trained)["change"].drop(index=0.0).max()
    assert lines.loc["chi-no-benefit", "margin"] == pytest.approx(1 - gain)
