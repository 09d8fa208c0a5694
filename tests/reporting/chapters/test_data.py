"""Table 2 by arithmetic: our counts, the public lists', and the rules behind the printed ones."""

from dataclasses import replace

import pandas as pd
import pytest
from told import gallery_of

from dsin_lib.config import load_config
from dsin_lib.paper.published import label_lists, published_corpora
from dsin_lib.reporting.chapters import data
from dsin_lib.reporting.page.tables import plain


def test_table_2_counts_the_frames_that_there_are(tiny):
    store, corpus = gallery_of(tiny).store, tiny.corpora.table_3
    table = data.table_2(corpus, store)
    labels = store.frames[corpus.aus].astype(int)
    ours = table["this corpus"]
    assert ours["sequences"] == "6" and ours["frames"] == "72" and ours["Action Units"] == "12"
    assert ours["active frames"] == str(int((labels.sum(axis=1) > 0).sum()))
    assert float(ours["label cardinality"]) == pytest.approx(labels.sum(axis=1).mean(), abs=0.005)
    assert float(ours["label density"]) == pytest.approx(labels.to_numpy().mean(), abs=0.005)


def test_the_printed_densities_cannot_be_right():
    printed = published_corpora()
    assert printed.loc["label density", "DISFA"] > 1
    by_hand = printed.loc["label cardinality", "BP4D"] / printed.loc["Action Units", "BP4D"]
    assert by_hand == pytest.approx(0.34, abs=0.005) != printed.loc["label density", "BP4D"]


@pytest.mark.parametrize("name", ["bp4d", "disfa"])
def test_a_histogram_of_active_units_agrees_with_the_prevalence(name):
    listed = label_lists()[name]
    histogram = pd.Series(listed["active_units_histogram"])
    assert histogram.sum() == listed["frames"]
    # DISFA's histogram is over the eight units that Table 4 reports
    aus = [au for au in listed["prevalence"] if name == "bp4d" or au not in TWELVE_ONLY]
    assert len(histogram) == len(aus) + 1
    cardinality = (histogram * histogram.index).sum() / histogram.sum()
    assert cardinality == pytest.approx(sum(listed["prevalence"][au] for au in aus), abs=1e-3)


TWELVE_ONLY = {"AU05", "AU15", "AU17", "AU20"}


def test_no_rule_gives_the_printed_count_of_bp4d():
    rules = data.counting_rules()
    of_bp4d = rules[rules.index.str.startswith("BP4D")]
    assert len(of_bp4d) == 6 and (of_bp4d["active frames"] != of_bp4d["printed"]).all()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"stride": 27, "frames_per_sequence": 16}, "16 frames of each sequence, one in 27 of"),
        ({"stride": 1, "frames_per_sequence": 440}, "440 frames of each sequence, one after the"),
        ({"name": "disfa", "n_subjects": 27}, "all coded frames"),
    ],
)
def test_a_corpus_says_which_frames_it_holds(changes, words):
    overrides = {f"corpora.table_3.{name}": value for name, value in changes.items()}
    assert data.sampled(load_config("quick", overrides).corpora.table_3).startswith(words)


def test_most_undetected_frames_are_of_one_subject():
    assert data.undetected() == 451
    assert "404 of them in SN029" in label_lists()["disfa"]["source"]


def test_undetected_frames_carry_a_share_of_au02_only():
    assert data.lost_with_undetected("AU02") == pytest.approx(7, abs=0.5)
    assert abs(data.lost_with_undetected("AU25")) < 0.5


def test_subjects_without_a_loss_share_a_line(tiny):
    store = gallery_of(tiny).store
    frames, who = store.frames.copy(), store.frames["subject"].iloc[0]
    frames.loc[frames.index[0], "status"] = "no face"
    lost = data.statuses(replace(store, frames=frames))
    assert list(lost.index) == [who, "no frame lost (5 subjects)", "all"]
    assert list(lost["no face"]) == [1, 0, 1] and list(lost["all"]) == [12, 60, 72]
    none = data.statuses(store)
    assert list(none.index) == ["no frame lost (6 subjects)", "all"] and list(none) == ["ok", "all"]


def test_every_subject_is_tested_once_in_each_list(tiny):
    table = data.folds(tiny.corpora.table_3, gallery_of(tiny).store)
    for lists in ("field", "author"):
        of_list = table[table.index.str.startswith(lists)]
        names = " ".join(of_list["tested"]).split()
        assert sorted(names) == sorted(set(names)) and len(names) == 6
        assert of_list["frames"].astype(int).sum() == 72


def test_the_account_is_told_line_by_line_and_a_long_one_says_so(tiny):
    store = gallery_of(tiny).store
    told = data.account(store)
    assert told["number"].tolist()[:3] == ["6", "6", "72"], "subjects, sequences, frames"
    assert plain(told).data.count("<tr>") == len(told) + 1
    cut = data.account(store, most=2)
    assert len(cut) == 3 and cut["what"].iloc[-1] == f"and {len(told) - 2} more"
