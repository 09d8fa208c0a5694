from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from stores import arrays, assert_same, stamps

from data_prep.prepare import prepare as prepare_with_workers
from dsin_lib.config import Preprocessing
from dsin_lib.data.account import Account
from dsin_lib.data.store import ACCOUNT, FILES, RECORD, Store
from dsin_lib.faces.align import anchors_of
from dsin_lib.faces.patches import window
from dsin_lib.shapes import PATCHES

PROJECT = Path(__file__).resolve().parents[2]
prepare = partial(prepare_with_workers, workers=1, progress=False)


def status_of(store: Store, subject: str, frame: int) -> tuple[str, str]:
    row = store.frames.query("subject == @subject and frame == @frame").iloc[0]
    assert pd.isna(row["row"]) == (row["status"] != "ok")
    return row["status"], row["detail"]


def test_a_corpus_becomes_a_store(make_corpus, tmp_path, capsys):
    prepare(make_corpus(), tmp_path / "store")
    store = Store.open(tmp_path / "store")
    assert (store.frames["status"] == "ok").all() and len(store.frames) == 8
    assert store.frames["row"].tolist() == list(range(8))
    assert store.frames["neutral"].tolist() == [True, False] * 4
    shapes = {name: store.patch(name).shape for name in PATCHES}
    assert shapes == {**dict.fromkeys(PATCHES, (8, 56, 56, 3)), "face": (8, 224, 224, 3)}
    assert all(store.patch(name).dtype == np.uint8 for name in PATCHES)
    assert store.anchor_record["neutral_frames"] == {"F001": 2, "M002": 2}
    assert store.record["counts"] == {"frames": 8, "ok": 8}
    assert sorted(path.name for path in store.root.iterdir()) == sorted([*FILES, RECORD])
    assert "8 frames: 8 ok" in capsys.readouterr().err


def test_every_face_lies_on_the_anchors_whatever_its_pose(make_corpus, tmp_path):
    """One person in eight poses: eyes and mouth to a pixel and a half, pictures alike."""
    prepare(make_corpus(), tmp_path / "store")
    store = Store.open(tmp_path / "store")
    for points in store.aligned_landmarks:
        assert np.abs(anchors_of(points) - store.anchors).max() < 1.5
    faces = store.patch("face").astype(float)[:, 50:170, 50:170]
    assert np.abs(faces - faces.mean(0)).mean() < 8
    raw = store.landmarks.astype(float)
    assert (
        np.abs(raw - raw.mean(0)).mean()
        > 5 * np.abs(store.aligned_landmarks - store.aligned_landmarks.mean(0)).mean()
    )


def test_patches_are_cut_from_the_aligned_face(make_corpus, tmp_path):
    prepare(make_corpus({"F001_T1": 2}), tmp_path / "store", Preprocessing(patch_crop="fixed"))
    store = Store.open(tmp_path / "store")
    for row in range(2):
        points = np.array(store.aligned_landmarks[row])
        for name in PATCHES[:-1]:
            x, y, _ = window(points, name, patch_crop="fixed")
            left, top = int(x - 27.5), int(y - 27.5)
            cut = store.patch("face")[row, top : top + 56, left : left + 56]
            assert np.array_equal(store.patch(name)[row], cut)


def test_any_layout_gives_the_same_pixels(make_corpus, tmp_path):
    sequences = {"F001_T1": 3}
    stores = []
    for name, padding in (("three", 3), ("five", 5)):
        prepare(
            make_corpus(sequences, name=name, padding=padding, suffix=".png"), tmp_path / f"{name}_"
        )
        stores.append(Store.open(tmp_path / f"{name}_"))
    three, five = (arrays(store) for store in stores)
    assert all(np.array_equal(three[name], five[name]) for name in three)


@pytest.fixture
def damaged(make_corpus) -> Path:
    """A corpus with one frame of each kind of trouble."""
    root = make_corpus({"F001_T1": 4, "M002_T1": 5})
    folder = root / "F001" / "T1"
    whole = (folder / "0001.jpg").read_bytes()
    (folder / "0001.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "0002.jpg").write_text("<html>404 not found</html>")
    (folder / "0003.jpg").write_bytes(b"")
    (folder / "0009.jpg").write_bytes(whole)  # no label
    folder = root / "M002" / "T1"
    (folder / "0002.jpg").unlink()
    Image.new("RGB", (256, 256), "grey").save(folder / "0004.jpg")
    (root / "AUCoding/AU_OCC/F001_T1 (1).csv").write_text("")
    return root


def test_every_failed_frame_is_listed_with_its_reason(damaged, tmp_path, capsys):
    prepare(damaged, tmp_path / "store")
    store = Store.open(tmp_path / "store")
    expected = {
        ("F001", 1): ("truncated image", "F001/T1/0001.jpg"),
        ("F001", 2): ("unreadable image", "F001/T1/0002.jpg"),
        ("F001", 3): ("unreadable image", "F001/T1/0003.jpg"),
        ("F001", 9): ("no label", ""),
        ("M002", 2): ("no image", ""),
        ("M002", 4): ("no face", "M002/T1/0004.jpg"),
    }
    for key, (status, path) in expected.items():
        found, detail = status_of(store, *key)
        assert found == status and path in detail
    ok = store.frames.query("status == 'ok'")
    assert len(store.frames) == 10 and len(ok) == 4
    assert ok["row"].tolist() == [0, 1, 2, 3] and len(store.patch("face")) == 4
    printed = capsys.readouterr().err
    assert "10 frames: 4 ok, 2 unreadable image, " in printed
    assert "F001/T1/0001.jpg" in printed

    assert store.account == Account.read(store.root / ACCOUNT)
    assert store.account.items == (
        ("subjects", "", "", 2),
        ("sequences", "", "", 2),
        ("frames", "", "", 4),
        ("no image", "M002 T1", "frame 2", 1),
        ("unreadable image", "F001 T1", "frame 2 to 3", 2),
        ("truncated image", "F001 T1", "frame 1", 1),
        ("no face", "M002 T1", "frame 4", 1),
        ("unmatched", "AUCoding/AU_OCC/F001_T1 (1).csv", "", 1),
        ("no label", "F001 T1", "frame 9", 1),
        ("no neutral frame", "F001", "", 1),
    )
    assert "left out: pictures in which no face was found: 1\n  M002 T1: frame 4\n" in printed
    assert printed.endswith(f"account {store.account.digest}: something was left out\n")


def test_code_9_stays_missing(make_corpus, write_labels, tmp_path):
    root = make_corpus({"F001_T1": 3})
    write_labels(root, "F001_T1", {1: [0] * 12, 2: [0] * 11 + [9], 3: [9] * 12})
    prepare(root, tmp_path / "store")
    frames = Store.open(tmp_path / "store").frames
    assert frames["AU24"].isna().tolist() == [False, True, True]
    assert frames["status"].tolist() == ["ok", "ok", "no label"]
    assert frames["neutral"].tolist() == [True, False, False]


def test_a_long_account_is_cut_where_it_is_printed_and_says_where_it_is_whole(
    make_corpus, tmp_path, capsys
):
    root = make_corpus({"F001_T1": 1})
    for n in range(12):
        (root / f"F001/T1/note {n:02d}.txt").touch()
    prepare(root, tmp_path / "store")
    printed = capsys.readouterr().err
    assert "note 09.txt\n  ... and 2 more\n" in printed and "note 10.txt" not in printed
    assert f"the whole account: {tmp_path / 'store' / ACCOUNT}\n" in printed
    assert len(Store.open(tmp_path / "store").account.of("left out")) == 12


def test_a_link_to_nothing_is_an_unreadable_frame_and_the_rest_goes_on(make_corpus, tmp_path):
    root = make_corpus({"F001_T1": 3})
    (root / "F001/T1/0002.jpg").unlink()
    (root / "F001/T1/0002.jpg").symlink_to("gone.jpg")
    prepare(root, tmp_path / "store")
    store = Store.open(tmp_path / "store")
    assert store.frames["status"].tolist() == ["ok", "unreadable image", "ok"]
    assert store.account.of("left out") == [("unreadable image", "F001 T1", "frame 2", 1)]
    made = stamps(store.root)
    prepare(root, store.root)
    assert stamps(store.root) == made, "again does nothing"


def test_the_working_directory_does_not_matter(make_corpus, tmp_path, monkeypatch):
    root = make_corpus({"F001_T1": 2})
    prepare(root, tmp_path / "store")
    monkeypatch.chdir(tmp_path)
    prepare(Path(root.name), Path("elsewhere"))
    assert_same(Store.open(tmp_path / "store"), Store.open(tmp_path / "elsewhere"))
