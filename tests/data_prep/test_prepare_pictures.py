"""What happens to single pictures on the way to a store: strangers, gone files, dropped frames."""

from functools import partial
from pathlib import Path

import avi
import cv2
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from data_prep import parts
from data_prep.anchors import reference_anchors
from data_prep.chunks import run_chunks
from data_prep.landmark_pass import Landmarks, find_landmarks
from data_prep.patch_pass import cut_patches
from data_prep.prepare import prepare as prepare_with_workers
from dsin_lib.config import Preprocessing
from dsin_lib.data.readers import read_corpus, read_disfa
from dsin_lib.data.store import LANDMARKS, Store
from dsin_lib.faces.stills import ImageError
from dsin_lib.facs import DISFA_AUS
from dsin_lib.shapes import PATCHES

prepare = partial(prepare_with_workers, workers=1, progress=False)
run = partial(run_chunks, progress=False)


def first_pass(root: Path, frames: pd.DataFrame, parts: Path) -> Landmarks:
    return find_landmarks(root, frames, parts, {"state": "as it is"}, 0, run)


def second_pass(root: Path, found: Landmarks, parts: Path) -> Path:
    anchors = reference_anchors(found.table, found.points)["anchors"]
    return cut_patches(root, found, anchors, parts, Preprocessing(), run)


@pytest.fixture
def company(make_corpus) -> tuple[Path, dict[str, list[int]]]:
    """Two sequences of 512 x 256 px; in some frames a larger head sits to the left or right."""
    root = make_corpus({"F001_T1": 5, "M002_T1": 3}, suffix=".png")
    visited = {"F001": [2, 3, 5], "M002": [1, 3]}
    for path in sorted(root.glob("*/T1/*.png")):
        portrait = np.asarray(Image.open(path))
        subject, frame = path.parts[-3], int(path.stem)
        room = np.full((256, 512, 3), 128, np.uint8)
        at, beside = ((256, 0), (0, 256))[subject == "F001"]
        room[:, at : at + 256] = portrait
        if frame in visited[subject]:
            larger = cv2.resize(portrait, None, fx=1.4, fy=1.4)[20:276, 50:306]
            room[:, beside : beside + 256] = larger[:, ::-1]
        Image.fromarray(room).save(path, compress_level=1)
    return root, visited


def test_the_subjects_patches_stand_under_its_labels(company, tmp_path, monkeypatch):
    """As without the stranger, whatever the chunks that cut through the sequences."""
    root, visited = company
    stores = {}
    for size in (64, 2):
        monkeypatch.setattr(parts, "CHUNK", size)
        prepare(root, tmp_path / f"in_{size}")
        stores[size] = Store.open(tmp_path / f"in_{size}")
    frames, points = stores[64].frames, stores[64].landmarks[:]
    with_guest = [f in visited[s] for s, f in zip(frames["subject"], frames["frame"], strict=True)]
    assert (frames["status"] == "ok").all()
    assert frames["n_faces"].tolist() == [1 + guest for guest in with_guest]
    assert frames["taken_by"].tolist() == ["nearest" if guest else "" for guest in with_guest]
    left = frames["subject"] == "F001"
    assert (points[left][..., 0] < 256).all() and (points[~left][..., 0] > 256).all()
    assert (frames["box_right"][left] < 260).all() and (frames["box_left"][~left] > 250).all()
    pd.testing.assert_frame_equal(stores[2].frames, frames)
    for name in LANDMARKS:
        assert np.array_equal(getattr(stores[2], name), getattr(stores[64], name))
    for name in PATCHES:
        assert np.array_equal(stores[2].patch(name), stores[64].patch(name)), name

    for path in root.glob("*/T1/*.png"):
        room = np.array(Image.open(path))
        at = 256 if path.parts[-3] == "F001" else 0
        room[:, at : at + 256] = 128
        Image.fromarray(room).save(path, compress_level=1)
    monkeypatch.undo()
    prepare(root, tmp_path / "alone")
    alone = Store.open(tmp_path / "alone")
    assert (alone.frames["n_faces"] == 1).all() and (alone.frames["taken_by"] == "").all()
    assert np.abs(alone.landmarks[:] - points).max() < 1.5
    for name in PATCHES:
        difference = np.abs(alone.patch(name)[:].astype(int) - stores[64].patch(name))
        assert difference.mean() < 2, name


def test_never_alone_it_says_that_the_largest_began(company, tmp_path):
    root, _ = company
    (root / "M002/T1/0002.png").unlink()
    found = first_pass(root, read_corpus(root), tmp_path / "parts").table
    own = found[(found["subject"] == "M002") & (found["status"] == "ok")]
    assert own["frame"].tolist() == [1, 3]
    assert own["taken_by"].tolist() == ["largest", "nearest"]
    assert (own["box_right"] < 260).all()  # the stranger is


def gone(path: Path) -> str:
    path.unlink()
    return "No such file"


def link_to_nothing(path: Path) -> str:
    path.unlink()
    path.symlink_to(path.with_name("nothing"))
    return "No such file"


def link_to_itself(path: Path) -> str:
    path.unlink()
    path.symlink_to(path)
    return "symbolic links"


def folder(path: Path) -> str:
    path.unlink()
    path.mkdir()
    return "expected a file, found a folder"


def another_picture(path: Path) -> str:
    Image.new("RGB", (256, 256), "grey").save(path)
    return "found another one"


def cut_off(path: Path) -> str:
    path.write_bytes(path.read_bytes()[:3000])
    return "found another one"


VANISHED = [gone, link_to_nothing, link_to_itself, folder]


@pytest.mark.parametrize("fault", VANISHED)
def test_a_picture_that_is_not_there_is_unreadable_and_the_rest_goes_on(
    make_corpus, tmp_path, fault
):
    root = make_corpus({"F001_T1": 3})
    frames = read_corpus(root)
    said = fault(root / "F001/T1/0002.jpg")
    found = first_pass(root, frames, tmp_path / "parts")
    assert found.table["status"].tolist() == ["ok", "unreadable image", "ok"]
    assert found.table["detail"][1].startswith("F001/T1/0002.jpg: ")
    assert said in found.table["detail"][1]
    building = second_pass(root, found, tmp_path / "parts")
    assert len(np.load(building / "face.npy")) == 2


@pytest.mark.parametrize("fault", [*VANISHED, another_picture, cut_off])
def test_a_picture_that_changes_between_the_passes_is_named_and_looked_at_again(
    make_corpus, tmp_path, fault
):
    """Its row is given out, and its landmarks are of another picture."""
    root, parts = make_corpus({"F001_T1": 3}), tmp_path / "parts"
    frames = read_corpus(root)
    found = first_pass(root, frames, parts)
    before = found.content
    said = fault(root / "F001/T1/0002.jpg")
    with pytest.raises(ImageError, match=rf"^F001/T1/0002\.jpg: .*{said}.*prepare again"):
        second_pass(root, found, parts)
    again = first_pass(root, frames, parts)
    assert again.table["status"].tolist()[::2] == ["ok", "ok"]
    assert again.table["status"][1] in {"unreadable image", "truncated image", "no face"}
    assert again.content != before
    assert len(np.load(second_pass(root, again, parts) / "face.npy")) == 2


def test_dropped_frames_are_listed_and_every_label_keeps_its_picture(
    tmp_path, monkeypatch, make_corpus
):
    """Numbered by where the head is: chunks begin before, at and behind the empty places."""
    monkeypatch.setattr(parts, "CHUNK", 4)
    root, n, empty = tmp_path / "disfa", 14, [0, 4, 7, 8]
    labels = root / "ActionUnit_Labels/SN001"
    labels.mkdir(parents=True)
    for unit in DISFA_AUS:
        lines = [f"{k},{3 if unit == 12 and k % 3 == 0 else 0}\n" for k in range(1, n + 1)]
        (labels / f"SN001_au{unit}.txt").write_text("".join(lines))
    video = root / "Videos_LeftCamera/LeftVideoSN001_comp.avi"
    video.parent.mkdir()
    head = np.asarray(Image.open(make_corpus({"F001_T1": 1}) / "F001/T1/0001.jpg"))[..., ::-1]
    writer = cv2.VideoWriter(str(video), cv2.VideoWriter_fourcc(*"MJPG"), 20, (320, 256))
    for k in range(n):
        move = np.array([[1.0, 0.0, 4 * k], [0.0, 1.0, 0.0]])
        writer.write(cv2.warpAffine(head, move, (320, 256), borderMode=cv2.BORDER_REPLICATE))
    writer.release()
    avi.drop(video, empty)

    prepare(root, tmp_path / "store", read=read_disfa)
    store = Store.open(tmp_path / "store")
    frames = store.frames
    dropped = frames[frames["status"] != "ok"]
    assert (dropped["frame"] - 1).tolist() == empty
    assert set(dropped["status"]) == {"dropped frame"}
    name = video.relative_to(root).as_posix()
    assert dropped["detail"].iloc[1].startswith(f"{name}, index 4: expected a frame, found its")
    assert store.record["counts"] == {"frames": n, "ok": n - 4, "dropped frame": 4}
    ok = frames[frames["status"] == "ok"]
    x = store.landmarks[:, :, 0].mean(axis=1)
    assert np.abs(np.diff(x) / 4 - np.diff(ok["frame"])).max() < 0.4
    assert ok["AU12_intensity"].tolist() == [3 if k % 3 == 0 else 0 for k in ok["frame"]]
