"""What the messages do is what they do inside one network, on either corpus."""

import pytest
from sklearn.metrics import f1_score

from dsin_lib.config import load_config
from dsin_lib.scores.f1 import mean_f1, scores
from dsin_lib.reporting import messages, observed_runs, tables
from dsin_lib.reporting.finding import Evidence
from dsin_lib.reporting.predictions import labels_and
from dsin_lib.training.runs import run


@pytest.fixture
def whole(smoke, monkeypatch):
    monkeypatch.setenv("DSIN_RESULTS", str(smoke))
    return load_config("smoke")


def test_messages_are_f_against_y_hat_of_one_network(whole):
    run_, aus = run(whole, "dsin_10"), whole.corpus.aus
    labels, after = labels_and(run_, "test", aus)
    _, before = labels_and(run_, "test", aus, "_fused")
    gain = 100 * (mean_f1(after, labels) - mean_f1(before, labels))
    assert observed_runs.messages("bp4d")(Evidence(whole, {})).margin == pytest.approx(gain)
    (line,) = messages.gains(whole, ["dsin_10"]).to_dict("records")
    assert line["change"] == pytest.approx(gain) == line["F1 of ŷ"] - line["F1 of f"]
    assert line["low"] <= gain <= line["high"]
    assert line["AUC of f"] == pytest.approx(100 * scores(before, labels, aus)["auc"].mean())
    called = messages.called_active(whole, "dsin_10")
    assert called["f"] == pytest.approx(100 * (before >= 0.5).mean())
    assert called["labels"] == pytest.approx(100 * labels.mean())


def test_messages_of_the_second_corpus_are_table_4_s(whole):
    second = whole.on_second_corpus()
    (change,) = messages.gains(second, ["t4_dsin_10"])["change"]
    assert observed_runs.messages("disfa")(Evidence(whole, {})).margin == pytest.approx(change)


def test_messages_are_counted_as_corrections_are(whole):
    right, spoiled = messages.corrections(run(whole, "dsin_10"), whole).sum()
    labels, _ = labels_and(run(whole, "dsin_10"), "test", whole.corpus.aus)
    found = observed_runs.messages_correct(Evidence(whole, {}))
    assert found.margin == pytest.approx(100 * (right - spoiled) / labels.size)


def test_before_and_after_are_the_same_network_s_f_and_y_hat(whole):
    both = messages.before_and_after(run(whole, "dsin_10"), whole)
    row = tables.table_3(whole, ["dsin_10"]).iloc[-1]
    assert both.loc["F1 of ŷ, after them", "average"] == pytest.approx(row["average"])
    labels, f = labels_and(run(whole, "dsin_10"), "test", whole.corpus.aus, "_fused")
    expected = 100 * f1_score(labels[:, 3], f[:, 3] >= 0.5, zero_division=0)
    assert both.loc["F1 of f, before the messages", "AU06"] == pytest.approx(expected)
