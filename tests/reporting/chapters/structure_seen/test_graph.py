"""Correlations as graphs: phi by hand, masked, and drawn from where it is strong."""

import numpy as np
import pandas as pd
import pytest
from made import made
from matplotlib import pyplot as plt
from sklearn.metrics import matthews_corrcoef
from told import by_chance, told

from dsin_lib.config import load_config
from dsin_lib.paper.published import reference_phi
from dsin_lib.reporting.chapters.structure_seen import graph
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import Run
from dsin_lib.runs.split import store_of


def test_edges_are_the_strong_pairs_with_their_sign():
    names = ["AU01", "AU04", "AU17", "AU24"]
    table = pd.DataFrame(np.eye(4), index=names, columns=names)
    for a, b, value in (("AU01", "AU04", 0.1), ("AU04", "AU17", -0.3), ("AU17", "AU24", 0.09)):
        table.loc[a, b] = table.loc[b, a] = value
    table.loc["AU01", "AU24"] = table.loc["AU24", "AU01"] = np.nan
    edges = {frozenset((a, b)): p for a, b, p in graph.graph_of(table).edges(data="phi")}
    assert edges == {frozenset(("AU01", "AU04")): 0.1, frozenset(("AU04", "AU17")): -0.3}


def test_upper_face_units_stand_around_the_top():
    places = graph._circle(["AU01", "AU02", "AU04", "AU06", "AU07", "AU10", "AU12", "AU24"])
    lowest = min(places[au][1] for au in ("AU01", "AU02", "AU04", "AU06", "AU07"))
    assert lowest > max(places[au][1] for au in ("AU10", "AU12", "AU24"))


@pytest.fixture
def run(own):
    """DSIN_10, whose f is the label itself and whose predictions are not all the same."""
    found = Run(own, ROWS["dsin_10"], 1, 0)
    chance = by_chance(found)
    exact = {f"{au}_fused": chance[f"{au}_label"] for au in found.aus}
    return told(found, chance.assign(**exact))


def test_sources_are_what_they_say(run):
    store, corpus = store_of(run), run.corpus
    phis, aus = graph.correlations(store, run), corpus.aus
    assert list(phis) == list(graph.TITLES)
    assert phis["reference"].equals(reference_phi("bp4d"))
    pd.testing.assert_frame_equal(phis["f"], phis["test_labels"], check_exact=False)
    assert not np.allclose(phis["y_hat"], phis["test_labels"])
    all_labels = store.frames[aus].to_numpy(float)
    assert phis["labels"].loc["AU01", "AU24"] == pytest.approx(
        matthews_corrcoef(all_labels[:, 0], all_labels[:, -1])
    )
    table, of = graph.distances(corpus, phis), graph.TITLES
    away = table["mean difference of phi"]
    assert away[of["f"]] == pytest.approx(0) and away[of["y_hat"]] > 0.05
    assert set(table["pairs"]) == {"66"}
    never = phis["y_hat"].assign(AU24=np.nan)
    fewer = graph.distances(corpus, {**phis, "y_hat": never})
    assert set(fewer["pairs"]) == {"55"}, "the same pairs for every source"
    figure = graph.drawn(corpus, phis)
    figure.canvas.draw()
    assert len(figure.axes) == 4
    plt.close(figure)


def test_predictions_count_only_where_the_label_is_known(run):
    of = run.predictions
    half = np.arange(len(of)) % 2 == 0
    told(run, of.assign(AU01_label=of["AU01_label"].where(half)))
    found = graph.correlations(store_of(run), run)
    test = of[half & (of["split"] == "test")]
    by_hand = matthews_corrcoef(test["AU01"] >= 0.5, test["AU02"] >= 0.5)
    assert found["y_hat"].loc["AU01", "AU02"] == pytest.approx(by_hand)


def test_what_the_paper_says_of_pairs_stands_beside_every_source(run):
    phis = graph.correlations(store_of(run), run)
    table = graph.claimed(run.corpus, phis)
    assert table.loc["AU04 and AU17", "the paper"] == "negative"
    assert table.loc["AU04 and AU17", "BP4D lists"] == pytest.approx(0.0643)
    assert graph.of_pair(phis, "AU04", "AU17")["reference"] == pytest.approx(0.0643)
    assert np.isnan(graph.of_pair(phis, "AU04", "AU25")["reference"])


def test_units_that_a_corpus_lacks_are_not_asked_for():
    disfa = load_config("smoke").corpora.table_4
    phis = {"reference": reference_phi("disfa")}
    assert list(graph.claimed(disfa, phis).index) == ["AU06 and AU12"]


def test_a_unit_hears_itself_through_f_and_others_through_messages(tiny):
    heard = graph.heard(made(tiny, "dsin_10"), "AU12")
    assert list(heard.index) == tiny.corpora.table_3.aus
    assert heard["AU12"] != 0 and (heard.drop("AU12") != 0).all()
