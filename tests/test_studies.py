"""Studies are data: each trial is one change, and each measured silence is swept."""

import pytest

from dsin_lib.config import Config, ConfigError, load_config
from dsin_lib.runs.rows import ROWS, TABLE_4_TRAINED, run_spec
from dsin_lib.paper.readings import readings
from dsin_lib.runs.sweeps import CHI_PENALTIES, STUDIES, Trial, alternatives, study_key

CONFIG = load_config("smoke")


@pytest.mark.parametrize("name", STUDIES)
def test_every_trial_is_a_row_under_a_config_that_is_taken(name):
    trials = STUDIES[name].trials(CONFIG)
    assert trials
    for trial in trials:
        assert trial.of(CONFIG).corpus.name == ("synau_d" if trial.second else "synau_b")
        assert ROWS[trial.row].steps
        assert set(STUDIES[name].starts) <= set(ROWS)


@pytest.mark.parametrize("name", STUDIES)
def test_no_two_trials_of_a_study_are_one_run(name):
    trials = STUDIES[name].trials(CONFIG)
    specs = [str(run_spec(trial.of(CONFIG), ROWS[trial.row], 1, 0)) for trial in trials]
    assert len(set(specs)) == len(specs)


def test_without_a_second_corpus_there_is_no_table_4():
    alone = CONFIG.model_copy(update={"second_corpus": None})
    assert STUDIES["table_4"].trials(alone) == STUDIES["activity"].trials(alone) == ()
    assert alternatives(alone, "t4_dsin_10") == {}
    with pytest.raises(ConfigError, match=r"second_corpus: expected .*Table 4.*got none"):
        alone.on_second_corpus()


def test_the_two_corpora_exchanged_twice_are_the_profile_again():
    assert CONFIG.on_second_corpus().on_second_corpus() == CONFIG
    assert CONFIG.on_second_corpus().corpus == CONFIG.second_corpus


def test_the_threshold_of_activity_changes_the_second_corpus_alone():
    levels = {trial.of(CONFIG).corpus.active_from for trial in STUDIES["activity"].trials(CONFIG)}
    assert levels == {2, 3, 4}
    own = {trial.of(CONFIG).second_corpus for trial in STUDIES["activity"].trials(CONFIG)}
    assert own == {CONFIG.corpus}


def test_fig_6_sweeps_the_penalties_that_it_names():
    found = [trial.of(CONFIG) for trial in STUDIES["chi"].trials(CONFIG)]
    assert [c.structure_inference.chi_penalty for c in found] == list(CHI_PENALTIES)
    assert {0, 5e-3, 1e-2, 5e-2, 1e-1} <= set(CHI_PENALTIES)


def test_an_alternative_changes_one_parameter_and_never_to_what_it_is():
    default = Config(name="defaults", second_corpus={"name": "synau_d", "n_subjects": 27})
    for silence in readings().values():
        if silence.measured_on is None:
            continue
        found = alternatives(default, silence.measured_on)
        own = {reading for (id_, reading) in found if id_ == silence.id}
        assert own == set(silence.readings) - {silence.default}, silence.id
        for (id_, _), trial in found.items():
            assert len(trial.change) == 1 or (id_ == "fused-patches" and not trial.change)


def test_the_reading_of_the_profile_is_no_alternative():
    other = load_config("smoke", {"structure_inference.initial_state": "half"})
    found = {reading for id_, reading in alternatives(other, "omega") if id_ == "initial-state"}
    assert found == {"f", "zero"}


def test_a_study_s_key_changes_with_what_its_trials_depend_on():
    omega = load_config("smoke", {"structure_inference.max_joint_epochs": 3})
    for name in ("chi", "readings"):
        assert study_key(omega, name, 1, 0) != study_key(CONFIG, name, 1, 0)
    assert study_key(omega, "patch_readings", 1, 0) == study_key(CONFIG, "patch_readings", 1, 0)
    second = load_config("smoke", {"second_corpus.seed": 1})
    assert study_key(second, "table_4", 1, 0) != study_key(CONFIG, "table_4", 1, 0)
    assert study_key(second, "chi", 1, 0) == study_key(CONFIG, "chi", 1, 0)


def test_a_run_of_table_4_depends_on_the_filters_source():
    def specs(overrides):
        second = load_config("smoke", overrides).on_second_corpus()
        return [run_spec(second, ROWS[row], 1, 0) for row in TABLE_4_TRAINED]

    same, other = specs({}), specs({"corpus.seed": 1})
    assert all(a != b for a, b in zip(same, other, strict=True))
    assert specs({"structure_inference.chi_penalty": 0.1})[:7] == same[:7]


def test_a_trial_keeps_the_profile_s_name():
    assert Trial("omega", {"structure_inference.n_iter": 3}).of(CONFIG).name == CONFIG.name
