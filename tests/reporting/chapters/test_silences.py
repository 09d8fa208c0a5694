"""The sweep measures what the register names, one by one, and names what it leaves out."""

import pytest
from made import made
from told import rows_made

from data_prep import ensure as preparing
from dsin_lib.config import load_config
from dsin_lib.config.corpus import Corpora
from dsin_lib.config.places import store_dir
from dsin_lib.paper.readings import readings
from dsin_lib.reporting import tables
from dsin_lib.reporting.chapters import silences
from dsin_lib.reporting.page.tables import worded
from dsin_lib.runs import chapters
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.sweeps import SWEEPS, alternatives
from dsin_lib.systems.ensure import ensure

MEASURED = {("patience", 2), ("folds", "author")}
ABOUT = ("PP(mouth)", "1")


@pytest.fixture
def few(tiny, monkeypatch):
    """The pairs of two readings that need no other store, all trained."""

    def few(config, row):
        return {key: trial for key, trial in alternatives(config, row).items() if key in MEASURED}

    monkeypatch.setattr(silences, "alternatives", few)
    found = silences.pairs(tiny)
    ensure(silences.trainings(found))
    return found


@pytest.fixture
def swept(few):
    return silences.swept(few)


def average(config):
    return tables.table(rows_made(config, ["pp_mouth"])).loc["PP(mouth)", "average"]


def test_a_line_is_one_reading_against_the_profile_s_own(tiny, swept):
    own = swept.set_index("choice")
    assert set(own.index) == {"patience", "folds"}
    default = average(tiny)
    assert own["F1 default"].to_numpy() == pytest.approx(default)
    for choice, parameter, reading in (
        ("patience", "training.patience", 2),
        ("folds", "evaluation.fold_lists", "author"),
    ):
        other = load_config("smoke", {"training.patience": 6, parameter: reading})
        expected = average(other)
        assert own.at[choice, "F1 reading"] == pytest.approx(expected)
        assert own.at[choice, "change"] == pytest.approx(expected - default)
        assert own.at[choice, "reading"] == str(reading)
    assert own.at["patience", "default"] == "6", "what the profile takes, not the register"
    assert (
        own.at["folds", "resampling"] == "independent"
        and own.at["patience", "resampling"] == "paired"
    )


def test_the_book_s_tables_and_figure_hold_every_line(swept):
    shown = silences.in_book(swept)
    assert set(shown.index) == {"patience: 2", "folds: author"}
    assert set(zip(shown["row"], shown["folds"], strict=True)) == {ABOUT}
    assert list(silences.above_always_positive(swept).index) == ["folds: author"]
    (axis,) = silences.figure(swept).axes
    assert {label.get_text() for label in axis.get_yticklabels()} == set(shown.index)
    labels = {line.get_label(): line.get_xdata() for line in axis.get_lines()}
    assert list(labels["change of F1"]) == list(swept["change"])
    assert len(labels["of F1 above always positive"]) == 1


def test_only_intervals_without_zero_matter_and_the_largest_change_comes_first(swept):
    assert swept["change"].abs().is_monotonic_decreasing
    matters = (swept["low"] > 0) | (swept["high"] < 0)
    assert list(swept["matters"]) == list(matters)
    made_up = swept.assign(matters=[False, True])
    assert silences.mattering(made_up) == [swept["choice"].iloc[1]]
    assert silences.by_chance(swept) == pytest.approx(0.1)


def test_readings_of_one_choice_stand_together(monkeypatch):
    sizes = iter([0.1, 3.0, -2.0, 0.5, *[0.0] * 20])

    def change(runs, base):
        value = next(sizes)
        names = ("F1 base", "F1 trial", "always base", "always trial", "above", "resampling")
        return {"change": value, "low": value, "high": value, **dict.fromkeys(names, 0.0)}

    monkeypatch.setattr(silences, "change", change)
    swept = silences.swept(silences.pairs(load_config("smoke")))
    runs_of_one = (swept["choice"] != swept["choice"].shift()).sum()
    assert runs_of_one == swept["choice"].nunique()
    most = swept.groupby("choice", sort=False)["change"].agg(lambda of: of.abs().max())
    assert most.is_monotonic_decreasing


def test_the_provenance_s_runs_are_those_of_the_sweep(tiny, few):
    found = silences.trainings(few)
    assert len(found) == 3 and found[0].folder == made(tiny, "pp_mouth").folder


def test_what_the_chapter_reads_is_what_the_sweeps_train():
    config = load_config("smoke")
    for pair in silences.pairs(config):
        if pair.row in silences.SWEEP_OF:
            sweep = SWEEPS[silences.SWEEP_OF[pair.row]]
            trained = {run.folder for run in sweep.runs(config)}
            assert {run.folder for run in pair.runs} <= trained, (pair.choice.id, pair.reading)
            assert silences.folds(config, pair.row) == sweep.folds(config)
        else:
            assert not ROWS[pair.row].steps


def test_patch_networks_are_trained_again_on_the_first_fold_only():
    config = load_config("smoke", {"evaluation.folds": [2, 3]})
    assert silences.folds(config, "pp_mouth") == (2,)
    assert silences.folds(config, "omega") == silences.folds(config, "dsin_10_tt") == (2, 3)


def test_every_choice_is_measured_or_says_why_not():
    config = load_config("smoke")
    alone = config.model_copy(update={"corpora": Corpora(table_3=config.corpora.table_3)})
    left = {}
    for one in (config, alone):
        found = silences.pairs(one)
        left[one] = silences.unmeasured(one, found)
        measured = {pair.choice.id for pair in found}
        assert measured | set(left[one].index) == set(readings())
        assert not measured & set(left[one].index)
        assert left[one]["why"].str.len().min() > 0
    assert left[alone].at["disfa-activity", "why"] == silences.NO_TABLE_4
    assert "disfa-activity" not in left[config].index


def test_the_register_is_shown_whole_and_flush_left():
    register = silences.register()
    assert list(register.index) == list(readings())
    html = worded(register, wide=["evidence"]).data
    for one in readings().values():
        assert one.says in html and one.silent in html and one.evidence in html
    assert "text-align: left" in html and "min-width: 7rem" in html


def test_a_profile_s_departures_are_named():
    assert silences.departures(load_config("smoke")) == ["input-size (112)"]
    other = load_config("smoke", {"corpora.table_4.active_from": 4})
    assert "disfa-activity (4)" in silences.departures(other)


def test_each_store_of_the_chapter_is_asked_for(monkeypatch):
    """The profile's own first, then those that a reading of the preprocessing needs."""
    config, asked = load_config("smoke"), []
    monkeypatch.setattr(preparing, "ensure_store", lambda *store: asked.append(store))
    monkeypatch.setattr(preparing, "trained", list)
    preparing.ensure(config, chapters.runs("silences", config))
    assert asked[0] == (config.corpora.table_3, config.preprocessing)
    assert {(corpus.name, *how.model_dump().values()) for corpus, how in asked} == {
        ("synau_b", "similarity", "box", 112, 56, 0),
        ("synau_b", "affine", "box", 112, 56, 0),
        ("synau_b", "similarity", "fixed", 112, 56, 0),
        ("synau_d", "similarity", "box", 112, 56, 0),
    }
    assert len({store_dir(*store) for store in asked}) == 4
