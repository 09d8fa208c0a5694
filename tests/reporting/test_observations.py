"""Sentences beside the tables: each has a measure, and each measure is right on made-up numbers."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from dsin_lib.config import load_config
from dsin_lib.evaluation.f1 import mean_f1
from dsin_lib.evaluation.thresholds import best_taus
from dsin_lib.experiments import PATCH_ROWS, ROWS
from dsin_lib.facs import BP4D_AUS, au_names
from dsin_lib.paper.observations import observations
from dsin_lib.reporting import observed_chi, observed_runs, observed_tables
from dsin_lib.reporting.against_paper import Measured
from dsin_lib.reporting.finding import ARITHMETIC, Evidence, Finding, finding
from dsin_lib.reporting.observations import MEASURES
from dsin_lib.reporting.predictions import labels_and
from dsin_lib.studies import chi_trial
from dsin_lib.training.runs import run

LABELS = [ROWS[row].label for row in (*PATCH_ROWS, "pp_f")]
rng = np.random.default_rng(0)


def measured(corpus, scores, noise=0.05):
    """A table of seven rows whose draws lie close around it."""
    scores = np.asarray(scores, float)
    drawn = scores + rng.normal(0, noise, (200, *scores.shape))
    return Measured(corpus, LABELS, ["AU01", "AU02", "AU12"], scores, drawn)


def known(first=None, second=None, config=None):
    tables = {"bp4d": first, "disfa": second}
    return Evidence(
        config or load_config("smoke"),
        {name: one for name, one in tables.items() if one is not None},
    )


def test_every_observation_is_measured_or_says_why_not():
    for one in observations().values():
        assert bool(one.unmeasured) != (one.id in MEASURES), one.id
        assert one.unmeasured or (one.reads and one.margin), one.id
        assert set(one.needs) <= {"bp4d", "disfa"}, one.id
    assert set(MEASURES) <= set(observations())


def test_a_finding_without_an_interval_is_undecided_unless_it_is_arithmetic():
    assert Finding(5.0, basis="one run, no interval").verdict == "undecided"
    assert Finding(5.0, basis=ARITHMETIC).verdict == "supported"
    assert Finding(paper=-5.0, basis=ARITHMETIC).verdict == "not supported"
    assert Finding(5.0, 4.0, 6.0).verdict == "supported"
    assert Finding(5.0).verdict == "undecided"
    assert finding(1.0, np.array([-1.0, 0.5, 1.0])).verdict == "undecided"


def test_arithmetic_on_public_label_lists():
    assert observed_tables.imbalanced(known()).verdict == "supported"
    assert observed_tables.rare_classes(known()).paper == -2.5  # AU17 is not, AU15 and AU23 are
    assert observed_tables.common_classes(known()).paper == pytest.approx(4.898, abs=0.001)
    assert observed_tables.density(known()).paper > 0


def test_correlations_are_those_of_the_public_lists():
    """Labels of rendered faces were drawn to have them, so they prove nothing."""
    found = {name: MEASURES[name](known()) for name in MEASURES if name.startswith("phi-")}
    assert found["phi-au04-au17"].paper == pytest.approx(-0.0643)
    assert {name: one.verdict for name, one in found.items()} == {
        "phi-cheeks": "not supported", "phi-au04-au17": "not supported", "phi-au24": "supported",
    }  # fmt: skip
    assert all(np.isnan(one.margin) for one in found.values())


def test_fusion_gains_are_compared_across_corpora():
    first, second = np.full((7, 3), 40.0), np.full((7, 3), 30.0)
    first[-1], second[-1] = 41, 34
    found = observed_tables.fusion_more_on_disfa(
        known(measured("bp4d", first), measured("disfa", second))
    )
    assert found.margin == pytest.approx(4 - 1) and found.verdict == "supported"
    assert found.paper == pytest.approx(4.0875 - 0.925)


def test_balance_is_the_spread_over_patches():
    first, second = np.full((7, 3), 40.0), np.full((7, 3), 30.0)
    first[:6, 0] = [30, 50] * 3
    first[-1] = 99  # fusion is no patch
    found = observed_tables.patches_balanced_on_disfa(
        known(measured("bp4d", first), measured("disfa", second))
    )
    assert found.margin == pytest.approx(10 / 3)
    first[:6, 1] = second[:6, :2] = 0  # a unit that no patch finds is not balanced: it is left out
    found = observed_tables.patches_balanced_on_disfa(
        known(measured("bp4d", first, 0), measured("disfa", second, 0))
    )
    assert found.margin == pytest.approx(10 / 2)


def test_fusion_follows_its_patches_or_not():
    scores = np.tile([20.0, 40.0, 60.0], (7, 1))
    scores[-1] += [0, 1, 2]
    with_it = observed_tables.fusion_noisy("disfa")(known(second=measured("disfa", scores)))
    assert with_it.margin == pytest.approx(1) and with_it.verdict == "supported"
    scores[-1] -= [0, 2, 4]
    against = observed_tables.fusion_noisy("disfa")(known(second=measured("disfa", scores)))
    assert against.margin == pytest.approx(-1) and against.verdict == "not supported"


def test_thresholds_are_counted_by_where_they_lie():
    aus = ["AU01", "AU02", "AU04", "AU12"]
    best = np.array([[0.1, 0.3, 0.45, 0.2], [0.31, 0.05, 0.2, 0.6]])
    np.testing.assert_allclose(observed_runs.tau_low(best, aus), [1, -1])
    np.testing.assert_allclose(observed_runs.tau_half(best, aus), [1, 2])
    np.testing.assert_allclose(observed_runs.tau_au04(best, aus), [0.15, -0.1])


def test_pairs_are_two_coded_units_with_a_sign():
    paired = [one for one in observations().values() if one.pairs or one.sign]
    assert [len(one.pairs) for one in paired] == [6, 1, 3]
    assert {one.sign for one in paired} == {"positive", "negative"}
    assert {au for one in paired for pair in one.pairs for au in pair} <= set(au_names(BP4D_AUS))


def chi_run(history, seconds=0.0):
    table = pd.DataFrame(history, columns=["valid_loss", "chi_std"])
    kept = table["valid_loss"] == table["valid_loss"].min()
    of_step = {"network": "all", "step": 4, "step_cpu_seconds": seconds, "epoch": table.index + 1}
    return SimpleNamespace(history=table.assign(kept=kept, **of_step))


def test_histories_of_the_gates_have_no_interval(monkeypatch):
    runs = {
        0.0: [chi_run([(3, 0.1), (2, 0.1), (1, 0.1)])],
        5e-3: [chi_run([(3, 0.2), (1, 0.3)])],
    }
    monkeypatch.setattr(observed_chi, "_chi_runs", lambda config, r: runs[r])
    faster, wider = observed_chi.converges(known()), observed_chi.diverges(known())
    assert faster.margin == 1 and wider.margin == pytest.approx(0.15)
    assert faster.verdict == wider.verdict == "undecided"
    assert faster.basis == "one run, no interval"


@pytest.fixture
def whole(smoke, monkeypatch):
    monkeypatch.setenv("DSIN_RESULTS", str(smoke))
    return load_config("smoke")


def test_runs_of_the_sweep_answer_for_the_gates(whole):
    chi = {}
    for r in (0.0, 1e-1):
        trial = chi_trial(r)
        _, chi[r] = labels_and(
            run(trial.of(whole), trial.row, 1, 0), "test", whole.corpus.aus, "_chi"
        )
    found = observed_chi.closes(known(config=whole))
    assert found.margin == pytest.approx(chi[0.0].mean() - chi[1e-1].mean() - 0.1)
    assert found.low <= found.margin <= found.high
    sparse = observed_chi.sparse(known(config=whole))
    assert sparse.margin == pytest.approx((chi[0.0] < 0.1).mean() - 0.5)
    equal = observed_chi.equal(1e-2)(known(config=whole))
    assert equal.low <= equal.margin <= 1


def test_the_best_thresholds_are_those_of_the_table(whole):
    here, drawn = observed_runs._best_taus(whole)
    labels, probabilities = labels_and(run(whole, "dsin_10"), "valid", whole.corpus.aus)
    np.testing.assert_allclose(here, best_taus(probabilities, labels))
    assert drawn.shape[1:] == here.shape


def test_the_last_training_is_held_against_step_4_alone(whole):
    aus, found = whole.corpus.aus, observed_runs.end_to_end(known(config=whole))
    both = [
        mean_f1(*labels_and(run(whole, row), "test", aus)[::-1]) for row in ("dsin_10", "omega")
    ]
    assert found.margin == pytest.approx(100 * (both[0] - both[1]))
