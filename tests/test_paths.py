"""Where results go, and what a licensed corpus asks for."""

import pytest

from dsin_lib.config import PROJECT, ConfigError, load_config, results_root
from dsin_lib.config.corpora import CORPORA
from dsin_lib.runs.rows import ROWS
from dsin_lib.config.places import corpus_dir, run_dir, store_dir


def test_profiles_with_the_same_faces_share_them(results):
    plain = load_config("smoke")
    other = load_config("smoke", {"training.patience": 9})
    assert corpus_dir(plain) == corpus_dir(other) and store_dir(plain) == store_dir(other)
    crop = load_config("smoke", {"preprocessing.patch_crop": "fixed"})
    assert corpus_dir(crop) == corpus_dir(plain) and store_dir(crop) != store_dir(plain)
    assert results in corpus_dir(plain).parents


def test_results_may_be_moved(monkeypatch, tmp_path):
    names = []
    for folder in ("here", "there"):
        monkeypatch.setenv("DSIN_RESULTS", str(tmp_path / folder))
        names.append(store_dir(load_config("smoke")).name)
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
    config, variable = load_config("smoke", {"corpus.name": name}), CORPORA[name].root_variable
    monkeypatch.delenv(variable, raising=False)
    with pytest.raises(ConfigError, match=rf"corpus\.root: .*{name}.*{variable}"):
        corpus_dir(config)
    monkeypatch.setenv(variable, str(tmp_path))
    assert corpus_dir(config) == tmp_path
    for wrong, said in ((tmp_path / "no", "expected a folder"), ("BP4D", "an absolute path")):
        other = {"corpus.name": name, "corpus.root": str(wrong)}
        with pytest.raises(ConfigError, match=said):
            corpus_dir(load_config("smoke", other))


@pytest.mark.parametrize("name", ["synau_d", "disfa"])
def test_another_threshold_shares_pictures_and_patches_and_trains_anew(results, tmp_path, name):
    faces = {"synau_d": {}, "disfa": {"corpus.root": str(tmp_path)}}[name]
    two, three = (
        load_config("smoke", {"corpus.name": name, "corpus.active_from": level, **faces})
        for level in (2, 3)
    )
    assert corpus_dir(two) == corpus_dir(three) and store_dir(two) == store_dir(three)
    assert run_dir(two, ROWS["pp_nose"], 1, 0) != run_dir(three, ROWS["pp_nose"], 1, 0)


def test_another_camera_or_folder_is_another_store_and_other_runs(results, tmp_path, monkeypatch):
    names = set()
    for folder, camera in (("one", "left"), ("one", "right"), ("two", "left")):
        (tmp_path / folder).mkdir(exist_ok=True)
        monkeypatch.setenv("DSIN_DISFA_ROOT", str(tmp_path / folder))
        config = load_config("smoke", {"corpus.name": "disfa", "corpus.camera": camera})
        names |= {store_dir(config).name, run_dir(config, ROWS["pp_nose"], 1, 0).name}
    assert len(names) == 6
