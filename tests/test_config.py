"""A wrong parameter is refused by name, with what is allowed, before anything runs."""

import pytest
from pydantic import ValidationError

from dsin_lib.config import CONFIGS, ConfigError, changed, load_config
from dsin_lib.config.corpora import CORPORA
from dsin_lib.data.folds import fold_lists
from dsin_lib.config.sections import Corpus


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
        ({"corpus.name": "ck+"}, ["corpus.name", "'synau_b', 'synau_d', 'bp4d'", "ck+"]),
        ({"corpus.active_from": 0}, ["active_from", "greater than or equal to 1", "0"]),
        ({"corpus.root": "/faces"}, ["corpus.root", "licensed corpus", "synau_b is rendered"]),
        ({"corpus.camera": "right"}, ["corpus.camera", "only disfa has two", "synau_b"]),
        (
            {"corpus.name": "disfa", "corpus.camera": "front"},
            ["corpus.camera", "'left' or 'right'"],
        ),
        (
            {"corpus.name": "synau_d", "corpus.n_subjects": 28},
            ["corpus.n_subjects", "at most 27", "28"],
        ),
    ],
)
def test_a_wrong_value_is_named(overrides, named):
    with pytest.raises(ConfigError) as error:
        load_config("smoke", overrides)
    for word in named:
        assert word in str(error.value)


def test_the_default_number_of_subjects_is_not_silently_another():
    with pytest.raises(ConfigError, match=r"corpus\.n_subjects: .*synau_d has at most 27, got 41"):
        changed(load_config("quick"), {"corpus.name": "synau_d"})


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


def test_no_second_corpus_is_made_up_from_a_part_of_one():
    with pytest.raises(ConfigError, match=r"second_corpus.active_from.*with a second corpus"):
        load_config("synau_d", {"second_corpus.active_from": 4})
    named = {"second_corpus.name": "disfa", "second_corpus.active_from": 4}
    assert load_config("synau_d", named).second_corpus.active_from == 4


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
