"""No claim and no observation uses a unit that never learned though it had frames to learn from."""

import numpy as np
import pandas as pd
import pytest
from records import found

from dsin_lib.runs.rows import ROWS, row_named
from dsin_lib.paper.claims import claims
from dsin_lib.paper.observations import observations
from dsin_lib.config.places import run_dir
from dsin_lib.reporting import against_paper, ledger, tables, uncertainty
from dsin_lib.reporting.against_paper import Measured
from dsin_lib.reporting.cost import chain
from dsin_lib.reporting.finding import Evidence
from dsin_lib.reporting.observations import MEASURES, RESTS_ON, _line, about_chi
from dsin_lib.reporting.verdicts import NOT_RUN, UNTESTABLE
from dsin_lib.runs.sweeps import CHI_PENALTIES, Trial, chi_trial
from dsin_lib.training import runs
from dsin_lib.training.runs import run
from dsin_lib.runs.files import load_run

SOME = ("pp_mouth", "pp_right_eye")


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
    """Those that read runs, of one corpus, and the health of what these start from: each is watched
    while it reads."""
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
        behind = {folder for one in trials for folder in chain(one.of(tiny), ROWS[one.row], 1, 0)}
        assert wanted <= read <= behind, name


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
