"""Where results go, and what a licensed corpus asks for."""

import pytest

from dsin_lib.config import PROJECT, ConfigError, Corpus, load_config, results_root
from dsin_lib.config.corpora import CORPORA
from dsin_lib.config.places import config_dir, corpus_dir, store_dir
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import Run


def faces(config):
    """Folder of the pictures, and of the store, of a profile's corpus of Table 3."""
    corpus = config.corpora.table_3
    return corpus_dir(corpus), store_dir(corpus, config.preprocessing)


def nose(config):
    return Run(config, ROWS["pp_nose"], 1, 0).folder


def test_profiles_with_the_same_faces_share_them(results):
    plain = load_config("smoke")
    other = load_config("smoke", {"training.patience": 9})
    assert faces(plain) == faces(other) and config_dir(plain) != config_dir(other)
    crop = load_config("smoke", {"preprocessing.patch_crop": "fixed"})
    assert faces(crop)[0] == faces(plain)[0] and faces(crop)[1] != faces(plain)[1]
    assert results in faces(plain)[0].parents


def test_results_may_be_moved(monkeypatch, tmp_path):
    names = []
    for folder in ("here", "there"):
        monkeypatch.setenv("DSIN_RESULTS", str(tmp_path / folder))
        names.append(faces(load_config("smoke"))[1].name)
    assert names[0] == names[1]


def test_the_results_folder_is_absolute_and_a_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("DSIN_RESULTS", "")
    assert results_root() == PROJECT / "results", "empty: not set"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("DSIN_RESULTS", "~/mine")
    assert results_root() == tmp_path / "mine"
    (tmp_path / "mine").write_text("")
    with pytest.raises(ConfigError, match="DSIN_RESULTS: expected a folder, got the file"):
        results_root()


@pytest.mark.parametrize("name", [name for name, one in CORPORA.items() if one.licensed])
def test_a_licensed_corpus_is_found_by_parameter_or_variable(monkeypatch, tmp_path, name):
    variable = CORPORA[name].root_variable
    monkeypatch.delenv(variable, raising=False)
    with pytest.raises(ConfigError, match=rf"root of {name}: .*{variable}"):
        corpus_dir(Corpus(name=name))
    monkeypatch.setenv(variable, str(tmp_path))
    assert corpus_dir(Corpus(name=name)) == tmp_path
    for wrong, said in ((tmp_path / "no", "expected a folder"), ("BP4D", "an absolute path")):
        with pytest.raises(ConfigError, match=rf"root of {name}: .*{said}"):
            corpus_dir(Corpus(name=name, root=str(wrong)))


@pytest.mark.parametrize("name", ["synau_d", "disfa"])
def test_another_threshold_shares_pictures_and_patches_and_trains_anew(results, tmp_path, name):
    root = {"synau_d": {}, "disfa": {"corpora.table_3.root": str(tmp_path)}}[name]
    two, three = (
        load_config(
            "smoke", {"corpora.table_3.name": name, "corpora.table_3.active_from": level, **root}
        )
        for level in (2, 3)
    )
    assert faces(two) == faces(three)
    assert nose(two) != nose(three)


def test_another_camera_or_folder_is_another_store_and_other_runs(results, tmp_path, monkeypatch):
    names = set()
    for folder, camera in (("one", "left"), ("one", "right"), ("two", "left")):
        (tmp_path / folder).mkdir(exist_ok=True)
        monkeypatch.setenv("DSIN_DISFA_ROOT", str(tmp_path / folder))
        disfa = {"corpora.table_3.name": "disfa", "corpora.table_3.camera": camera}
        config = load_config("smoke", disfa)
        names |= {faces(config)[1].name, nose(config).name}
    assert len(names) == 6
