"""A gallery shows what may be shown, whole or cut, and landmarks in place of all else."""

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from matplotlib import pyplot as plt
from told import gallery_of

from dsin_lib.config import Corpus, changed
from dsin_lib.config.places import corpus_dir, store_dir
from dsin_lib.data.store import Store
from dsin_lib.reporting.page import faces
from dsin_lib.reporting.page.faces import Gallery
from dsin_lib.reporting.page.privacy import as_landmarks
from dsin_lib.shapes import PATCHES

rng = np.random.default_rng(0)
IMAGE = rng.integers(0, 256, (256, 256, 3), dtype=np.uint8)
POINTS = rng.uniform(20, 230, (68, 2)).astype(np.float32)


def test_a_profile_s_gallery_is_of_the_corpus_that_is_asked_for(tiny):
    profile = changed(tiny, {"reporting.publishable_subjects": ["F001"]})
    for place, corpus in tiny.corpora:
        gallery = gallery_of(profile, place)
        assert (gallery.corpus, gallery.preprocessing) == (corpus, tiny.preprocessing)
        assert gallery.listed == ("F001",)
        assert gallery.store.root == store_dir(corpus, tiny.preprocessing)
        assert set(corpus.aus) <= set(gallery.store.frames)
    assert gallery_of(tiny).corpus == tiny.corpora.table_3


def test_an_open_corpus_is_shown_as_it_is(own):
    gallery = gallery_of(own)
    frame = gallery.store.frames.iloc[0].copy()
    frame["source"] = "a.png"
    path = corpus_dir(own.corpora.table_3) / frame["source"]
    path.parent.mkdir(parents=True)
    cv2.imwrite(str(path), IMAGE[..., ::-1])
    assert gallery.may_show(frame["subject"])
    np.testing.assert_array_equal(gallery.image(frame), IMAGE)
    for name in PATCHES:
        np.testing.assert_array_equal(gallery.patch(frame, name), gallery.store.patch(name)[0])


@pytest.fixture
def worlds(own, tmp_path):
    """Two licensed corpora with videos that differ in every pixel and in nothing else."""
    made, first = [], gallery_of(own).store.root
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
        made.append((opened, Corpus(name="disfa", root=video.parent), own.preprocessing))
    return made


def test_a_licensed_subject_is_landmarks_only_unless_listed(worlds):
    for store, *how in worlds:
        frame = store.frames.iloc[30]
        hidden, listed = Gallery(store, *how), Gallery(store, *how, (frame["subject"],))
        shown = listed.image(frame)
        drawn = as_landmarks(shown, store.landmarks[30])
        np.testing.assert_array_equal(hidden.image(frame), drawn)
        assert (shown != drawn).any()
        other = store.frames.iloc[0]
        assert other["subject"] != frame["subject"] and not listed.may_show(other["subject"])


FIGURES = {
    "chain": lambda gallery, some: faces.frame_chain(gallery, some.iloc[0]),
    "sheet": faces.sheet,
    "strip": faces.patch_strip,
    "mean": lambda gallery, some: faces.mean_patches(gallery, n=20),
}


@pytest.mark.parametrize("draw", FIGURES.values(), ids=FIGURES)
def test_figures_of_licensed_subjects_do_not_depend_on_their_pixels(worlds, draw):
    drawn = {}
    for listed in ((), tuple(worlds[0][0].frames["subject"].unique())):
        for store, *how in worlds:
            figure = draw(Gallery(store, *how, listed), store.frames.iloc[[0, 30]])
            figure.canvas.draw()
            drawn.setdefault(bool(listed), []).append(np.array(figure.canvas.buffer_rgba()))
            plt.close(figure)
    np.testing.assert_array_equal(*drawn[False])
    assert (drawn[True][0] != drawn[True][1]).any(), "and the figure is one of pixels"
