"""A unit that never learned though it had frames to learn from is seen wherever it would matter."""

import shutil

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from dsin_lib.__main__ import app
from dsin_lib.config import results_root
from dsin_lib.experiments import PATCH_ROWS, ROWS, row_named
from dsin_lib.paper.claims import claims
from dsin_lib.paper.observations import observations
from dsin_lib.paths import run_dir
from dsin_lib.reporting import against_paper, health, ledger, tables, uncertainty
from dsin_lib.reporting.against_paper import Measured
from dsin_lib.reporting.cost import chain
from dsin_lib.reporting.finding import Evidence
from dsin_lib.reporting.observations import MEASURES, RESTS_ON, _line, about_chi
from dsin_lib.reporting.verdicts import NOT_RUN, UNTESTABLE
from dsin_lib.studies import CHI_PENALTIES, Trial, chi_trial
from dsin_lib.training import runs
from dsin_lib.training.runs import run
from dsin_lib.training.saved import load_run

SOME = ("pp_mouth", "pp_right_eye")
MOUTH, EYE = (ROWS[row].shown for row in SOME)


@pytest.fixture
def copied(tiny, tmp_path, monkeypatch):
    """Goes on in a results folder of the test's own, with copies of some trainings.

    They were trained in the folder that all tests share, whose stores are read from here too.
    """

    def copied(*trials):
        folders = {}
        for one in (Trial(trial) if isinstance(trial, str) else trial for trial in trials):
            run(one.of(tiny), one.row)
            folders |= chain(one.of(tiny), ROWS[one.row], 1, 0)
        shared, here = results_root(), tmp_path / "copied"
        for folder in folders:
            shutil.copytree(folder, here / folder.relative_to(shared))
        (here / "stores").symlink_to(shared / "stores")
        monkeypatch.setenv("DSIN_RESULTS", str(here))
        return tiny

    return copied


def found(config, row, network, au, *, state="dead", fed=True, first=False):
    """Writes into a run's record that a unit was found so when its last or first step ended."""
    path = run_dir(config, ROWS[row], 1, 0) / "health.csv"
    record = pd.read_csv(path)
    lines = record.index[(record["network"] == network) & (record["au"] == au)]
    record.loc[lines[0 if first else -1], ["state", "fed"]] = state, fed
    record.to_csv(path, index=False)


def bold(html):
    """Row and column numbers of the cells in bold."""
    style = html.split("font-weight: 700")[0].split("<style")[-1].rsplit("}", 1)[-1]
    return {tuple(map(int, one.split("_row")[1].strip(" {\n,").split("_col"))) for one in
            style.split("#") if "_row" in one}  # fmt: skip


def test_a_dead_fed_unit_marks_its_cell_and_its_average(copied):
    config = copied(*SOME)
    found(config, "pp_mouth", "mouth", "AU12")
    table = tables.table_3(config, SOME)
    assert table.attrs["dead"] == [(MOUTH, "AU12"), (MOUTH, "average")]
    marked = tables.beside_paper(table).data
    assert marked.count("†") == 3 and marked.count(health.LEGEND) == 1
    cells = marked.split("<tr>")[2 + table.index.get_loc(MOUTH)].split("<td")
    assert [i for i, cell in enumerate(cells[1:]) if "†<br>" in cell] == [6, 12]
    assert "†" not in tables.beside_paper(table.drop(index=MOUTH)).data, "a table without that row"
    halves = tables.regions(table)
    assert tables.plain(halves).data.count("†") == 2, "its half of the face, and the legend"
    assert tables.plain(tables.ranking(config, SOME)).data.count("†") == 3


def test_a_marked_cell_is_never_bold(copied):
    config = copied(*SOME)
    found(config, "pp_mouth", "mouth", "AU12")
    table = tables.table_3(config, SOME)
    table.loc[MOUTH], table.loc[EYE] = 99.0, 1.0
    mouth, eye = map(table.index.get_loc, (MOUTH, EYE))
    cells = bold(tables.beside_paper(table).data)
    assert cells == {(eye if c in (6, 12) else mouth, c) for c in range(13)}


def test_scores_say_how_many_networks_are_dead(copied):
    config = copied(*SOME)
    found(config, "pp_mouth", "mouth", "AU12")
    scores = pd.read_csv(tables.write_tables(config, SOME, of_second=())[0])
    marked = scores[scores["dead"] > 0]
    assert marked[["row", "au", "dead"]].values.tolist() == [["pp_mouth", "AU12", 1]]


def test_what_was_not_fed_or_came_back_to_life_marks_nothing(copied):
    config = copied("pp_f")
    found(config, "pp_f", "fusion", "AU12", first=True)
    found(config, "pp_f", "mouth", "AU12", fed=False)
    found(config, "pp_f", "nose", "AU01", state="blind")
    table = tables.table_3(config, ["pp_f"])
    assert table.attrs["dead"] == [] and "†" not in tables.beside_paper(table).data
    assert "†" not in tables.plain(table).data


def test_any_network_of_a_row_counts_and_no_other_row(copied):
    config = copied("pp_f", "omega")
    found(config, "pp_f", "mouth", "AU12")
    assert health.defective(config, ["pp_mouth", "pp_f"]) == [("PP+F", "AU12")]
    assert health.defective(config, ["omega"]) == [("SI", "AU12")], "its patches stand still"
    found(config, "pp_nose", "nose", "AU12")
    assert health.dead_units(config, ROWS["pp_f"], 1, 0)["network"].tolist() == ["mouth"]


def test_a_row_that_reads_predictions_again_has_the_health_of_their_row(copied):
    config = copied("dsin_10")
    found(config, "dsin_10", "structure inference", "AU24")
    assert health.defective(config, ["dsin_10_tt"]) == [(ROWS["dsin_10_tt"].shown, "AU24")]


def test_exactly_the_claims_that_use_it_cannot_be_tested(copied):
    config = copied(*SOME)
    found(config, "pp_mouth", "mouth", "AU12")
    table, drawn = tables.table_3(config, SOME), uncertainty.resamplings(config, SOME)
    ours = against_paper.measured(config, SOME, table, drawn)
    lines = pd.DataFrame(
        against_paper.claim_line(claim, "table3", ours) for claim in claims().values()
        if "table3" in claim.tables
    ).set_index("id")  # fmt: skip
    spoiled = lines[lines["verdict"] == UNTESTABLE]
    assert spoiled.index.tolist() == ["locality-lower"]
    assert spoiled["basis"].tolist() == ["dead units: AU12 of PP(mouth)"]
    assert spoiled[["margin", "low", "high"]].isna().all(axis=None)
    assert spoiled["paper"].notna().all(), "what is printed stays"
    assert lines.loc["locality-upper", "verdict"] not in (UNTESTABLE, NOT_RUN)
    upper, lower = against_paper.differences(config, table, drawn, SOME).to_dict("records")
    assert np.isnan(lower["here"]) and "dead units: AU12 of PP(mouth)" in lower["interval"]
    assert not np.isnan(upper["here"])


def made_up(corpus, rows, *dead):
    """A table of made-up scores, some of them with a dead unit behind them."""
    aus = ["AU01", "AU02", "AU04", "AU07", "AU12", "AU15", "AU17", "AU24"]
    scores = np.random.default_rng(0).uniform(20, 60, (len(rows), len(aus)))
    drawn = np.tile(scores, (5, 1, 1))
    return Measured(corpus, list(rows), aus, scores, drawn, frozenset(dead))


def test_a_contrast_uses_the_units_that_it_does_not_name():
    ours = made_up("bp4d", ["PP(face)", "PP(face)^ncb", "PP(mouth)"], ("PP(face)", "AU07"))
    rows = {"PP(face)", "PP(face)^ncb", "PP(mouth)"}
    verdicts = {
        claim.id: against_paper.claim_line(claim, "table3", ours)["verdict"]
        for claim in claims().values()
        if "table3" in claim.tables and {claim.row, *claim.over} <= rows
    }
    spoiled = {name for name, verdict in verdicts.items() if verdict == UNTESTABLE}
    assert spoiled == {"balancing-average", "balancing-rare", "balancing-common"}
    assert {"mouth-au15", "mouth-au24"} <= set(verdicts) - spoiled


def test_the_ledger_counts_them_for_neither_side(tiny):
    ours = made_up("bp4d", ["PP(face)", "PP(face)^ncb"], ("PP(face)", "AU07"))
    line = against_paper.claim_line(claims()["balancing-average"], "table3", ours)
    lines = pd.DataFrame([line])
    counts = ledger.summary(lines)
    assert counts.pop(UNTESTABLE) == 1 and not any(counts.values())
    words = ledger.in_words(tiny, lines).data
    assert "Of 0 claims" in words and "1 cannot be tested here" in words
    printed = ledger.with_verdict(lines, UNTESTABLE)
    assert printed.iloc[0].tolist()[2:] == ["–", "dead units: AU07 of PP(face)"]
    clean = lines.assign(verdict="supported")
    assert "cannot be tested" not in ledger.in_words(tiny, clean).data


def test_sentences_about_r_use_the_trainings_that_they_compare(copied):
    config = copied(*map(chi_trial, CHI_PENALTIES))
    found(chi_trial(0.1).of(config), "omega", "structure inference", "AU24")
    lines = about_chi(config).set_index("id")
    spoiled = lines[lines["verdict"] == UNTESTABLE]
    assert set(spoiled.index) == {
        "chi-no-benefit", "chi-strong-hurts", "chi-strong-closes", "chi-collapses",
    }  # fmt: skip
    assert set(spoiled["basis"]) == {"dead units: AU24 of SI"} and spoiled["margin"].isna().all()
    found(config, "pp_f", "mouth", "AU12", fed=False)
    assert about_chi(config)["verdict"].tolist() == lines["verdict"].tolist()


@pytest.mark.parametrize("dead", [("PP+F", "AU12"), ("DSIN_10", "AU12")])
def test_sentences_about_tables_use_all_units_of_their_rows(tiny, dead):
    one = observations()["fusion-noisy-bp4d"]
    rows = [*RESTS_ON[one.id], "DSIN_10"]
    line = _line(one, Evidence(tiny, {"bp4d": made_up("bp4d", rows, dead)}), able=True)
    assert (line["verdict"] == UNTESTABLE) == (dead[0] in RESTS_ON[one.id])


def test_every_observation_says_whose_units_it_uses():
    """Beside it the sentence about the number of parameters, which trained or not stay as many."""
    needing = {one.id for one in observations().values() if one.needs and one.id in MEASURES}
    assert needing - {"individual-parameters"} == set(RESTS_ON)


def test_observations_use_the_runs_that_they_say(tiny, monkeypatch):
    """Those that read runs, of one corpus: each is watched while it reads."""
    read = set()
    monkeypatch.setattr(runs, "load_run", lambda path: read.add(path) or load_run(path))
    labels = {ROWS[row].label: Trial(row) for row in ("pp_mouth", "pp_mouth_ind", "dsin_10")}
    for name, used in RESTS_ON.items():
        trials = [one if isinstance(one, Trial) else labels.get(one) for one in used]
        if None in trials or name == "messages-disfa":
            continue
        wanted = {run_dir(one.of(tiny), row_named(one.row), 1, 0) for one in trials}
        for one in trials:
            run(one.of(tiny), one.row)
        read.clear()
        MEASURES[name](Evidence(tiny, {}))
        assert read == wanted, name


def test_observations_use_the_rows_that_they_say(tiny):
    """Those that read tables alone: without one of their rows they find nothing."""
    for name in ("fusion-more-on-disfa", "more-conclusive-on-disfa", "patches-balanced-on-disfa"):
        for gone in (None, *RESTS_ON[name]):
            rows = [row for row in RESTS_ON[name] if row != gone]
            both = {corpus: made_up(corpus, rows) for corpus in ("bp4d", "disfa")}
            if gone is None:
                MEASURES[name](Evidence(tiny, both))
            else:
                with pytest.raises(ValueError, match="not in list"):
                    MEASURES[name](Evidence(tiny, both))


def test_a_summary_counts_each_unit_of_each_network(copied):
    config = copied("pp_f", "pp_mouth_ind")
    found(config, "pp_f", "mouth", "AU12")
    found(config, "pp_f", "nose", "AU12", fed=False)
    found(config, "pp_mouth", "mouth", "AU15", state="blind")
    table = health.summary(config, ["pp_mouth", "pp_f", "pp_mouth_ind"])
    assert table["units"].tolist() == [12, 7 * 12, 7]
    assert (table[list(health.STATES)].sum(axis=1) == table["units"]).all()
    assert table.loc["PP+F", [health.FED, health.UNFED]].tolist() == [1, 1]
    assert table["which"].tolist() == ["", "AU12 of mouth (fold 1, seed 0)", ""]
    assert "which" not in health.summary(config, ["pp_mouth"])
    assert ">84<" in tables.plain(table, 0).data


def test_blind_units_stand_by_the_patch(copied):
    config = copied(*PATCH_ROWS)
    for row in PATCH_ROWS:
        for au in config.corpus.aus:
            found(config, row, row.removeprefix("pp_"), au, state="seeing")
    for au, fed in (("AU24", True), ("AU01", True), ("AU04", False)):
        found(config, "pp_mouth", "mouth", au, state="blind", fed=fed)
    table = health.blind_by_patch(config)
    assert table.loc[MOUTH].tolist() == ["AU01, AU24", "AU04"]
    assert table.loc[EYE].tolist() == ["none", "none"]


def test_what_is_blind_in_some_trainings_only_says_in_how_many():
    assert health._listed(pd.Series(["AU02", "AU01", "AU02"]), 2) == "AU01 (1 of 2), AU02"


@pytest.mark.parametrize("fed", [True, False])
def test_the_command_names_what_is_dead_and_fails(copied, monkeypatch, fed):
    config = copied(*SOME)
    monkeypatch.setattr("dsin_lib.__main__.load_config", lambda name: config)
    found(config, "pp_mouth", "mouth", "AU12", fed=fed)
    said = CliRunner().invoke(app, ["health"])
    assert said.exit_code == int(fed), said.output
    lines = said.output.splitlines()
    assert [line.split("/")[0] for line in lines[:2]] == ["pp_right_eye", "pp_mouth"]
    assert f"{int(fed)} dead and fed, {int(not fed)} dead but not fed" in lines[1]
    assert ("dead and fed: AU12 of the network mouth in pp_mouth/fold1_" in said.output) == fed
    expected, missing = (int(word) for word in lines[-1].split() if word.isdigit())
    assert expected - missing == 2 and len(list(results_root().glob("runs/*/*"))) == 2
