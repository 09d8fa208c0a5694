"""A config gets the faces that it names, or is told why not."""

import pytest
from typer.testing import CliRunner

from data_prep import ensure
from data_prep.__main__ import app
from data_prep.ensure import ensure_corpus, ensure_store, reader
from data_prep.synth import CORPUS_VERSION
from dsin_lib.config import ConfigError, Corpus, Preprocessing, load_config
from dsin_lib.config.corpora import CORPORA
from dsin_lib.config.places import corpus_dir, store_dir
from dsin_lib.data.folds import first_subjects
from dsin_lib.data.readers import LAYOUTS, CorpusError
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import Run


def test_configs_name_the_version_that_the_generator_makes():
    assert Corpus().version == CORPUS_VERSION


def test_another_version_is_refused_before_anything_is_rendered(results):
    said = rf"version of synau_b: .*{CORPUS_VERSION}, got '9\.9\.9'"
    with pytest.raises(ConfigError, match=said):
        ensure_corpus(Corpus(version="9.9.9"))
    assert not results.exists()


@pytest.mark.parametrize(("name", "tasks"), [("synau_b", ["T1", "T2", "T3"]), ("synau_d", None)])
def test_the_generator_is_asked_for_what_the_config_says(results, monkeypatch, name, tasks):
    asked = []
    monkeypatch.setattr(ensure, "write_corpus", lambda root, **how: asked.append((root, how)))
    corpus = load_config("smoke", {"corpora.table_3.name": name}).corpora.table_3
    assert ensure_corpus(corpus, workers=1, progress=False) == corpus_dir(corpus)
    assert asked == [
        (
            corpus_dir(corpus),
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


@pytest.fixture
def prepared(monkeypatch):
    """Corpus and preprocessing of every store that is asked for; nothing is made."""
    asked = []
    monkeypatch.setattr(ensure, "ensure_store", lambda *made: asked.append(made))
    return asked


@pytest.mark.parametrize(
    ("profile", "names"), [("smoke", ["synau_b", "synau_d"]), ("bp4d", ["bp4d"])]
)
def test_every_corpus_of_a_profile_is_prepared(prepared, profile, names):
    assert ensure.ensure(load_config(profile)) == []
    assert [corpus.name for corpus, _ in prepared] == names


def test_what_a_chapter_s_runs_read_is_prepared_before_they_are_trained(prepared, monkeypatch):
    """Another preprocessing, and Table 3's corpus behind filters of Table 4: each store once."""
    trained = []
    monkeypatch.setattr(ensure, "trained", lambda runs: trained.append(len(prepared)) or runs)
    config = load_config("smoke")
    fixed = {"preprocessing.patch_crop": "fixed"}
    runs = [Run(config, ROWS["t4_pp_nose"], 1, 0, change) for change in ({}, fixed)]
    assert ensure.ensure(config, iter(runs)) == runs
    stores = [store_dir(*made) for made in prepared]
    assert set(stores) == {
        store_dir(corpus, preprocessing)
        for corpus in config.corpora.named()
        for preprocessing in (config.preprocessing, runs[1].config.preprocessing)
    }
    assert len(stores) == len(set(stores)) == 4 and trained == [4]


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
    corpus = Corpus(name=name, root=tmp_path / "faces")
    with pytest.raises(CorpusError, match=r"expected label files|expected folders SN001"):
        ensure_store(corpus, Preprocessing(), workers=1, progress=False)


def test_bp4d_plus_is_not_taken_for_bp4d(results, make_corpus, write_labels):
    root = make_corpus({"F001_T1": 1})
    write_labels(root, "F001_T1", {}).write_text("Frame,1,2,4\n1,0,0,0\n")
    corpus = Corpus(name="bp4d", root=root)
    with pytest.raises(CorpusError, match=r"F001_T1\.csv, line 1: expected the header 0\.\.99"):
        ensure_store(corpus, Preprocessing(), workers=1, progress=False)


def test_a_change_of_preprocessing_without_a_value_is_refused(results):
    command = ["store", "--config", "smoke", "--preprocessing", "alignment"]
    refused = CliRunner().invoke(app, command)
    assert "expected name=value, got 'alignment'" in str(refused.exception)
    assert not results.exists()


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["corpus"], "synau_b"),
        (["corpus", "--table", "4"], "synau_d"),
        (["store", "--table", "4", "--preprocessing", "alignment=affine"], "synau_d affine"),
    ],
)
def test_the_command_line_means_a_corpus_by_its_table(monkeypatch, words, named):
    monkeypatch.setattr("data_prep.__main__.ensure_corpus", lambda corpus, **_: corpus.name)
    monkeypatch.setattr(
        "data_prep.__main__.prepared", lambda corpus, of, **_: f"{corpus.name} {of.alignment}"
    )
    assert CliRunner().invoke(app, [*words, "--config", "smoke"]).output.strip() == named


@pytest.mark.parametrize(
    ("table", "said"),
    [("5", "--table: expected 3 or 4, got 5"), ("4", "corpora.table_4: expected")],
)
def test_a_table_without_a_corpus_is_refused(results, table, said):
    refused = CliRunner().invoke(app, ["corpus", "--config", "synau_d", "--table", table])
    assert said in str(refused.exception)
    assert not results.exists()
