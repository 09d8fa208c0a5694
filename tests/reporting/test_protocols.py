"""The habit is measured against honesty on equal terms, and a look at the test fold is named so."""

import numpy as np
import pytest

from dsin_lib.config import changed, load_config
from dsin_lib.scores.f1 import per_au_f1
from dsin_lib.scores.thresholds import best_taus
from dsin_lib.runs.rows import ROWS
from dsin_lib.config.places import run_dir
from dsin_lib.reporting import protocols, tables
from dsin_lib.reporting.predictions import labels_and
from dsin_lib.reporting.protocols import HABIT, HONEST, PEEKED, STOPPED, TUNED
from dsin_lib.training.runs import run

ROW = "pp_nose"


@pytest.fixture
def found(tiny):
    return protocols.measured(tiny, (ROW,))


def test_the_honest_line_is_the_table_s(tiny, found):
    table = tables.table_3(tiny, (ROW,))
    ours = found.f1.loc[(ROW, HONEST)].to_numpy(float)
    np.testing.assert_allclose(ours, table.loc["PP(nose)", tiny.corpus.aus].to_numpy(float))
    assert protocols.averages(found).loc[HONEST, "PP(nose)"] == pytest.approx(ours.mean())


def test_the_protocols_differ_in_who_chooses_and_in_nothing_else(tiny):
    honest, habit = protocols._stopped_on(tiny, "held_out"), protocols._stopped_on(tiny, "test")
    one, other = run(honest, ROW), run(habit, ROW)
    assert one.spec.pop("training").pop("stop_on") != other.spec.pop("training").pop("stop_on")
    assert one.spec == other.spec
    assert one.provenance["subjects"] == other.provenance["subjects"]
    assert one.provenance["frames"] == other.provenance["frames"]


def test_the_honest_protocol_is_honest_whatever_the_profile_says(tiny, found):
    habitual = changed(tiny, {"training.stop_on": "test", "evaluation.thresholds_from": "test"})
    again = protocols.measured(habitual, (ROW,))
    assert again.f1.equals(found.f1)


@pytest.mark.parametrize("profile", ["held_out", "test"])
def test_a_protocol_reads_the_runs_that_it_names(tiny, monkeypatch, profile):
    read = []

    def spy(config, row, fold, seed):
        read.append(config.training.stop_on)
        return run(tiny, row, fold, seed)

    monkeypatch.setattr(protocols, "run", spy)
    protocols.measured(changed(tiny, {"training.stop_on": profile}), (ROW,))
    assert read == [how.stop_on for how in protocols.PROTOCOLS.values()]


def test_tuned_thresholds_come_from_whom_the_protocol_names(tiny, found):
    for protocol, stop_on, part in (
        (TUNED, "held_out", "valid"),
        (PEEKED, "held_out", "test"),
        (HABIT, "test", "test"),
    ):
        run_ = run(changed(tiny, {"training.stop_on": stop_on}), ROW)
        labels, probabilities = labels_and(run_, part, tiny.corpus.aus)
        taus = best_taus(probabilities, labels)
        labels, probabilities = labels_and(run_, "test", tiny.corpus.aus)
        expected = 100 * per_au_f1(probabilities, labels, taus)
        np.testing.assert_allclose(found.f1.loc[(ROW, protocol)].to_numpy(float), expected)


def test_no_threshold_beats_the_test_fold_s_own(found):
    f1 = found.f1.loc[ROW]
    assert (f1.loc[PEEKED] >= f1.loc[[HONEST, TUNED]].max() - 1e-9).all()
    assert (f1.loc[HABIT] >= f1.loc[STOPPED] - 1e-9).all()


def test_a_gain_is_a_paired_difference_of_averages(found):
    gain = protocols.gain(found, ROW, HABIT, TUNED)
    f1 = found.f1.loc[ROW].mean(axis=1)
    assert gain["points"] == pytest.approx(f1[HABIT] - f1[TUNED])
    assert gain["low"] <= gain["points"] <= gain["high"]
    itself = protocols.gain(found, ROW, HONEST)
    assert set(itself.values()) == {0.0}, "the same draws on both sides"


def test_the_tables_and_the_figure_say_the_same(found):
    gains = protocols.gains(found)
    assert [protocol for _, protocol in gains.index] == [STOPPED, TUNED, PEEKED, HABIT]
    assert list(protocols.listed(gains)["points"]) == list(gains["points"])
    assert list(protocols.per_unit(found)["average"]) == list(found.f1.mean(axis=1))
    (axis,) = protocols.dots(gains).axes
    assert list(axis.lines[0].get_xdata()) == list(gains["points"])
    ends = [path.vertices[:, 0].tolist() for path in axis.collections[0].get_paths()]
    assert ends == gains[["low", "high"]].to_numpy().tolist()


def test_what_remains_of_the_gain(tiny):
    folds = changed(tiny, {"evaluation.folds": [1, 2]})
    line = protocols.remains(folds, (ROW,)).loc["PP(nose)"]
    both = protocols.measured(folds, (ROW,), protocols.UNTRAINED).f1.loc[ROW].mean(axis=1)
    assert line["test fold's τ"] == pytest.approx(both[PEEKED] - both[HONEST])
    assert line["held-out τ"] == pytest.approx(both[TUNED] - both[HONEST])
    assert line["held-out τ"] <= line["test fold's τ"] + 1e-9


@pytest.mark.parametrize(
    ("kept", "whole", "percent"), [(1.0, 4.0, 25), (-1.0, 4.0, -25), (0.0, 0.0, np.nan)]
)
def test_the_share_that_remains(kept, whole, percent):
    assert protocols.share(kept, whole) == pytest.approx(percent, nan_ok=True)


def test_stops_name_the_epoch_of_the_lowest_loss(tiny):
    config = changed(tiny, {"patch_prediction.max_epochs": 4})
    cells = protocols.stops(config, rows=(ROW,)).loc["PP(nose), step 1: patch prediction"]
    for words, stop_on in protocols.ENDS.items():
        loss = run(changed(config, {"training.stop_on": stop_on}), ROW).history["valid_loss"]
        assert cells[words] == f"{loss.argmin() + 1} of {len(loss)}"


def test_the_habit_is_measured_on_the_first_fold_and_shares_its_runs():
    three = load_config("laptop")
    one = protocols.on_its_folds(three)
    assert one.evaluation.folds == three.evaluation.folds[:1]
    assert one.name == three.name
    assert run_dir(one, ROWS["dsin_10"], 1, 0) == run_dir(three, ROWS["dsin_10"], 1, 0)
