"""Test-fold selection is measured against honesty on equal terms, and a look is named so."""

import numpy as np
import pandas as pd
import pytest
from made import made
from told import rows_made

from dsin_lib.config import changed, load_config
from dsin_lib.reporting import tables
from dsin_lib.reporting.chapters import protocols
from dsin_lib.reporting.chapters.protocols import HONEST, PEEKED, SELECTED, STOPPED, TUNED
from dsin_lib.runs.predictions import LABEL, values_of
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import Run, runs_of
from dsin_lib.runs.sweeps import stopped_on
from dsin_lib.scores.f1 import per_au_f1
from dsin_lib.scores.measured import Measured
from dsin_lib.scores.thresholds import best_taus
from dsin_lib.systems.ensure import ensure

ROW, FOLD = "pp_nose", (1,)


@pytest.fixture
def trained(tiny):
    """The profile, once the row is trained to either end."""
    ensure(run for who in ("held_out", "test") for run in runs_of(tiny, [ROW], stopped_on(who)))
    return tiny


@pytest.fixture
def found(trained):
    return protocols.measured(trained, FOLD, (ROW,))


def f1(found, protocol):
    """F1 of the row under a protocol, one number an Action Unit."""
    return found.f1[found.lines.index(f"{ROW}, {protocol}")]


def test_the_honest_line_is_the_table_s(tiny, found):
    table = tables.table(rows_made(tiny, (ROW,)))
    ours = f1(found, HONEST)
    np.testing.assert_allclose(ours, table.loc["PP(nose)", found.aus].to_numpy(float))
    assert protocols.averages(found).loc[HONEST, "PP(nose)"] == pytest.approx(ours.mean())


def test_the_protocols_differ_in_who_chooses_and_in_nothing_else(tiny):
    one, other = (made(tiny, ROW, change=stopped_on(who)) for who in ("held_out", "test"))
    specs = [{**run.spec, "training": {**run.spec["training"]}} for run in (one, other)]
    honest, selected = (spec["training"].pop("stop_on") for spec in specs)
    assert honest != selected and specs[0] == specs[1]
    assert one.provenance["subjects"] == other.provenance["subjects"]
    assert one.provenance["frames"] == other.provenance["frames"]


def test_the_honest_protocol_is_honest_whatever_the_profile_says(trained, found):
    selected = changed(trained, {"training.stop_on": "test", "evaluation.thresholds_from": "test"})
    again = protocols.measured(selected, FOLD, (ROW,))
    assert again.lines == found.lines and np.array_equal(again.f1, found.f1)


@pytest.mark.parametrize("profile", ["held_out", "test"])
def test_a_protocol_reads_the_runs_that_it_names(monkeypatch, profile):
    read = []

    def spy(lines):
        read.extend(run.config.training.stop_on for (run,) in lines.values())
        return Measured(pd.DataFrame(), pd.DataFrame())

    monkeypatch.setattr(protocols, "measure", spy)
    protocols.measured(load_config("smoke", {"training.stop_on": profile}), FOLD, (ROW,))
    assert read == [how.stop_on for how in protocols.PROTOCOLS.values()]


def test_tuned_thresholds_come_from_whom_the_protocol_names(tiny, found):
    for protocol, stop_on, part in (
        (TUNED, "held_out", "valid"),
        (PEEKED, "held_out", "test"),
        (SELECTED, "test", "test"),
    ):
        run = made(tiny, ROW, change=stopped_on(stop_on))
        taus = best_taus(values_of(run, part), values_of(run, part, LABEL))
        labels, probabilities = values_of(run, "test", LABEL), values_of(run, "test")
        expected = 100 * per_au_f1(probabilities, labels, taus)
        np.testing.assert_allclose(f1(found, protocol), expected)


def test_no_threshold_beats_the_test_fold_s_own(found):
    honest = np.maximum(f1(found, HONEST), f1(found, TUNED))
    assert (f1(found, PEEKED) >= honest - 1e-9).all()
    assert (f1(found, SELECTED) >= f1(found, STOPPED) - 1e-9).all()


def test_a_gain_is_a_paired_difference_of_averages(found):
    gain = protocols.gain(found, ROW, SELECTED, TUNED)
    assert gain["points"] == pytest.approx(f1(found, SELECTED).mean() - f1(found, TUNED).mean())
    assert gain["low"] <= gain["points"] <= gain["high"]
    itself = protocols.gain(found, ROW, HONEST)
    assert set(itself.values()) == {0.0}, "the same draws on both sides"


def test_the_tables_and_the_figure_say_the_same(found):
    gains = protocols.gains(found)
    assert [protocol for _, protocol in gains.index] == [STOPPED, TUNED, PEEKED, SELECTED]
    assert list(protocols.listed(gains)["points"]) == list(gains["points"])
    averages = protocols.per_unit(found)["average"]
    assert averages.to_numpy() == pytest.approx(found.f1.mean(axis=1))
    (axis,) = protocols.dots(gains).axes
    assert list(axis.lines[0].get_xdata()) == list(gains["points"])
    ends = [path.vertices[:, 0].tolist() for path in axis.collections[0].get_paths()]
    assert ends == gains[["low", "high"]].to_numpy().tolist()


def test_what_remains_of_the_gain(tiny):
    folds = changed(tiny, {"evaluation.folds": [1, 2]})
    ensure(runs_of(folds, [ROW]))
    line = protocols.remains(folds, (ROW,)).loc["PP(nose)"]
    both = protocols.measured(folds, (1, 2), (ROW,), protocols.UNTRAINED)
    honest, tuned, peeked = (f1(both, name).mean() for name in (HONEST, TUNED, PEEKED))
    assert line["test fold's τ"] == pytest.approx(peeked - honest)
    assert line["held-out τ"] == pytest.approx(tuned - honest)
    assert line["held-out τ"] <= line["test fold's τ"] + 1e-9


@pytest.mark.parametrize(
    ("kept", "whole", "percent"), [(1.0, 4.0, 25), (-1.0, 4.0, -25), (0.0, 0.0, np.nan)]
)
def test_the_share_that_remains(kept, whole, percent):
    assert protocols.share(kept, whole) == pytest.approx(percent, nan_ok=True)


def test_always_positive_is_the_table_s(tiny):
    table = tables.table(rows_made(tiny, ("pp_face",)))
    every = table.loc[tables.ALWAYS_POSITIVE, "average"]
    assert protocols.always_positive(tiny, FOLD) == pytest.approx(every)


def test_stops_name_the_epoch_of_the_lowest_loss(tiny):
    config = changed(tiny, {"patch_prediction.max_epochs": 4})
    ended = {
        words: made(config, ROW, change=stopped_on(who)) for words, who in protocols.ENDS.items()
    }
    cells = protocols.stops(config, rows=(ROW,)).loc["PP(nose), step 1: patch prediction"]
    for words, run in ended.items():
        loss = run.history["valid_loss"]
        assert cells[words] == f"{loss.argmin() + 1} of {len(loss)}"


def test_it_is_measured_on_the_first_fold_and_shares_the_tables_runs():
    three = load_config("laptop")
    assert protocols.folds(three) == three.evaluation.folds[:1]
    honest = Run(three, ROWS["dsin_10"], 1, 0, stopped_on("held_out"))
    table_s = Run(three, ROWS["dsin_10"], 1, 0)
    assert honest.folder == table_s.folder
    trainings = [run.folder for run in protocols.trainings(three)]
    assert table_s.folder in trainings and len(trainings) == 2 * len(protocols.CHAIN)
