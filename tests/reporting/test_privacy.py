"""No pixel of a licensed subject is drawn unless the user lists the subject."""

import json
import re
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from matplotlib import pyplot as plt

from dsin_lib.config import changed
from dsin_lib.data.store import Store
from dsin_lib.config.places import store_dir
from dsin_lib.reporting import faces
from dsin_lib.reporting.privacy import INK, PAPER, may_show, publishable
from dsin_lib.shapes import PATCHES

ROOT = Path(__file__).parents[2]
rng = np.random.default_rng(0)
IMAGE = rng.integers(0, 256, (256, 256, 3), dtype=np.uint8)
POINTS = rng.uniform(20, 230, (68, 2)).astype(np.float32)


@pytest.fixture
def licensed(tiny):
    return changed(tiny, {"corpus.name": "bp4d", "reporting.publishable_subjects": ["F001"]})


def test_an_open_corpus_may_be_shown(tiny):
    assert publishable(tiny, "M003")
    assert may_show(tiny, "M003", IMAGE, POINTS) is IMAGE


@pytest.mark.parametrize("name", ["bp4d", "bp4d_plus", "disfa"])
def test_every_licensed_corpus_is_guarded(tiny, name):
    config = changed(tiny, {"corpus.name": name})
    assert not publishable(config, "F001") and may_show(config, "F001", IMAGE, POINTS) is not IMAGE


def test_a_licensed_subject_is_landmarks_only_unless_listed(licensed):
    assert may_show(licensed, "F001", IMAGE, POINTS) is IMAGE
    drawn = may_show(licensed, "M003", IMAGE, POINTS)
    assert drawn.shape == IMAGE.shape
    assert drawn.min() >= min(INK) and drawn.max() == PAPER
    assert (drawn[..., 0] == drawn[..., 1]).all() and (drawn[..., 1] == drawn[..., 2]).all()
    other = may_show(licensed, "M003", 255 - IMAGE, POINTS)
    np.testing.assert_array_equal(drawn, other)


@pytest.fixture
def worlds(own, tmp_path):
    """Two licensed corpora with videos that differ in every pixel and in nothing else."""
    made, first = [], store_dir(own)
    count = len(Store.open(first).frames)
    for name in ("landmarks", "aligned_landmarks"):
        np.save(first / f"{name}.npy", np.tile(POINTS * 0.8, (count, 1, 1)))
    for name, image in (("one", IMAGE // 2), ("other", 255 - IMAGE // 2)):
        store = Path(shutil.copytree(first, tmp_path / name / "store"))
        for patch in PATCHES if name == "other" else ():
            np.save(store / f"{patch}.npy", 255 - np.load(store / f"{patch}.npy"))
        video = tmp_path / name / "a.avi"
        writer = cv2.VideoWriter(str(video), cv2.VideoWriter_fourcc(*"MJPG"), 20, (256, 256))
        for _ in range(3):
            writer.write(image)
        writer.release()
        opened = Store.open(store)
        box = dict.fromkeys(("box_left", "box_top"), 20) | dict.fromkeys(
            ("box_right", "box_bottom"), 200
        )
        opened.frames[["source", "video_index"]] = "a.avi", 1
        opened.frames[list(box)] = list(box.values())
        root = {"corpus.name": "disfa", "corpus.root": str(video.parent)}
        made.append((changed(own, root), opened))
    return made


FIGURES = {
    "chain": lambda config, store, some: faces.frame_chain(config, store, some.iloc[0]),
    "sheet": lambda config, store, some: faces.sheet(config, store, some),
    "strip": lambda config, store, some: faces.patch_strip(config, store, some),
    "mean": lambda config, store, some: faces.mean_patches(config, store, n=20),
}


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
def test_figures_of_licensed_subjects_do_not_depend_on_their_pixels(worlds, draw):
    drawn = {}
    for listed in ((), tuple(worlds[0][1].frames["subject"].unique())):
        for config, store in worlds:
            may = changed(config, {"reporting.publishable_subjects": listed})
            figure = draw(may, store, store.frames.iloc[[0, 30]])
            figure.canvas.draw()
            drawn.setdefault(bool(listed), []).append(np.array(figure.canvas.buffer_rgba()))
            plt.close(figure)
    np.testing.assert_array_equal(*drawn[False])
    assert (drawn[True][0] != drawn[True][1]).any(), "and the figure is one of pixels"


def test_nothing_else_of_the_book_opens_a_picture_of_the_corpus():
    """The guard is in one file; a chapter or a figure elsewhere that reads pixels goes round it."""
    reads = re.compile(
        r"read_image|read_video_frame|imread|Image\.open|read_picture|\.patch\((?![^)]*\)\.shape)"
    )
    code = {path: path.read_text() for path in (ROOT / "dsin_lib/reporting").glob("*.py")}
    for path in (ROOT / "book").glob("*.ipynb"):
        cells = json.loads(path.read_text())["cells"]
        code[path] = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")
    found = {path.name: reads.findall(text) for path, text in code.items() if reads.search(text)}
    assert set(found) == {"faces.py"}, found
