"""Landmarks on their way to a machine without a model, by the name of their picture."""

import numpy as np
import pandas as pd
import pytest

from dsin_lib.data.found import key_of, read_found, write_found
from dsin_lib.data.store import BOX_COLUMNS, Store


@pytest.fixture
def store(tmp_path):
    """Nine pictures, two without a face, and a frame without a picture."""
    rng, n = np.random.default_rng(0), 10
    ok = ~np.isin(np.arange(n), [2, 5, 9])
    frames = pd.DataFrame({"source": [f"F001/T1/{k:04d}.jpg" for k in range(n - 1)] + [None]})
    frames["status"] = np.where(ok, "ok", ["no face"] * 9 + ["no image"])
    frames["detail"] = np.where(ok, "", "as the first pass said")
    frames["row"] = pd.Series(np.cumsum(ok) - 1, dtype="Int64").where(ok)
    frames["score"] = pd.Series(rng.random(n), dtype="Float32").where(ok)
    for name in BOX_COLUMNS:
        frames[name] = pd.Series(rng.integers(0, 256, n), dtype="Int32").where(ok)
    (tmp_path / "store").mkdir()
    points = rng.integers(0, 256, (ok.sum(), 68, 2)).astype(np.float32)
    np.save(tmp_path / "store" / "landmarks.npy", points)
    return Store(tmp_path / "store", {"content": "0123456789abcdef"}, frames)


def test_what_was_found_comes_back(store, tmp_path):
    path = tmp_path / "found" / "corpus.npz"
    write_found(store, path)
    found, frames = read_found(path), store.frames[:9]
    ok = frames["status"] == "ok"
    for name in ("source", "status", "detail"):
        assert getattr(found, name).tolist() == frames[name].tolist()
    assert np.array_equal(found.points[ok], store.landmarks) and found.points.dtype == np.int16
    assert np.array_equal(found.box[ok], frames.loc[ok, list(BOX_COLUMNS)].to_numpy(int))
    np.testing.assert_array_equal(
        found.score, frames["score"].to_numpy(np.float32, na_value=np.nan)
    )
    assert found.content == store.record["content"] and list(path.parent.iterdir()) == [path]


def test_some_pictures_of_it_are_found_by_name_in_any_order(store, tmp_path):
    write_found(store, tmp_path / "corpus.npz")
    found = read_found(tmp_path / "corpus.npz")
    lines = [7, 0, 3]
    some = found.of([str(found.source[line]) for line in lines])
    for name in ("points", "score", "box", "status"):
        np.testing.assert_array_equal(getattr(some, name), getattr(found, name)[lines])
    assert some.content == found.content


def test_a_picture_that_is_not_among_them_is_refused_by_name(store, tmp_path):
    write_found(store, tmp_path / "corpus.npz")
    found = read_found(tmp_path / "corpus.npz")
    with pytest.raises(ValueError, match=r"F001/T1/9999\.jpg: expected landmarks"):
        found.of([str(found.source[0]), "F001/T1/9999.jpg"])


class Moved(Store):
    @property
    def landmarks(self):
        return super().landmarks + np.float32(0.25)


def test_landmarks_between_pixels_stay_between_them(store, tmp_path):
    moved = Moved(store.root, store.record, store.frames)
    write_found(moved, tmp_path / "corpus.npz")
    points = read_found(tmp_path / "corpus.npz").points
    assert np.array_equal(points[store.frames["row"].notna()[:9]], moved.landmarks)


def test_the_key_changes_with_the_landmarks_and_with_the_pictures(store, tmp_path):
    write_found(store, tmp_path / "corpus.npz")
    found = read_found(tmp_path / "corpus.npz")
    key = key_of(found)
    assert key == key_of(read_found(tmp_path / "corpus.npz"))
    for name, value in {
        "points": found.points + 1,
        "content": "other",
        "box": found.box + 1,
    }.items():
        changed = type(found)(**{**vars(found), name: value})
        assert (key_of(changed) == key) is False, name
    assert key_of(None) is None


def test_without_a_file_there_are_none_and_a_damaged_one_is_named(store, tmp_path):
    path = tmp_path / "corpus.npz"
    assert read_found(path) is None
    write_found(store, path)
    data = path.read_bytes()
    middle = len(data) // 2
    for spoilt in (
        b"",
        b"no archive",
        data[:middle],
        data[:middle] + b"\x00" * 9 + data[middle + 9 :],
    ):
        path.write_bytes(spoilt)
        with pytest.raises(ValueError, match=r"corpus\.npz: expected landmarks found elsewhere"):
            read_found(path)


def test_frames_of_videos_are_refused(store, tmp_path):
    frames = store.frames.assign(video_index=pd.array([0] * len(store.frames), dtype="Int64"))
    other = Store(store.root, store.record, frames)
    with pytest.raises(ValueError, match="expected image files, got videos"):
        write_found(other, tmp_path / "corpus.npz")
    assert not (tmp_path / "corpus.npz").exists()
