import json

import numpy as np
import pandas as pd
import pytest

from dsin_lib.data.account import Account, Item
from dsin_lib.data.store import (
    ACCOUNT,
    ANCHORS,
    FILES,
    FRAMES,
    LANDMARKS,
    RECORD,
    Store,
    StoreError,
    publish,
)
from dsin_lib.shapes import PATCHES


@pytest.fixture
def building(tmp_path):
    """A finished, unpublished store of two frames of which one has no face."""
    folder = tmp_path / "building"
    folder.mkdir()
    frames = pd.DataFrame({"frame": [1, 2], "status": ["no face", "ok"], "neutral": [True, True]})
    frames["row"] = pd.array([None, 0], dtype="Int64")
    frames.to_parquet(folder / FRAMES)
    for i, name in enumerate(PATCHES):
        np.save(folder / f"{name}.npy", np.full((1, 56, 56, 3), i, np.uint8))
    for name in LANDMARKS:
        np.save(folder / f"{name}.npy", np.zeros((1, 68, 2), np.float32))
    (folder / ANCHORS).write_text(json.dumps({"anchors": [[1, 2], [3, 4], [5, 6]], "notes": []}))
    (folder / ACCOUNT).write_text(Account((Item("no face", "F001 T1", "frame 1", 1),)).to_json())
    return folder


@pytest.fixture
def root(tmp_path, building):
    folder = tmp_path / "store"
    folder.mkdir()
    publish(building, folder, {"parameters": {"face_px": 56}})
    return folder


def test_what_was_published_is_opened(root):
    store = Store.open(root)
    assert store.record["parameters"] == {"face_px": 56}
    assert store.frames["status"].tolist() == ["no face", "ok"]
    assert store.frames["row"].isna().tolist() == [True, False]
    assert store.anchors.tolist() == [[1, 2], [3, 4], [5, 6]]
    assert store.account.items == (("no face", "F001 T1", "frame 1", 1),)
    assert store.account.path == root / ACCOUNT and not store.account.clean
    assert store.landmarks.shape == store.aligned_landmarks.shape == (1, 68, 2)


@pytest.mark.parametrize(
    ("active_from", "active"), [(1, [0, 1, 1]), (2, [0, 0, 1]), (4, [0, 0, 0])]
)
def test_labels_follow_the_threshold_where_intensities_are_kept(building, active_from, active):
    frames = pd.DataFrame({"frame": [1, 2, 3, 4], "status": "no face", "neutral": False})
    frames["AU12"] = pd.array([1, 0, 1, None], dtype="Int8")  # as no threshold would have it
    frames["AU04"] = pd.array([1, 0, 1, None], dtype="Int8")
    frames["AU12_intensity"] = pd.array([0, 1, 3, None], dtype="Int8")
    frames["row"] = pd.array([None, 0, None, None], dtype="Int64")
    frames.to_parquet(building / FRAMES)
    root = building.with_name("levels")
    root.mkdir()
    publish(building, root, {})
    found = Store.open(root, active_from).frames
    assert found["AU12"].tolist()[:3] == active and found["AU12"].isna().tolist()[3]
    assert found["AU04"].tolist()[:3] == [1, 0, 1], "a unit without intensities keeps its label"
    assert found["AU12_intensity"].tolist()[:3] == [0, 1, 3]


@pytest.mark.parametrize("wrong", [0, 6])
def test_a_threshold_out_of_range_is_refused(root, wrong):
    with pytest.raises(ValueError, match=rf"active_from: expected an intensity .* found {wrong}"):
        Store.open(root, wrong)


def test_patches_are_mapped_and_read_only(root):
    store = Store.open(root)
    for i, name in enumerate(PATCHES):
        patch = store.patch(name)
        assert isinstance(patch, np.memmap) and (patch == i).all()
        with pytest.raises(ValueError, match="read-only"):
            patch[0, 0, 0, 0] = 1


def test_another_patch_is_refused_with_the_allowed(root):
    with pytest.raises(KeyError, match=r"right_cheek.*'left_cheek'"):
        Store.open(root).patch("left_cheek")


@pytest.mark.parametrize("name", [*FILES, RECORD])
def test_an_incomplete_store_is_refused_naming_the_file(root, name):
    (root / name).unlink()
    with pytest.raises(StoreError, match=name):
        Store.open(root)


@pytest.mark.parametrize("name", ["mouth.npy", "landmarks.npy", "frames.parquet"])
@pytest.mark.parametrize("kept", [0, 50, 150])
def test_a_cut_file_is_refused_naming_it(root, name, kept):
    path = root / name
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(StoreError, match=name):
        Store.open(root)


def test_an_array_of_another_length_is_refused(root):
    np.save(root / "nose.npy", np.zeros((2, 56, 56, 3), np.uint8))
    with pytest.raises(StoreError, match=r"nose\.npy: expected 1 rows.*found 2"):
        Store.open(root)


@pytest.mark.parametrize("text", ["", "[]", '{"format": 0}', '{"format": 999}', "{}"])
def test_another_record_is_refused(root, text):
    (root / RECORD).write_text(text)
    with pytest.raises(StoreError, match=r"store\.json"):
        Store.open(root)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"items": [1], "digest": ""}'])
def test_another_account_is_refused(root, text):
    (root / ACCOUNT).write_text(text)
    with pytest.raises(StoreError, match=r"account\.json: expected a whole account"):
        _ = Store.open(root).account


def test_a_folder_that_is_no_store(tmp_path):
    with pytest.raises(StoreError, match=r"store\.json"):
        Store.open(tmp_path)


def test_publishing_half_a_store_leaves_none(tmp_path, root, building):
    """The old store ends before its first file is replaced, and the new one never begins."""
    with pytest.raises(FileNotFoundError):
        publish(building, root, {})
    with pytest.raises(StoreError):
        Store.open(root)
