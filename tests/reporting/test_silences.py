"""The sweep measures what the register names, one reading at a time, and skips none in silence."""

import pytest

from dsin_lib.config import load_config
from dsin_lib.runs.rows import ROWS
from dsin_lib.paper.readings import readings
from dsin_lib.reporting import silences, tables
from dsin_lib.runs.sweeps import STUDIES, alternatives
from dsin_lib.training.runs import run

MEASURED = {("patience", 2), ("folds", "author")}
ABOUT = ("PP(mouth)", "1")


@pytest.fixture
def few(monkeypatch):
    """Two readings that need no other store."""

    def few(config, row):
        return {key: trial for key, trial in alternatives(config, row).items() if key in MEASURED}

    monkeypatch.setattr(silences, "alternatives", few)


@pytest.fixture
def swept(tiny, few):
    return silences.sweep(tiny)


def test_a_line_is_one_reading_against_the_profile_s_own(tiny, swept):
    own = swept.set_index("silence")
    assert set(own.index) == {"patience", "folds"}
    default = tables.table_3(tiny, ["pp_mouth"]).loc["PP(mouth)", "average"]
    assert own["F1 default"].to_numpy() == pytest.approx(default)
    for silence, parameter, reading in (
        ("patience", "training.patience", 2),
        ("folds", "evaluation.fold_lists", "author"),
    ):
        other = load_config("smoke", {"training.patience": 6, parameter: reading})
        expected = tables.table_3(other, ["pp_mouth"]).loc["PP(mouth)", "average"]
        assert own.at[silence, "F1 reading"] == pytest.approx(expected)
        assert own.at[silence, "change"] == pytest.approx(expected - default)
        assert own.at[silence, "reading"] == str(reading)
    assert own.at["patience", "default"] == "6", "what the profile takes, not the register"
    assert own.at["folds", "draws"] == "independent" and own.at["patience", "draws"] == "paired"


def test_the_book_s_tables_and_figure_hold_every_line(tiny, swept):
    shown = silences.shown(swept)
    assert set(shown.index) == {"patience: 2", "folds: author"}
    assert set(zip(shown["row"], shown["folds"], strict=True)) == {ABOUT}
    assert list(silences.above_always_positive(swept).index) == ["folds: author"]
    (axis,) = silences.figure(swept).axes
    assert {label.get_text() for label in axis.get_yticklabels()} == set(shown.index)
    labels = {line.get_label(): line.get_xdata() for line in axis.get_lines()}
    assert list(labels["change of F1"]) == list(swept["change"])
    assert len(labels["of F1 above always positive"]) == 1


def test_only_intervals_without_zero_matter_and_the_largest_change_comes_first(swept, monkeypatch):
    assert swept["change"].abs().is_monotonic_decreasing
    matters = (swept["low"] > 0) | (swept["high"] < 0)
    assert list(swept["matters"]) == list(matters)
    made_up = swept.assign(matters=[False, True])
    assert silences.mattering(made_up) == [swept["silence"].iloc[1]]
    assert silences.by_chance(swept) == pytest.approx(0.1)


def test_readings_of_one_silence_stand_together(tiny, monkeypatch):
    sizes = iter([0.1, 3.0, -2.0, 0.5, *[0.0] * 20])

    def change(config, trial, base, over):
        value = next(sizes)
        names = ("F1 base", "F1 trial", "always base", "always trial", "above", "draws")
        return {"change": value, "low": value, "high": value, **dict.fromkeys(names, 0.0)}

    monkeypatch.setattr(silences, "change", change)
    swept = silences.sweep(tiny)
    runs_of_one = (swept["silence"] != swept["silence"].shift()).sum()
    assert runs_of_one == swept["silence"].nunique()
    most = swept.groupby("silence", sort=False)["change"].agg(lambda of: of.abs().max())
    assert most.is_monotonic_decreasing


def test_the_provenance_s_runs_are_those_of_the_sweep(tiny, swept):
    found = silences.runs(tiny)
    assert len(found) == 3 and found[0].folder == run(tiny, "pp_mouth").folder


def test_what_the_sweep_reads_is_what_the_studies_train():
    config = load_config("smoke")
    for silence, reading, base, trial in silences.pairs(config):
        if base.row in silences.STUDY_OF:
            study = STUDIES[silences.STUDY_OF[base.row]]
            assert trial in study.trials(config), (silence.id, reading)
            assert silences.folds(config, base.row) == study.folds(config)
        else:
            assert not ROWS[base.row].steps


def test_patch_networks_are_trained_again_on_the_first_fold_only():
    config = load_config("smoke", {"evaluation.folds": [2, 3]})
    assert silences.folds(config, "pp_mouth") == (2,)
    assert silences.folds(config, "omega") == silences.folds(config, "dsin_10_tt") == (2, 3)


def test_every_silence_is_measured_or_says_why_not():
    config = load_config("smoke")
    alone = config.model_copy(update={"second_corpus": None})
    for one in (config, alone):
        left = silences.unmeasured(one)
        measured = {silence.id for silence, *_ in silences.pairs(one)}
        assert measured | set(left.index) == set(readings())
        assert not measured & set(left.index)
        assert left["why"].str.len().min() > 0
    assert silences.unmeasured(alone).at["disfa-activity", "why"] == silences.NO_SECOND_CORPUS
    assert "disfa-activity" not in silences.unmeasured(config).index


def test_the_register_is_shown_whole_and_flush_left():
    register = silences.register()
    assert list(register.index) == list(readings())
    html = silences.worded(register, wide=["evidence"]).data
    for one in readings().values():
        assert one.says in html and one.silent in html and one.evidence in html
    assert "text-align: left" in html and "min-width: 7rem" in html


def test_a_profile_s_departures_are_named():
    assert silences.departures(load_config("smoke")) == ["input-size (112)"]
    other = load_config("smoke", {"second_corpus.active_from": 4})
    assert "disfa-activity (4)" in silences.departures(other)


def test_each_store_of_the_sweep_is_asked_for_once():
    config = load_config("smoke")
    found = silences.configs(config)
    assert found[0] == config
    assert {(one.corpus.name, *one.preprocessing.model_dump().values()) for one in found} == {
        ("synau_b", "similarity", "box", 112, 56, 0),
        ("synau_b", "affine", "box", 112, 56, 0),
        ("synau_b", "similarity", "fixed", 112, 56, 0),
        ("synau_d", "similarity", "box", 112, 56, 0),
    }
    assert len(found) == 4
