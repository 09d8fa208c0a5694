"""A wrong parameter is refused by name, with what is allowed, before anything runs."""

import pytest
from pydantic import ValidationError

from dsin_lib.config import ConfigError, Corpus, changed, load_config, origin, with_seed
from dsin_lib.config.corpora import CORPORA
from dsin_lib.config.profile import CONFIGS
from dsin_lib.data.folds import fold_lists


@pytest.mark.parametrize("path", sorted(CONFIGS.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_config_loads_and_states_its_promise(path):
    header = [line for line in path.read_text().splitlines() if line.startswith("#")]
    assert load_config(path).name == path.stem
    assert any("make book" in line for line in header), "the header names the command"
    assert any("minute" in line or "hour" in line for line in header), "the header names the time"
    assert any("core" in line or "GPU" in line for line in header), "the header names the machine"


@pytest.mark.parametrize(
    ("overrides", "named"),
    [
        ({"training.pacience": 3}, ["training.pacience", "unknown", "patience"]),
        ({"structure_inference.n_iter": 0}, ["structure_inference.n_iter", "greater", "0"]),
        ({"structure_inference.initial_state": "y"}, ["initial_state", "'f', 'half' or 'zero'"]),
        ({"preprocessing.face_px": 100}, ["face_px", "112 or 224", "100"]),
        ({"evaluation.folds": [1, 4]}, ["folds.1", "1, 2 or 3", "4"]),
        ({"evaluation.folds": [1, 1]}, ["folds", "twice"]),
        ({"trainig.patience": 3}, ["trainig.patience", "training"]),
        ({"training.learning_rate": "fast"}, ["learning_rate", "number", "fast"]),
        (
            {"corpora.table_3.name": "ck+"},
            ["corpora.table_3.name", "'synau_b', 'synau_d', 'bp4d'", "ck+"],
        ),
        ({"corpora.table_3.nme": "bp4d"}, ["corpora.table_3.nme", "unknown", "'name'"]),
        ({"corpora.table_4.sede": 1}, ["corpora.table_4.sede", "unknown", "'seed'"]),
        ({"corpora.table_5.seed": 1}, ["corpora.table_5", "unknown", "'table_3', 'table_4'"]),
        (
            {"corpora.table_3.active_from": 0},
            ["active_from", "greater than or equal to 1", "0"],
        ),
        (
            {"corpora.table_3.root": "/faces"},
            ["corpora.table_3.root", "licensed corpus", "synau_b is rendered"],
        ),
        (
            {"corpora.table_3.camera": "right"},
            ["corpora.table_3.camera", "only disfa has two", "synau_b"],
        ),
        (
            {"corpora.table_3.name": "disfa", "corpora.table_3.camera": "front"},
            ["corpora.table_3.camera", "'left' or 'right'"],
        ),
        (
            {"corpora.table_4.name": "synau_d", "corpora.table_4.n_subjects": 28},
            ["corpora.table_4.n_subjects", "at most 27", "28"],
        ),
    ],
)
def test_a_wrong_value_is_named(overrides, named):
    with pytest.raises(ConfigError) as error:
        load_config("smoke", overrides)
    for word in named:
        assert word in str(error.value)


def test_the_default_number_of_subjects_is_not_silently_another():
    said = r"corpora\.table_3\.n_subjects: .*synau_d has at most 27, got 41"
    with pytest.raises(ConfigError, match=said):
        changed(load_config("quick"), {"corpora.table_3.name": "synau_d"})


@pytest.mark.parametrize("name", CORPORA)
def test_every_corpus_of_the_table_has_a_config_units_and_folds(name):
    corpus = Corpus(name=name, n_subjects=6)
    assert len(corpus.aus) == (8 if corpus.source.layout == "disfa" else 12)
    assert sum(map(len, fold_lists(name))) == corpus.source.n_subjects


def test_an_unknown_profile_names_those_that_exist():
    with pytest.raises(ConfigError, match=r"no config 'quik'.*'quick'"):
        load_config("quik")


def test_a_file_that_is_no_config_is_named(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("training: [1, 2")
    with pytest.raises(ConfigError, match=r"mine\.yaml: not YAML"):
        load_config(path)
    path.write_text("- 1")
    with pytest.raises(ConfigError, match=r"mine\.yaml: expected sections"):
        load_config(path)


def test_a_profile_has_a_corpus_for_table_4_or_says_that_it_has_none():
    both, alone = load_config("smoke"), load_config("smoke", {"corpora.table_4": None})
    assert [corpus.name for corpus in both.corpora.named()] == ["synau_b", "synau_d"]
    assert both.corpus("table_3") is both.corpora.table_3
    assert both.corpus("table_4") is both.corpora.table_4
    assert alone.corpora.named() == [both.corpora.table_3]
    with pytest.raises(ConfigError, match=r"corpora\.table_4: expected .*Table 4.*got none"):
        alone.corpus("table_4")


def test_no_corpus_of_table_4_is_made_up_from_a_part_of_one():
    part = {"corpora.table_4.active_from": 4}
    said = r"corpora\.table_4\.active_from.*with a corpus of Table 4"
    for of in (lambda: load_config("synau_d", part), lambda: changed(load_config("synau_d"), part)):
        with pytest.raises(ConfigError, match=said):
            of()
    named = {"corpora.table_4.name": "disfa", **part}
    assert load_config("synau_d", named).corpora.table_4.active_from == 4


def test_an_override_gives_the_results_a_place_of_their_own():
    plain, more = load_config("smoke"), load_config("smoke", {"training.patience": 9})
    assert more.training.patience == 9
    assert more.name.startswith("smoke+") and more.name != plain.name
    assert load_config("smoke", {"training.patience": 9}) == more


def test_a_config_is_frozen_and_changed_makes_another():
    config = load_config("smoke")
    with pytest.raises(ValidationError):
        config.training.patience = 1
    assert changed(config, {"training.patience": 1}).training.patience == 1
    assert config.training.key() != changed(config, {"training.patience": 1}).training.key()


def test_one_seed_of_a_profile_or_all_of_its_own():
    config = load_config("smoke")
    assert with_seed(config, None) is config
    assert with_seed(config, 3).evaluation.seeds == (3,)


@pytest.mark.parametrize(
    "overrides",
    [
        {"training.patience": 9, "corpora.table_3.seed": 1},
        {"evaluation.seeds": [1, 2]},
        {"corpora.table_4": None},
        {"vgg.weights": None},
    ],
)
def test_what_was_overridden_of_a_profile_is_told_from_the_config(overrides):
    config = load_config("smoke", overrides)
    name, told = origin(config)
    assert name == "smoke"
    assert told == {name: of for name, of in overrides.items() if name != "vgg.weights"}
    assert changed(load_config(name), told) == config.model_copy(update={"name": name})


def test_of_a_profile_that_is_none_of_ours_nothing_is_told(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text("name: mine\ntraining: {patience: 9}\n")
    assert origin(load_config(path)) == ("mine", {})
