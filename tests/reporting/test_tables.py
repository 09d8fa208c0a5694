"""Tables say what the predictions say."""

import re

import numpy as np
import pandas as pd
import pytest
from made import made
from sklearn.metrics import f1_score
from told import rows_made, told

from dsin_lib.config import load_config
from dsin_lib.config.corpus import Corpora
from dsin_lib.paper.published import published
from dsin_lib.reporting import tables
from dsin_lib.reporting.chapters import bp4d_ablation, patch_prediction
from dsin_lib.reporting.page.tables import INTERVAL, number, plain
from dsin_lib.reporting.tables import ALWAYS_POSITIVE, BASELINES
from dsin_lib.runs.predictions import LABEL, frames_of, values_of
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import Run, by_row
from dsin_lib.scores.measured import ALWAYS, Measured
from dsin_lib.scores.thresholds import best_taus

SOME = ("pp_mouth", "pp_nose")


@pytest.fixture
def table(tiny):
    return tables.table(rows_made(tiny, SOME))


def test_a_cell_is_the_f1_of_the_predictions(tiny, table):
    test, aus = frames_of(made(tiny, "pp_mouth"), "test"), tiny.corpora.table_3.aus
    for au in aus:
        expected = 100 * f1_score(test[f"{au}_label"], test[au] >= 0.5, zero_division=0)
        assert table.loc["PP(mouth)", au] == pytest.approx(expected)
    row = table.loc["PP(mouth)"]
    assert row["average"] == pytest.approx(row[aus].mean())


def test_always_positive_stands_in_every_table(tiny, table):
    p = values_of(made(tiny, "pp_mouth"), "test", LABEL).mean(0)
    shown = table.loc[ALWAYS_POSITIVE, tiny.corpora.table_3.aus].to_numpy(float)
    np.testing.assert_allclose(shown, 200 * p / (1 + p))


def test_a_row_of_some_units_is_missing_elsewhere_and_has_no_average(tiny):
    both = rows_made(tiny, ["pp_right_eye_ind", "pp_mouth"])
    partial, ind = tables.table(both), "PP(right eye)<sup>ind</sup>"
    row = partial.loc[ind]
    assert list(row.index[row.notna()]) == ["AU01", "AU02", "AU04", "AU06", "AU07"]
    assert partial.loc["PP(mouth)"].notna().all()
    assert partial.loc[list(BASELINES.values())].notna().all(axis=None)
    cells = tables.beside_paper(partial).data.split("<tr>")[4]
    assert cells.count(">–<") == 8  # seven units and the average; the paper prints dashes there too
    written = tables.csv_tables("table3", both)["table3"].to_csv(index=False).splitlines()
    assert [line.endswith("," * 8) for line in written] == [ind in line for line in written]
    for of_rows in (tables.ranking, tables.precision):
        found = of_rows(both).loc[ind]
        assert found[["AU10", "AU24", "average"]].isna().all() and found[:5].notna().all()


def test_chance_is_of_the_folds_that_have_a_precision(tiny):
    of_fold = {1: (0.5, 0.2), 2: (np.nan, 0.0)}
    scores = pd.DataFrame(
        [
            (line, au, fold, *(of_fold[fold] if au == "AU01" else of_fold[2]))
            for line in (ALWAYS, "pp_face")
            for au in tiny.corpora.table_3.aus
            for fold in of_fold
        ],
        columns=["line", "au", "fold", "ap", "prevalence"],
    ).assign(dead=0)
    table = tables.precision(Measured(scores, scores))
    assert table.loc[tables.CHANCE, "AU01"] == 20 and np.isnan(table.loc[tables.CHANCE, "AU02"])


def test_intervals_stand_beside_the_averages(table):
    intervals = pd.DataFrame({"low": [12.34], "high": [56.78]}, index=["PP(nose)"])
    html = tables.beside_paper(table, intervals).data
    assert INTERVAL in html and "12.3 to 56.8" in html
    assert html.count(">–<") == len(table) - 1
    assert INTERVAL not in tables.beside_paper(table).data


def test_a_zero_has_no_sign_and_a_missing_value_is_a_dash():
    assert [number(x) for x in (-0.04, 0.0, -0.06, np.nan, "words")] == [
        *("0.0", "0.0", "-0.1", "–", "words")
    ]


def test_columns_of_words_are_read_from_the_left():
    table = pd.DataFrame({"AU": [1.0], "muscle": ["Frontalis"]}, index=["one"])
    style, _, body = plain(table, words=["muscle"]).data.partition("</style>")
    left = [rule.split(".")[-1] for rule in re.findall(r"(\S+) \{\s+text-align: left", style)]
    assert left == ["col1", "col1"] and 'col1" >Frontalis' in body
    assert "text-align" not in plain(table).data


def test_vgg_says_what_it_is(tmp_path, results):
    small, rows = load_config("smoke"), ("vgg_face", "pp_face")
    for row in rows:
        told(Run(small, ROWS[row], 1, 0))
    found = tables.rows_measured(by_row(small, rows))
    shown = [tables.beside_paper(tables.table(found, small.vgg))]
    for of_rows in (tables.ranking, tables.precision, tables.half_widths):
        shown.append(plain(of_rows(found, small.vgg)))
    assert [one.data.count("from scratch, 8 filters") for one in shown] == [1, 1, 1, 1]
    whole = load_config("paper", {"vgg.weights": str(tmp_path / "vgg_face.safetensors")}).vgg
    table = tables.table(found, whole)
    assert (
        "from vgg_face.safetensors"
        in tables.beside_paper(table.loc[["VGG(face)<sup>ft</sup>"]]).data
    )
    assert str(tmp_path) not in tables.beside_paper(table).data


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
    assert patch_prediction.regions(table).loc["PP(mouth)", "upper"] == pytest.approx(upper)


def test_tuned_thresholds_come_from_held_out_subjects_only(smoke, monkeypatch):
    monkeypatch.setenv("DSIN_RESULTS", str(smoke))
    config = load_config("smoke")
    scores = tables.rows_measured(by_row(config, ["dsin_10", "dsin_10_tt"])).scores
    fixed, tuned = (
        scores[scores["line"] == row].reset_index(drop=True) for row in ("dsin_10", "dsin_10_tt")
    )
    run = Run(config, ROWS["dsin_10"], 1, 0)
    chosen = best_taus(values_of(run, "valid"), values_of(run, "valid", LABEL))
    np.testing.assert_array_equal(tuned["tau"], chosen)
    assert tuned["auc"].equals(fixed["auc"])


def test_tables_are_written_with_every_score_behind_them(tiny, tmp_path, monkeypatch):
    """Into a folder of the test's own; the runs behind them are shared."""
    monkeypatch.setattr(tables, "config_dir", lambda config: tmp_path / config.name)
    monkeypatch.setattr(tables, "TABLE_3_ROWS", SOME)
    rows_made(tiny, SOME)
    (tmp_path / tiny.name / "tables").mkdir(parents=True)
    old = tmp_path / tiny.name / "tables" / "table4.csv"
    old.write_text("of a corpus that it no longer has")
    alone = tiny.model_copy(update={"corpora": Corpora(table_3=tiny.corpora.table_3)})
    paths = tables.write_tables(alone)
    assert [path.name for path in paths] == ["table3_scores.csv", "table3.csv"]
    scores = pd.read_csv(paths[0])
    assert len(scores) == len(SOME) * len(tiny.corpora.table_3.aus)
    assert set(scores["row"]) == set(SOME), "what looks at no image has its line in the table alone"
    assert not old.exists()


def test_table_4_is_written_where_there_is_a_second_corpus(smoke, monkeypatch):
    monkeypatch.setenv("DSIN_RESULTS", str(smoke))
    paths = tables.write_tables(load_config("smoke"))
    assert [path.name for path in paths[2:]] == ["table4_scores.csv", "table4.csv"]
    header, *lines = paths[3].read_text().splitlines()
    assert header == "row,AU01,AU02,AU04,AU06,AU09,AU12,AU25,AU26,average,dead"
    assert len(lines) == len(BASELINES) + len(tables.TABLE_4_ROWS)


def test_bp4d_s_own_always_positive_beats_three_of_the_paper_s_rows():
    facts = bp4d_ablation.bp4d_always_positive()
    assert facts["average"] == pytest.approx(48.05, abs=0.01)
    assert facts["rows_below"] == 3 and facts["rows"] == 14
    assert facts["names_below"] == ["VGG(face)^ft", "PP(right eye)", "PP(between eye)"]
