"""Sweeps are data: each run is one change, and each measured choice is tried."""

import pytest

from dsin_lib.config import Config, changed, load_config
from dsin_lib.config.corpus import Corpora
from dsin_lib.paper.readings import readings
from dsin_lib.runs.rows import ROWS, TABLE_4_TRAINED
from dsin_lib.runs.run import Run, distinct, runs_of
from dsin_lib.runs.sweeps import (
    ACTIVE_FROM,
    CHI_PENALTIES,
    SWEEPS,
    active_from,
    alternatives,
    chi_penalty,
    record_of,
    stopped_on,
    sweep_key,
)

CONFIG = load_config("smoke", {"evaluation.main_seeds": [1, 2], "evaluation.claim_seeds": [1]})
"""The smallest profile that makes every sweep."""
ALONE = CONFIG.model_copy(update={"corpora": Corpora(table_3=CONFIG.corpora.table_3)})


def at(name, config=CONFIG):
    return SWEEPS[name].at(config, 1, 0)


@pytest.mark.parametrize("name", SWEEPS)
def test_every_run_of_a_sweep_is_a_row_under_a_config_that_is_taken(name):
    runs = at(name)
    assert runs
    for run in runs:
        on_disfa = run.row.corpus == "table_4"
        assert run.corpus.name == ("synau_d" if on_disfa else "synau_b")
        assert run.row.steps
    assert set(SWEEPS[name].after) <= set(ROWS) | set(SWEEPS)


@pytest.mark.parametrize("name", SWEEPS)
def test_no_two_runs_of_a_sweep_are_one(name):
    assert len({run.folder for run in at(name)}) == len(at(name))


@pytest.mark.parametrize("name", SWEEPS)
def test_all_runs_of_a_sweep_are_those_of_its_jobs(name):
    config = changed(CONFIG, {"evaluation.folds": [1, 2], "evaluation.more_seeds": [0, 1, 2]})
    sweep = SWEEPS[name]
    jobs = [(fold, seed) for fold in sweep.folds(config) for seed in sweep.seeds(config)]
    found = {run.folder for job in jobs for run in sweep.at(config, *job)}
    assert {run.folder for run in sweep.runs(config)} == found
    assert len(sweep.runs(config)) == len(found) == len(jobs) * len(at(name, config))
    assert len({record_of(config, name, *job) for job in jobs}) == len(jobs)


def test_seeds_are_none_that_a_table_is_trained_from():
    config = changed(CONFIG, {"evaluation.more_seeds": [0, 1, 2]})
    assert SWEEPS["seeds"].seeds(config) == (1, 2)


@pytest.mark.parametrize("name", SWEEPS)
def test_a_sweep_comes_after_the_rows_that_its_runs_start_from(name):
    """Or two jobs would train one run at once."""
    seed, sweep = SWEEPS[name].seeds(CONFIG)[0], SWEEPS[name]
    own = sweep.at(CONFIG, 1, seed)
    after = [Run(CONFIG, ROWS[row], 1, seed) for row in sweep.after if row in ROWS]
    after += [run for other in sweep.after if other in SWEEPS for run in at(other)]
    needed = chained(own) - {run.folder for run in own}
    assert needed & chained(runs_of(CONFIG, ROWS)) <= chained(after)


def chained(runs):
    return {one.folder for one in distinct(runs)}


def test_without_a_corpus_for_table_4_there_is_no_table_4():
    assert at("table_4", ALONE) == at("activity", ALONE) == []
    assert alternatives(ALONE, "t4_dsin_10") == {}
    assert at("chi", ALONE) and alternatives(ALONE, "omega")


def test_the_threshold_of_activity_changes_the_corpus_of_table_4_alone():
    runs = at("activity")
    assert {run.corpus.active_from for run in runs} == set(ACTIVE_FROM) == {2, 3, 4}
    assert {run.config.corpora.table_3 for run in runs} == {CONFIG.corpora.table_3}
    assert {one.corpus for run in runs for one in run.filters} <= {CONFIG.corpora.table_3}
    assert [run.change for run in runs[::3]] == [active_from(level) for level in ACTIVE_FROM]


def test_the_threshold_of_the_profile_is_table_4_itself():
    table_4 = {run.folder for run in at("table_4")}
    own = [run for run in at("activity") if run.corpus.active_from == 2]
    assert own and {run.folder for run in own} <= table_4


def test_fig_6_sweeps_the_penalties_that_it_names():
    found = [run.config.structure_inference.chi_penalty for run in at("chi")]
    assert found == list(CHI_PENALTIES)
    assert {0, 5e-3, 1e-2, 5e-2, 1e-1} <= set(CHI_PENALTIES)
    assert [run.change for run in at("chi")] == [chi_penalty(r) for r in CHI_PENALTIES]


def test_the_test_fold_ends_all_trainings_behind_a_run():
    for run in at("test_fold"):
        assert run.change == stopped_on("test")
        assert {one.config.training.stop_on for one in run.chain()} == {"test"}


def test_an_alternative_changes_one_parameter_and_never_to_what_it_is():
    table_4 = {"name": "synau_d", "n_subjects": 27}
    default = Config(name="defaults", corpora={"table_4": table_4})
    for choice in readings().values():
        if choice.measured_on is None:
            continue
        found = alternatives(default, choice.measured_on)
        own = {reading for (id_, reading) in found if id_ == choice.id}
        assert own == set(choice.readings) - {choice.default}, choice.id
        for (id_, _), (_, change) in found.items():
            assert len(change) == 1 or (id_ == "fused-patches" and not change)


def test_the_reading_of_the_profile_is_no_alternative():
    other = load_config("smoke", {"structure_inference.initial_state": "half"})
    found = {reading for id_, reading in alternatives(other, "omega") if id_ == "initial-state"}
    assert found == {"f", "zero"}


def test_a_sweep_s_key_changes_with_what_its_runs_depend_on():
    omega = load_config("smoke", {"structure_inference.max_joint_epochs": 3})
    for name in ("chi", "readings"):
        assert sweep_key(omega, name, 1, 0) != sweep_key(CONFIG, name, 1, 0)
    assert sweep_key(omega, "patch_readings", 1, 0) == sweep_key(CONFIG, "patch_readings", 1, 0)
    second = load_config("smoke", {"corpora.table_4.seed": 1})
    assert sweep_key(second, "table_4", 1, 0) != sweep_key(CONFIG, "table_4", 1, 0)
    assert sweep_key(second, "chi", 1, 0) == sweep_key(CONFIG, "chi", 1, 0)


def test_a_run_of_table_4_depends_on_the_filters_source():
    def specs(overrides):
        return [run.spec for run in at("table_4", load_config("smoke", overrides))]

    same, other = specs({}), specs({"corpora.table_3.seed": 1})
    assert [spec["row"] for spec in same] == list(TABLE_4_TRAINED)
    assert all(a != b for a, b in zip(same, other, strict=True))
    assert specs({"structure_inference.chi_penalty": 0.1})[:7] == same[:7]


def test_runs_that_sweeps_share_are_made_by_the_first_of_them():
    """Or two jobs would train one run at once."""
    first = {name: set(chained(SWEEPS[name].at(CONFIG, 1, 1))) for name in ("seeds", "main_rows")}
    for name in ("main_rows", "claimed_rows"):
        own = set(chained(SWEEPS[name].at(CONFIG, 1, 1)))
        sharing = {other for other, runs in first.items() if other != name and own & runs}
        assert sharing == set(SWEEPS[name].after)


def test_rows_that_a_claim_names_are_those_of_the_tables():
    main, claimed = ({run.row.id for run in at(name)} for name in ("main_rows", "claimed_rows"))
    assert {"pp_face", "pp_f", "dsin_10", "t4_pp_f", "t4_dsin_10"} <= main <= claimed
    assert {"vgg_face", "pp_face_ncb", "dsin_2_ncf"} <= claimed and "omega" not in claimed


def test_a_run_of_a_sweep_keeps_the_profile():
    for run in (run for name in SWEEPS for run in at(name)):
        assert run.profile is CONFIG and run.config.name == CONFIG.name
