"""A corpus prepared with landmarks that were found elsewhere: the same store, and it says so."""

import json
from functools import partial

import pandas as pd
import pytest
from PIL import Image
from stores import assert_same, stamps

from data_prep import landmark_pass
from data_prep.ensure import prepared
from data_prep.prepare import prepare as prepare_with_workers
from dsin_lib.config import Corpus, Preprocessing
from dsin_lib.config.places import corpus_dir
from dsin_lib.data.found import found_path, key_of, read_found, write_found
from dsin_lib.data.store import Store

prepare = partial(prepare_with_workers, workers=1, progress=False)


@pytest.fixture
def corpus(make_corpus):
    """Two people; one picture shows no face, one is cut short."""
    root = make_corpus({"F001_T1": 3, "M002_T1": 3})
    Image.new("RGB", (256, 256), "grey").save(root / "M002/T1/0002.jpg")
    path = root / "F001/T1/0002.jpg"
    path.write_bytes(path.read_bytes()[:3000])
    return root


@pytest.fixture
def home(corpus, tmp_path):
    """The store that was made at home, by the landmark model."""
    prepare(corpus, tmp_path / "home")
    return Store.open(tmp_path / "home")


@pytest.fixture
def found(home, tmp_path):
    write_found(home, tmp_path / "found.npz")
    return read_found(tmp_path / "found.npz")


@pytest.fixture
def no_model(monkeypatch):
    """A machine that cannot look for faces."""

    def absent(*args, **kwargs):
        raise ModuleNotFoundError("no landmark model")

    monkeypatch.setattr(landmark_pass, "all_faces", absent)


def test_of_the_same_pictures_it_is_the_same_store(corpus, home, found, tmp_path, no_model):
    prepare(corpus, tmp_path / "there", found=found)
    there = Store.open(tmp_path / "there")
    assert_same(home, there)
    assert set(home.frames["status"]) == {"ok", "no face", "truncated image"}
    assert there.record["content"] == home.record["content"]
    said = f"found in the pictures {home.record['content']}: {key_of(found)}"
    assert there.record["source"] == {**home.record["source"], "landmarks": said}
    assert "landmarks" not in home.record["source"]


def test_again_with_the_same_landmarks_does_nothing(corpus, found, tmp_path, no_model):
    prepare(corpus, tmp_path / "there", found=found)
    before = stamps(tmp_path / "there")
    prepare(corpus, tmp_path / "there", found=found)
    assert stamps(tmp_path / "there") == before


def test_without_them_a_store_that_has_them_is_made_anew(corpus, home, found, tmp_path, capsys):
    prepare(corpus, tmp_path / "store")
    prepare(corpus, tmp_path / "store", found=found)
    assert "anew: landmarks None -> 'found in the pictures" in capsys.readouterr().err


def test_other_landmarks_make_another_store(corpus, home, found, tmp_path):
    moved = type(found)(**{**vars(found), "points": found.points + 3})
    prepare(corpus, tmp_path / "there", found=moved)
    there = Store.open(tmp_path / "there")
    assert (there.landmarks == home.landmarks + 3).all()
    assert there.record["source"]["landmarks"].endswith(key_of(moved))


def test_a_picture_that_is_not_among_them_is_refused_by_name(corpus, found, tmp_path):
    lines = [line for line, name in enumerate(found.source) if name != "M002/T1/0003.jpg"]
    named = ("source", "status", "detail", "score", "box", "points")
    fewer = type(found)(*(getattr(found, name)[lines] for name in named), content=found.content)
    with pytest.raises(ValueError, match=r"M002/T1/0003\.jpg: expected landmarks that were found"):
        prepare(corpus, tmp_path / "there", found=fewer)
    assert not (tmp_path / "there" / "store.json").exists()


def test_of_several_faces_the_one_that_was_taken_travels(make_corpus, tmp_path):
    root = make_corpus({"F001_T1": 3, "M002_T1": 3})
    path = root / "F001/T1/0003.jpg"
    picture = Image.open(path)
    two = Image.new("RGB", (512, 256))
    for left in (0, 256):
        two.paste(picture, (left, 0))
    two.save(path, quality=95)
    prepare(root, tmp_path / "home")
    home = Store.open(tmp_path / "home")
    assert home.frames["n_faces"].max() == 2, "the detector sees both"
    write_found(home, tmp_path / "found.npz")
    prepare(root, tmp_path / "there", found=read_found(tmp_path / "found.npz"))
    there = Store.open(tmp_path / "there")
    assert there.frames["n_faces"].max() == 1
    same = home.frames.columns.drop(["n_faces", "taken_by"])
    pd.testing.assert_frame_equal(there.frames[same], home.frames[same])
    assert (there.landmarks == home.landmarks).all()
    assert (there.patch("mouth") == home.patch("mouth")).all()


def test_a_corpus_whose_landmarks_lie_in_the_results_is_prepared_with_them(
    results, corpus, home, no_model
):
    """As ``bash run`` leaves them; here of a folder that a variable names."""
    of = Corpus(name="bp4d", root=corpus)
    write_found(home, found_path(corpus_dir(of)))
    store = prepared(of, Preprocessing(), workers=1, progress=False)
    record = json.loads((store / "store.json").read_text())
    assert record["source"]["landmarks"].startswith("found in the pictures")
    assert_same(Store.open(store), home)
