"""Videos become a store: label frame N is the video's frame of index N - 1, whatever is damaged."""

from functools import partial
from pathlib import Path

import cv2
import numpy as np
from PIL import Image
from skimage import data

from data_prep import parts
from data_prep.chunks import run_chunks
from data_prep.feature_pass import make_feature
from data_prep.prepare import prepare as prepare_with_workers
from dsin_lib.config import Preprocessing
from dsin_lib.data.beside import Feature
from dsin_lib.data.features import face_224
from dsin_lib.data.readers import read_disfa
from dsin_lib.data.store import Store
from dsin_lib.faces.videos import read_video_frame
from dsin_lib.facs import DISFA_AUS
from dsin_lib.shapes import PATCHES

prepare = partial(prepare_with_workers, workers=1, progress=False)


def portrait(k: int) -> np.ndarray:
    """The astronaut's head, 256 px, moved a little further by every ``k``."""
    move = np.array([[1.0, 0.0, k % 7 - 100], [0.0, 1.0, k % 5]])
    return cv2.warpAffine(data.astronaut(), move, (256, 256), borderMode=cv2.BORDER_REPLICATE)


def write_disfa(root: Path, lengths: dict[str, tuple[int, int]]) -> list[Path]:
    """Labels and videos of a moving head, so many of each; every second frame has AU12 at 3."""
    videos = []
    for subject, (labelled, filmed) in lengths.items():
        folder = root / "ActionUnit_Labels" / subject
        folder.mkdir(parents=True)
        for unit in DISFA_AUS:
            levels = [3 if unit == 12 and n % 2 == 0 else 0 for n in range(1, labelled + 1)]
            lines = [f"{n},{level}\n" for n, level in enumerate(levels, 1)]
            (folder / f"{subject}_au{unit}.txt").write_text("".join(lines))
        videos.append(root / f"Videos_LeftCamera/LeftVideo{subject}_comp.avi")
        videos[-1].parent.mkdir(exist_ok=True)
        codec = cv2.VideoWriter_fourcc(*"MJPG")
        writer = cv2.VideoWriter(str(videos[-1]), codec, 20, (256, 256))
        for k in range(filmed):
            writer.write(cv2.cvtColor(portrait(k), cv2.COLOR_RGB2BGR))
        writer.release()
    return videos


def test_videos_become_a_store(tmp_path, monkeypatch):
    """Chunks that begin inside a video; a short one, one cut off, one with a damaged frame."""
    monkeypatch.setattr(parts, "CHUNK", 5)
    root = tmp_path / "disfa"
    lengths = {"SN001": (13, 12), "SN002": (12, 12), "SN003": (12, 12)}
    _, early, damaged = write_disfa(root, lengths)
    content = early.read_bytes()
    early.write_bytes(content[: nth_jpeg(content, 9)])
    content = bytearray(damaged.read_bytes())
    start, end = nth_jpeg(content, 4), nth_jpeg(content, 5) - 8
    content[start:end] = bytes(end - start)
    damaged.write_bytes(content)

    prepare(root, tmp_path / "store", read=read_disfa)
    store = Store.open(tmp_path / "store")
    frames = store.frames
    failed = frames[frames["status"] != "ok"].set_index(["subject", "frame"])
    assert failed["status"].to_dict() == {
        ("SN001", 13): "no image",
        **{("SN002", frame): "unreadable image" for frame in (10, 11, 12)},
        ("SN003", 5): "unreadable image",
    }
    name = early.relative_to(root).as_posix()
    assert failed.loc[("SN002", 10), "detail"].startswith(f"{name}, index 9: expected a frame")
    assert len(store.patch("face")) == 37 - 5
    assert store.record["source"]["corpus"] == "disfa"

    ok = frames[frames["status"] == "ok"]
    assert ok["AU12_intensity"].tolist() == [0 if n % 2 else 3 for n in ok["frame"]]
    heads = store.landmarks[:].mean(1) - store.landmarks[0].mean(0)
    for head, n in zip(heads, ok["frame"], strict=True):  # label n is of the video's frame n - 1
        assert np.abs(head - [(n - 1) % 7, (n - 1) % 5]).max() < 1.0, n

    prepare(root, tmp_path / "small", Preprocessing(face_px=112), read=read_disfa)
    small, whole_face = Store.open(tmp_path / "small"), Feature(face_224.make)
    make_feature(root, small, whole_face, partial(run_chunks, progress=False))
    assert np.array_equal(whole_face.of(small), store.patch("face")), "as of the damaged videos"


def test_a_video_that_is_gone_and_the_rest_goes_on(tmp_path):
    root = tmp_path / "disfa"
    gone, _ = write_disfa(root, {"SN001": (2, 2), "SN002": (2, 2)})
    gone.unlink()
    gone.symlink_to("gone.avi")
    prepare(root, tmp_path / "store", read=read_disfa)
    store = Store.open(tmp_path / "store")
    assert store.frames["status"].tolist() == ["unreadable image"] * 2 + ["ok"] * 2
    left_out = [("unreadable image", "SN001 left", "frame 1 to 2", 2)]
    assert store.account.of("left out") == left_out


def nth_jpeg(data: bytes, n: int) -> int:
    """Where the n-th (from 0) picture of an MJPG video begins."""
    at = -1
    for _ in range(n + 1):
        at = data.find(b"\xff\xd8", at + 1)
    return at


def test_a_video_and_its_extracted_frames_give_the_same_pixels(tmp_path):
    root = tmp_path / "disfa"
    (video,) = write_disfa(root, {"SN001": (4, 4)})
    (root / "frames/SN001").mkdir(parents=True)
    for index in range(4):
        image = Image.fromarray(read_video_frame(video, index))
        image.save(root / f"frames/SN001/{index}.png")
    stores = {"filmed": {}, "extracted": {"images": "frames", "first_image": 0}}
    for name, chosen in stores.items():
        prepare(root, tmp_path / name, read=partial(read_disfa, **chosen))
    filmed, extracted = (Store.open(tmp_path / name) for name in stores)
    assert (filmed.frames["status"] == "ok").all() and len(filmed.frames) == 4
    assert filmed.frames["video_index"].tolist() == [0, 1, 2, 3]
    for name in PATCHES:
        assert np.array_equal(filmed.patch(name), extracted.patch(name)), name
    assert np.array_equal(filmed.anchors, extracted.anchors)
    made = (filmed.root / "store.json").stat().st_mtime_ns
    prepare(root, filmed.root, read=read_disfa)
    assert (filmed.root / "store.json").stat().st_mtime_ns == made, "again does nothing"
