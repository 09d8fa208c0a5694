"""A unit that never learned though it had frames to learn from is seen wherever it would matter."""

import numpy as np
import pandas as pd
import pytest
from records import found
from told import by_chance, told
from typer.testing import CliRunner

from dsin_lib.__main__ import app
from dsin_lib.config import load_config, results_root
from dsin_lib.reporting import comparisons, health, tables
from dsin_lib.reporting.chapters import patch_prediction
from dsin_lib.reporting.page.tables import LEGEND, plain, sound
from dsin_lib.reporting.tables import rows_measured
from dsin_lib.runs.files import write
from dsin_lib.runs.rows import PATCH_ROWS, ROWS
from dsin_lib.runs.run import Run, by_row, runs_of
from dsin_lib.runs.units import dead_of
from dsin_lib.scores.measured import measure

SOME = ("pp_mouth", "pp_right_eye")
MOUTH, EYE = (ROWS[row].shown for row in SOME)


def bold(html):
    """Row and column numbers of the cells in bold."""
    style = html.split("font-weight: 700")[0].split("<style")[-1].rsplit("}", 1)[-1]
    return {tuple(map(int, one.split("_row")[1].strip(" {\n,").split("_col"))) for one in
            style.split("#") if "_row" in one}  # fmt: skip


def test_a_dead_fed_unit_marks_its_cell_and_its_average(copied):
    config = copied(*SOME)
    found(config, "pp_mouth", "mouth", "AU12")
    measured = rows_measured(by_row(config, SOME))
    table = tables.table(measured)
    assert table.attrs["dead"] == [(MOUTH, "AU12"), (MOUTH, "average")]
    marked = tables.beside_paper(table).data
    assert marked.count("†") == 3 and marked.count(LEGEND) == 1
    cells = marked.split("<tr>")[2 + table.index.get_loc(MOUTH)].split("<td")
    assert [i for i, cell in enumerate(cells[1:]) if "†<br>" in cell] == [6, 12]
    assert "†" not in tables.beside_paper(table.drop(index=MOUTH)).data, "a table without that row"
    halves = patch_prediction.regions(table)
    assert plain(halves).data.count("†") == 2, "its half of the face, and the legend"
    for of_rows in (tables.ranking, tables.precision, tables.half_widths):
        assert plain(of_rows(measured)).data.count("†") == 3


def test_a_marked_cell_is_never_bold(copied):
    config = copied(*SOME)
    found(config, "pp_mouth", "mouth", "AU12")
    table = tables.table(rows_measured(by_row(config, SOME)))
    table.loc[MOUTH], table.loc[EYE] = 99.0, 1.0
    mouth, eye = map(table.index.get_loc, (MOUTH, EYE))
    cells = bold(tables.beside_paper(table).data)
    assert cells == {(eye if c in (6, 12) else mouth, c) for c in range(13)}


def test_scores_say_how_many_networks_are_dead(copied):
    config = copied(*SOME)
    found(config, "pp_mouth", "mouth", "AU12")
    written = tables.csv_tables("table3", rows_measured(by_row(config, SOME)))
    scores, table = written["table3_scores"], written["table3"].set_index("row")
    assert table["dead"][table["dead"] != ""].to_dict() == {MOUTH: "AU12"}
    marked = scores[scores["dead"] > 0]
    assert marked[["row", "au", "dead"]].values.tolist() == [["pp_mouth", "AU12", 1]]


def test_what_was_not_fed_or_came_back_to_life_marks_nothing(copied):
    config = copied("pp_f")
    found(config, "pp_f", "fusion", "AU12", first=True)
    found(config, "pp_f", "mouth", "AU12", fed=False)
    found(config, "pp_f", "nose", "AU01", state="blind")
    table = tables.table(rows_measured(by_row(config, ["pp_f"])))
    assert table.attrs["dead"] == [] and "†" not in tables.beside_paper(table).data
    assert "†" not in plain(table).data


def test_any_network_of_a_row_counts_and_no_other_row(copied):
    config = copied("pp_f", "omega")
    found(config, "pp_f", "mouth", "AU12")
    assert health.defects(runs_of(config, ["pp_mouth", "pp_f"])) == ["AU12 of PP+F"]
    assert health.defects(runs_of(config, ["omega"])) == ["AU12 of SI"], "its patches stand still"
    found(config, "pp_nose", "nose", "AU12")
    assert dead_of(Run(config, ROWS["pp_f"], 1, 0))["network"].tolist() == ["mouth"]


def test_a_row_that_reads_predictions_again_has_the_health_of_their_row(copied):
    config = copied("dsin_10")
    found(config, "dsin_10", "structure inference", "AU24")
    tuned = runs_of(config, ["dsin_10_tt"])
    assert health.defects(tuned) == [f"AU24 of {ROWS['dsin_10_tt'].shown}"]
    assert measure({"dsin_10_tt": tuned}).dead() == [("dsin_10_tt", "AU24")]


def test_a_summary_counts_each_unit_of_each_network(copied):
    config = copied("pp_f", "pp_mouth_ind")
    found(config, "pp_f", "mouth", "AU12")
    found(config, "pp_f", "nose", "AU12", fed=False)
    found(config, "pp_mouth", "mouth", "AU15", state="blind")
    table = health.summary(runs_of(config, ["pp_mouth", "pp_f", "pp_mouth_ind"]))
    assert table["units"].tolist() == [12, 7 * 12, 7]
    assert (table[list(health.STATES)].sum(axis=1) == table["units"]).all()
    assert table.loc["PP+F", [health.FED, health.UNFED]].tolist() == [1, 1]
    assert table["which"].tolist() == ["", "AU12 of mouth (fold 1, seed 0)", ""]
    assert "which" not in health.summary(runs_of(config, ["pp_mouth"]))
    assert ">84<" in plain(table, 0).data


def test_blind_units_stand_by_the_patch(copied):
    config = copied(*PATCH_ROWS)
    for row in PATCH_ROWS:
        for au in config.corpora.table_3.aus:
            found(config, row, row.removeprefix("pp_"), au, state="seeing")
    for au, fed in (("AU24", True), ("AU01", True), ("AU04", False)):
        found(config, "pp_mouth", "mouth", au, state="blind", fed=fed)
    table = health.blind_by_patch(runs_of(config, PATCH_ROWS))
    assert table.loc[MOUTH].tolist() == ["AU01, AU24", "AU04"]
    assert table.loc[EYE].tolist() == ["none", "none"]


def test_what_is_blind_in_some_trainings_only_says_in_how_many():
    assert health._listed(pd.Series(["AU02", "AU01", "AU02"]), 2) == "AU01 (1 of 2), AU02"


def test_what_a_dead_unit_spoils_is_missing_in_comparisons_and_nothing_else_is(copied, tiny):
    patient = {"training.patience": 3}
    config = copied("pp_mouth", Run(tiny, ROWS["pp_mouth"], 1, 0, patient))
    trial, base = Run(config, ROWS["pp_mouth"], 1, 0, patient), by_row(config, ["pp_mouth"])
    before = comparisons.change([trial], base["pp_mouth"])
    drawn = measure(base).resampled
    assert not np.isnan([value for value in before.values() if isinstance(value, float)]).any()
    found(config, "pp_mouth", "mouth", "AU12")
    after = comparisons.change([trial], base["pp_mouth"])
    missing = {name for name, value in after.items() if name != "resampling" and np.isnan(value)}
    assert missing == {"F1 base", "change", "low", "high", "above", "above low", "above high"}
    assert all(after[name] == before[name] for name in set(before) - missing)
    again = measure(base).resampled
    au12 = config.corpora.table_3.aus.index("AU12")
    assert np.isnan(again[..., au12]).all()
    np.testing.assert_array_equal(np.delete(again, au12, 2), np.delete(drawn, au12, 2))


def test_a_gain_over_a_dead_unit_is_none(copied):
    config = copied(*SOME)
    table = tables.table(rows_measured(by_row(config, SOME)))
    assert np.isfinite(tables.gain(table, *SOME))
    found(config, "pp_mouth", "mouth", "AU12")
    marked = tables.table(rows_measured(by_row(config, SOME)))
    assert np.isnan(tables.gain(marked, *SOME))
    missing = sound(marked).isna() & ~table.isna()
    assert [
        *missing.index[missing.any(axis=1)], list(missing.columns[missing.any()])
    ] == [MOUTH, ["AU12", "average"]]  # fmt: skip


def test_a_run_without_networks_is_reported_and_spoils_nothing(results):
    """A system that somebody else trained leaves predictions and no record of its units."""
    run = Run(load_config("smoke"), ROWS["pp_mouth"], 1, 0)
    said = {"prevalence": {}, "point": 0.5}
    write(run.folder, spec=run.spec, predictions=by_chance(run), provenance=said)
    assert (
        dead_of(run).empty and health.defects([run]) == [] and measure({"it": [run]}).dead() == []
    )
    counts, defects, missing = health.report([run, run.of("pp_nose")])
    assert defects == [] and missing == 1
    (line,) = counts
    assert health.summary([run, told(run.of("pp_nose"))]).index.tolist() == ["PP(nose)"]
    assert line.startswith("pp_mouth/fold1_") and line.endswith(": no network looked at")


@pytest.mark.parametrize("fed", [True, False])
def test_the_command_names_what_is_dead_and_fails(copied, monkeypatch, fed):
    config = copied(*SOME)
    monkeypatch.setattr("dsin_lib.__main__.load_config", lambda name: config)
    found(config, "pp_mouth", "mouth", "AU12", fed=fed)
    said = CliRunner().invoke(app, ["health"])
    assert said.exit_code == (1 if fed else 2), "the dead, else what is missing"
    lines = said.output.splitlines()
    assert [line.split("/")[0] for line in lines[:2]] == ["pp_right_eye", "pp_mouth"]
    assert f"{int(fed)} dead and fed, {int(not fed)} dead but not fed" in lines[1]
    assert ("dead and fed: AU12 of the network mouth in pp_mouth/fold1_" in said.output) == fed
    expected, missing = (int(word) for word in lines[-1].split() if word.isdigit())
    assert expected - missing == 2 and len(list(results_root().glob("runs/*/*"))) == 2
