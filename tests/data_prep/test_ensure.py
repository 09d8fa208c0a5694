"""A config gets the faces that it names, or is told why not."""

import pytest
from typer.testing import CliRunner

from data_prep import ensure
from data_prep.__main__ import app
from data_prep.ensure import ensure_corpus, ensure_store, ensure_stores, reader
from data_prep.synth import CORPUS_VERSION
from dsin_lib.config import ConfigError, load_config
from dsin_lib.config.corpora import CORPORA
from dsin_lib.data.folds import first_subjects
from dsin_lib.data.readers import LAYOUTS, CorpusError
from dsin_lib.config.places import corpus_dir
from dsin_lib.config.sections import Corpus


def test_configs_name_the_version_that_the_generator_makes():
    assert Corpus().version == CORPUS_VERSION


def test_another_version_is_refused_before_anything_is_rendered(results):
    with pytest.raises(ConfigError, match=rf"corpus\.version: .*{CORPUS_VERSION}, got '9\.9\.9'"):
        ensure_corpus(load_config("smoke", {"corpus.version": "9.9.9"}))
    assert not results.exists()


@pytest.mark.parametrize(("name", "tasks"), [("synau_b", ["T1", "T2", "T3"]), ("synau_d", None)])
def test_the_generator_is_asked_for_what_the_config_says(results, monkeypatch, name, tasks):
    asked = []
    monkeypatch.setattr(ensure, "write_corpus", lambda root, **how: asked.append((root, how)))
    config = load_config("smoke", {"corpus.name": name})
    assert ensure_corpus(config, workers=1, progress=False) == corpus_dir(config)
    assert asked == [
        (
            corpus_dir(config),
            {
                "shape": name,
                "subjects": first_subjects(6, name),
                "tasks": tasks,
                "frames_per_sequence": 12,
                "stride": 36,
                "image_px": 256,
                "seed": 0,
                "workers": 1,
                "progress": False,
            },
        )
    ]


@pytest.mark.parametrize(
    ("profile", "names"), [("smoke", ["synau_b", "synau_d"]), ("bp4d", ["bp4d"])]
)
def test_every_corpus_of_a_profile_is_prepared(monkeypatch, profile, names):
    monkeypatch.setattr(ensure, "ensure_store", lambda config, **how: config.corpus.name)
    assert ensure_stores(load_config(profile)) == names


@pytest.mark.parametrize("name", CORPORA)
def test_every_corpus_has_a_reader(name):
    read = reader(Corpus(name=name, n_subjects=6))
    assert getattr(read, "func", read) is LAYOUTS[CORPORA[name].layout].read


def test_the_camera_of_the_config_is_read():
    assert reader(Corpus(name="disfa", camera="right")).keywords == {"camera": "right"}


@pytest.mark.parametrize("name", [name for name, one in CORPORA.items() if one.licensed])
def test_a_folder_of_another_corpus_is_refused(results, tmp_path, name):
    other = "AUCoding/AU_OCC" if name == "disfa" else "ActionUnit_Labels"
    (tmp_path / "faces" / other).mkdir(parents=True)
    root = {"corpus.name": name, "corpus.root": str(tmp_path / "faces")}
    with pytest.raises(CorpusError, match=r"expected label files|expected folders SN001"):
        ensure_store(load_config("smoke", root), workers=1, progress=False)


def test_bp4d_plus_is_not_taken_for_bp4d(results, make_corpus, write_labels):
    root = make_corpus({"F001_T1": 1})
    write_labels(root, "F001_T1", {}).write_text("Frame,1,2,4\n1,0,0,0\n")
    config = load_config("smoke", {"corpus.name": "bp4d", "corpus.root": str(root)})
    with pytest.raises(CorpusError, match=r"F001_T1\.csv, line 1: expected the header 0\.\.99"):
        ensure_store(config, workers=1, progress=False)


def test_a_change_of_preprocessing_without_a_value_is_refused(results):
    command = ["store", "--config", "smoke", "--preprocessing", "alignment"]
    refused = CliRunner().invoke(app, command)
    assert "expected name=value, got 'alignment'" in str(refused.exception)
    assert not results.exists()
