"""Tables say what the predictions say."""

import re

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import f1_score

from dsin_lib.config import load_config
from dsin_lib.evaluation.thresholds import best_taus
from dsin_lib.experiments import ROWS
from dsin_lib.paper.published import published
from dsin_lib.reporting import baselines, tables
from dsin_lib.reporting.baselines import ALWAYS_POSITIVE
from dsin_lib.reporting.predictions import labels_and
from dsin_lib.training.runs import run

SOME = ("pp_mouth", "pp_nose")


@pytest.fixture
def table(tiny):
    return tables.table_3(tiny, SOME)


@pytest.fixture
def written_apart(tmp_path, monkeypatch):
    """Tables are written into a folder of the test's own, the runs behind them are shared."""
    monkeypatch.setattr(tables, "config_dir", lambda config: tmp_path / config.name)


def test_a_cell_is_the_f1_of_the_predictions(tiny, table):
    predictions = run(tiny, "pp_mouth").predictions
    test = predictions[predictions["split"] == "test"]
    for au in tiny.corpus.aus:
        expected = 100 * f1_score(test[f"{au}_label"], test[au] >= 0.5, zero_division=0)
        assert table.loc["PP(mouth)", au] == pytest.approx(expected)
    aus = table.loc["PP(mouth)", tiny.corpus.aus]
    assert table.loc["PP(mouth)", "average"] == pytest.approx(aus.mean())


def test_always_positive_stands_in_every_table(tiny, table):
    test = run(tiny, "pp_mouth").predictions.query("split == 'test'")
    p = test[[f"{au}_label" for au in tiny.corpus.aus]].astype(float).mean().to_numpy()
    shown = table.loc[ALWAYS_POSITIVE, tiny.corpus.aus].to_numpy(float)
    np.testing.assert_allclose(shown, 200 * p / (1 + p))


def test_a_row_of_some_units_is_missing_elsewhere_and_has_no_average(tiny, written_apart):
    partial = tables.table_3(tiny, ["pp_right_eye_ind", "pp_mouth"])
    row = partial.loc["PP(right eye)<sup>ind</sup>"]
    assert list(row.index[row.notna()]) == ["AU01", "AU02", "AU04", "AU06", "AU07"]
    assert partial.loc["PP(mouth)"].notna().all()
    assert partial.loc[list(baselines.BASELINES)].notna().all(axis=None)
    cells = tables.beside_paper(partial).data.split("<tr>")[4]
    assert cells.count(">–<") == 8  # seven units and the average; the paper prints dashes there too
    written = tables.write_tables(tiny, ["pp_right_eye_ind"], of_second=())[1].read_text()
    assert written.splitlines()[-1].endswith("," * 8)
    for of_row in (tables.ranking, tables.precision):
        found = of_row(tiny, ["pp_right_eye_ind"]).loc["PP(right eye)<sup>ind</sup>"]
        assert found[["AU10", "AU24", "average"]].isna().all() and found[:5].notna().all()


def test_chance_is_of_the_folds_that_have_a_precision(tiny, monkeypatch):
    of_fold = {1: (0.5, 0.2), 2: (np.nan, 0.0)}
    lines = [
        ("pp_face", au, fold, *(of_fold[fold] if au == "AU01" else of_fold[2]))
        for au in tiny.corpus.aus
        for fold in of_fold
    ]
    found = pd.DataFrame(lines, columns=["row", "au", "fold", "ap", "prevalence"]).assign(dead=0)
    monkeypatch.setattr(tables, "table_scores", lambda config, rows: found)
    table = tables.precision(tiny, ["pp_face"])
    assert table.loc[tables.CHANCE, "AU01"] == 0.2 and np.isnan(table.loc[tables.CHANCE, "AU02"])


def test_intervals_stand_beside_the_averages(table):
    intervals = pd.DataFrame({"low": [12.34], "high": [56.78]}, index=["PP(nose)"])
    html = tables.beside_paper(table, intervals).data
    assert tables.INTERVAL in html and "12.3 to 56.8" in html
    assert html.count(">–<") == len(table) - 1
    assert tables.INTERVAL not in tables.beside_paper(table).data


def test_a_zero_has_no_sign_and_a_missing_value_is_a_dash():
    assert [tables.number(x) for x in (-0.04, 0.0, -0.06, np.nan, "words")] == [
        *("0.0", "0.0", "-0.1", "–", "words")
    ]


def test_columns_of_words_are_read_from_the_left():
    table = pd.DataFrame({"AU": [1.0], "muscle": ["Frontalis"]}, index=["one"])
    style, _, body = tables.plain(table, words=["muscle"]).data.partition("</style>")
    left = [rule.split(".")[-1] for rule in re.findall(r"(\S+) \{\s+text-align: left", style)]
    assert left == ["col1", "col1"] and 'col1" >Frontalis' in body
    assert "text-align" not in tables.plain(table).data


def test_vgg_says_what_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "table_scores", hand_made_scores)
    monkeypatch.setattr(tables, "baselines", lambda config: pd.DataFrame())
    small = load_config("smoke")
    table = tables.table_3(small, ["vgg_face", "pp_face"])
    for shown in (tables.beside_paper(table), tables.plain(100 * tables.ranking(small))):
        assert shown.data.count("from scratch, 8 filters") == 1
    whole = load_config("paper", {"vgg.weights": str(tmp_path / "vgg_face.safetensors")})
    table = tables.table_3(whole, ["vgg_face"])
    assert (
        "from vgg_face.safetensors"
        in tables.beside_paper(table.loc[["VGG(face)<sup>ft</sup>"]]).data
    )
    assert str(tmp_path) not in tables.beside_paper(table).data


def hand_made_scores(config, rows):
    lines = [(row, au, 0.5, 0.5, 0) for row in rows for au in config.corpus.aus]
    return pd.DataFrame(lines, columns=["row", "au", "f1", "auc", "dead"])


def test_the_paper_stands_beside_ours_and_is_marked(table):
    html = tables.beside_paper(table).data
    assert '<div class="table-scroll">' in html
    for value in published("table3").loc["PP(mouth)"].drop("printed_average"):
        assert f'<span class="paper">{value:.1f}</span>' in html
    assert f"{table.loc['PP(nose)', 'average']:.1f}" in html


def test_the_best_of_a_column_is_bold_unless_it_is_zero():
    rows = [ROWS["pp_mouth"].shown, ROWS["pp_nose"].shown]
    aus = list(published("table4").columns.drop("printed_average"))
    table = pd.DataFrame(0.0, rows, [*aus, "average"])
    table.loc[rows[1], "AU04"] = 7.0
    html = tables.beside_paper(table).data
    assert "_row1_col2 {\n  font-weight: 700" in html and html.count("font-weight: 700") == 1


def test_gain_is_a_difference_of_averages(table):
    difference = table.loc["PP(mouth)", "average"] - table.loc["PP(nose)", "average"]
    assert tables.gain(table, "pp_mouth", "pp_nose") == pytest.approx(difference)
    cells = published("table3").drop(columns="printed_average").mean(axis=1)
    assert tables.gain(tables.printed(table), "pp_mouth", "pp_nose") == pytest.approx(
        cells["PP(mouth)"] - cells["PP(nose)"]
    )


def test_regions_average_each_half_of_the_face(table):
    upper = table.loc["PP(mouth)", ["AU01", "AU02", "AU04", "AU06", "AU07"]].mean()
    assert tables.regions(table).loc["PP(mouth)", "upper"] == pytest.approx(upper)


def test_tuned_thresholds_come_from_held_out_subjects_only(smoke, monkeypatch):
    monkeypatch.setenv("DSIN_RESULTS", str(smoke))
    config = load_config("smoke")
    scores = tables.row_scores(config, ROWS["dsin_10_tt"], 1, 0)
    fixed = tables.row_scores(config, ROWS["dsin_10"], 1, 0)
    labels, probabilities = labels_and(run(config, "dsin_10"), "valid", config.corpus.aus)
    np.testing.assert_array_equal(scores["tau"], best_taus(probabilities, labels))
    assert scores["auc"].equals(fixed["auc"])


def test_tables_are_written_with_every_score_behind_them(tiny, written_apart):
    paths = tables.write_tables(tiny, SOME, of_second=())
    assert [path.name for path in paths] == ["table3_scores.csv", "table3.csv"]
    assert len(paths[0].read_text().splitlines()) == 1 + len(SOME) * len(tiny.corpus.aus)


def test_table_4_is_written_where_there_is_a_second_corpus(smoke, monkeypatch):
    monkeypatch.setenv("DSIN_RESULTS", str(smoke))
    config = load_config("smoke")
    paths = tables.write_tables(config, SOME)
    assert [path.name for path in paths[2:]] == ["table4_scores.csv", "table4.csv"]
    header, *lines = paths[3].read_text().splitlines()
    assert header == "row,AU01,AU02,AU04,AU06,AU09,AU12,AU25,AU26,average,dead"
    assert len(lines) == len(baselines.BASELINES) + len(tables.TABLE_4_ROWS)


def test_bp4d_s_own_always_positive_beats_three_of_the_paper_s_rows():
    facts = baselines.bp4d_always_positive()
    assert facts["average"] == pytest.approx(48.05, abs=0.01)
    averages = published("table3")["printed_average"].dropna()
    assert facts["rows_below"] == (averages < facts["average"]).sum()
