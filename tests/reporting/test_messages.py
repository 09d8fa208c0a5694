"""What the messages do is what they do inside one network, on either corpus."""

import pytest
from sklearn.metrics import f1_score

from dsin_lib.config import load_config
from dsin_lib.reporting import messages, tables
from dsin_lib.reporting.claims import observed_runs
from dsin_lib.reporting.claims.finding import Evidence
from dsin_lib.runs.predictions import FUSED, LABEL, values_of
from dsin_lib.runs.run import by_row
from dsin_lib.scores.f1 import mean_f1, scores


@pytest.fixture
def rows(smoke, monkeypatch):
    monkeypatch.setenv("DSIN_RESULTS", str(smoke))
    return by_row(load_config("smoke"), ("dsin_10", "t4_dsin_10"))


@pytest.fixture
def run(rows):
    (run,) = rows["dsin_10"]
    return run


def test_messages_are_f_against_y_hat_of_one_network(rows, run):
    labels, after, before = (values_of(run, "test", what) for what in (LABEL, "", FUSED))
    gain = 100 * (mean_f1(after, labels) - mean_f1(before, labels))
    assert observed_runs.messages("dsin_10")(Evidence(rows=rows)).margin == pytest.approx(gain)
    (line,) = messages.gains({"dsin_10": [run]}).to_dict("records")
    assert line["change"] == pytest.approx(gain) == line["F1 of ŷ"] - line["F1 of f"]
    assert line["low"] <= gain <= line["high"]
    of_f = scores(before, labels, run.corpus.aus)["auc"].mean()
    assert line["AUC of f"] == pytest.approx(100 * of_f)
    called = messages.called_active([run])
    assert called["f"] == pytest.approx(100 * (before >= 0.5).mean())
    assert called["labels"] == pytest.approx(100 * labels.mean())


def test_messages_of_the_second_corpus_are_table_4_s(rows):
    (change,) = messages.gains({"t4_dsin_10": rows["t4_dsin_10"]})["change"]
    found = observed_runs.messages("t4_dsin_10")(Evidence(rows=rows))
    assert found.margin == pytest.approx(change)


def test_messages_are_counted_as_corrections_are(rows, run):
    right, spoiled = messages.corrections(run).sum()
    labels = values_of(run, "test", LABEL)
    found = observed_runs.messages_correct(Evidence(rows=rows))
    assert found.margin == pytest.approx(100 * (right - spoiled) / labels.size)


def test_before_and_after_are_the_same_network_s_f_and_y_hat(run):
    both = messages.before_and_after(run)
    row = tables.table(tables.rows_measured(by_row(run.profile, ["dsin_10"]))).iloc[-1]
    assert both.loc["F1 of ŷ, after them", "average"] == pytest.approx(row["average"])
    labels, f = (values_of(run, "test", what) for what in (LABEL, FUSED))
    expected = 100 * f1_score(labels[:, 3], f[:, 3] >= 0.5, zero_division=0)
    assert both.loc["F1 of f, before the messages", "AU06"] == pytest.approx(expected)
