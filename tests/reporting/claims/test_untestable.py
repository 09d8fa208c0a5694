"""No claim and no observation uses a unit that never learned though it had frames to learn from."""

import numpy as np
import pandas as pd
import pytest
from made import made_run
from records import found

from dsin_lib.config import changed
from dsin_lib.paper.claims import claims
from dsin_lib.paper.observations import observations
from dsin_lib.reporting.chapters import ledger as chapter
from dsin_lib.reporting.claims import against_paper, ledger
from dsin_lib.reporting.claims.against_paper import Held
from dsin_lib.reporting.claims.finding import Evidence
from dsin_lib.reporting.claims.observations import MEASURES, RESTS_ON, SI, _line, about_chi
from dsin_lib.reporting.tables import rows_measured
from dsin_lib.runs import run as run_module
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import by_row, runs_of
from dsin_lib.runs.sweeps import CHI_PENALTIES, chi_penalty
from dsin_lib.scores.verdicts import NOT_RUN, UNTESTABLE

SOME = ("pp_mouth", "pp_right_eye")


def test_exactly_the_claims_that_use_it_cannot_be_tested(copied):
    config = copied(*SOME)
    found(config, "pp_mouth", "mouth", "AU12")
    ours = against_paper.held(rows_measured(by_row(config, SOME)), config.vgg)
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
    upper, lower = against_paper.differences(ours).to_dict("records")
    assert np.isnan(lower["here"]) and "dead units: AU12 of PP(mouth)" in lower["interval"]
    assert not np.isnan(upper["here"])


def made_up(about, rows, *dead):
    """A table of made-up scores, some of them with a dead unit behind them."""
    aus = ["AU01", "AU02", "AU04", "AU07", "AU12", "AU15", "AU17", "AU24"]
    scores = np.random.default_rng(0).uniform(20, 60, (len(rows), len(aus)))
    drawn = np.tile(scores, (5, 1, 1))
    return Held(about, list(rows), aus, scores, drawn, frozenset(dead))


def test_a_contrast_uses_the_units_that_it_does_not_name():
    ours = made_up("table_3", ["PP(face)", "PP(face)^ncb", "PP(mouth)"], ("PP(face)", "AU07"))
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
    ours = made_up("table_3", ["PP(face)", "PP(face)^ncb"], ("PP(face)", "AU07"))
    line = against_paper.claim_line(claims()["balancing-average"], "table3", ours)
    lines = pd.DataFrame([line])
    counts = ledger.summary(lines)
    assert counts.pop(UNTESTABLE) == 1 and not any(counts.values())
    words = chapter.in_words(tiny, lines).data
    assert "Of 0 claims" in words and "1 cannot be tested here" in words
    printed = ledger.with_verdict(lines, UNTESTABLE)
    assert printed.iloc[0].tolist()[2:] == ["–", "dead units: AU07 of PP(face)"]
    clean = lines.assign(verdict="supported")
    assert "cannot be tested" not in chapter.in_words(tiny, clean).data


def swept(config):
    """Runs of step 4 alone by the penalty on the correction factors."""
    return {r: runs_of(config, ["omega"], chi_penalty(r)) for r in CHI_PENALTIES}


def test_sentences_about_r_use_the_trainings_that_they_compare(tiny, copied):
    config = copied(*(run for runs in swept(tiny).values() for run in runs))
    strong = changed(config, chi_penalty(0.1))
    found(strong, "omega", "structure inference", "AU24")
    lines = about_chi(Evidence(chi=swept(config))).set_index("id")
    spoiled = lines[lines["verdict"] == UNTESTABLE]
    assert set(spoiled.index) == {
        "chi-no-benefit", "chi-strong-hurts", "chi-strong-closes", "chi-collapses",
    }  # fmt: skip
    assert set(spoiled["basis"]) == {"dead units: AU24 of SI"} and spoiled["margin"].isna().all()
    found(config, "pp_f", "mouth", "AU12", fed=False)
    again = about_chi(Evidence(chi=swept(config)))
    assert again["verdict"].tolist() == lines["verdict"].tolist()


@pytest.mark.parametrize("dead", [("PP+F", "AU12"), ("DSIN_10", "AU12")])
def test_sentences_about_tables_use_all_units_of_their_rows(dead):
    one = observations()["fusion-noisy-bp4d"]
    rows = [*RESTS_ON[one.id], "DSIN_10"]
    line = _line(one, Evidence({"table_3": made_up("table_3", rows, dead)}), able=True)
    assert (line["verdict"] == UNTESTABLE) == (dead[0] in RESTS_ON[one.id])


def test_every_observation_says_whose_units_it_uses():
    """Beside it the sentence about the number of parameters, which trained or not stay as many."""
    needing = {one.id for one in observations().values() if one.needs and one.id in MEASURES}
    assert needing - {"individual-parameters"} == set(RESTS_ON)


def test_observations_use_the_runs_that_they_say(tiny, monkeypatch):
    """Those that read runs, of one corpus, and the health of what these start from: each is watched
    while it reads."""
    labels = {ROWS[row].label: row for row in ("pp_mouth", "pp_mouth_ind", "dsin_10")}
    labels[SI] = "omega"
    known = Evidence(rows=by_row(tiny, labels.values()), chi=swept(tiny))
    kept, read = run_module.read, set()
    monkeypatch.setattr(run_module, "read", lambda folder: read.add(folder) or kept(folder))
    for name, used in RESTS_ON.items():
        if not all(one in labels or one in known.chi for one in used) or name == "messages-disfa":
            continue
        runs = [run for one in used for run in known.chi.get(one) or known.rows[labels[one]]]
        for run in runs:
            made_run(run)
        read.clear()
        MEASURES[name](known)
        behind = {before.folder for run in runs for before in run.chain()}
        assert {run.folder for run in runs} <= read <= behind, name


def test_observations_use_the_rows_that_they_say():
    """Those that read tables alone: without one of their rows they find nothing."""
    for name in ("fusion-more-on-disfa", "more-conclusive-on-disfa", "patches-balanced-on-disfa"):
        for gone in (None, *RESTS_ON[name]):
            rows = [row for row in RESTS_ON[name] if row != gone]
            both = {about: made_up(about, rows) for about in ("table_3", "table_4")}
            if gone is None:
                MEASURES[name](Evidence(both))
            else:
                with pytest.raises(ValueError, match="not in list"):
                    MEASURES[name](Evidence(both))


def test_a_dead_unit_of_step_4_alone_leaves_the_last_training_untestable(copied):
    config = copied("omega", "dsin_10")
    known = Evidence(
        {"table_3": against_paper.held(rows_measured(by_row(config, ["dsin_10"])), config.vgg)},
        by_row(config, ("dsin_10", "omega")),
    )
    one = observations()["end-to-end"]
    assert _line(one, known, able=True)["verdict"] != UNTESTABLE
    found(config, "omega", "structure inference", "AU24")
    line = _line(one, known, able=True)
    assert (line["verdict"], line["basis"]) == (UNTESTABLE, "dead units: AU24 of SI")
