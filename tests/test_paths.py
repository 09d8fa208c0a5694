"""Where results go, and what a licensed corpus asks for."""

import pytest

from dsin_lib.config import ConfigError, load_config
from dsin_lib.paths import corpus_dir, store_dir


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


def test_a_licensed_corpus_is_found_by_parameter_or_variable(monkeypatch, tmp_path):
    monkeypatch.delenv("DSIN_BP4D_ROOT", raising=False)
    with pytest.raises(ConfigError, match=r"corpus\.root: .*bp4d.*DSIN_BP4D_ROOT"):
        corpus_dir(load_config("smoke", {"corpus.name": "bp4d"}))
    monkeypatch.setenv("DSIN_BP4D_ROOT", str(tmp_path))
    assert corpus_dir(load_config("smoke", {"corpus.name": "bp4d"})) == tmp_path
    nowhere = {"corpus.name": "bp4d", "corpus.root": str(tmp_path / "no")}
    with pytest.raises(ConfigError, match="expected a folder"):
        corpus_dir(load_config("smoke", nowhere))
