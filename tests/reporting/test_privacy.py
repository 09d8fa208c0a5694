"""No pixel of a licensed subject is drawn unless the user lists the subject."""

import numpy as np
import pytest

from dsin_lib.config import changed
from dsin_lib.data.store import Store
from dsin_lib.paths import store_dir
from dsin_lib.reporting import faces
from dsin_lib.reporting.privacy import INK, PAPER, may_show, publishable

rng = np.random.default_rng(0)
IMAGE = rng.integers(0, 256, (256, 256, 3), dtype=np.uint8)
POINTS = rng.uniform(20, 230, (68, 2)).astype(np.float32)


@pytest.fixture
def licensed(tiny):
    return changed(tiny, {"corpus.name": "bp4d", "reporting.publishable_subjects": ["F001"]})


def test_an_open_corpus_may_be_shown(tiny):
    assert publishable(tiny, "M003")
    assert may_show(tiny, "M003", IMAGE, POINTS) is IMAGE


def test_a_licensed_subject_is_landmarks_only_unless_listed(licensed):
    assert may_show(licensed, "F001", IMAGE, POINTS) is IMAGE
    drawn = may_show(licensed, "M003", IMAGE, POINTS)
    assert drawn.shape == IMAGE.shape
    assert drawn.min() >= min(INK) and drawn.max() == PAPER
    assert (drawn[..., 0] == drawn[..., 1]).all() and (drawn[..., 1] == drawn[..., 2]).all()
    other = may_show(licensed, "M003", 255 - IMAGE, POINTS)
    np.testing.assert_array_equal(drawn, other)


def test_figures_of_a_licensed_subject_do_not_depend_on_its_pixels(tiny, licensed):
    store = Store.open(store_dir(tiny))
    frames = store.frames[store.frames["subject"] == "M003"].head(2)

    def drawn(config, table):
        figure = faces.patch_strip(config, store, table)
        return np.concatenate([np.ravel(axis.images[0].get_array()) for axis in figure.axes])

    one, other = frames.iloc[:1], frames.iloc[1:]
    np.testing.assert_array_equal(drawn(licensed, one), drawn(licensed, other))
    assert (drawn(tiny, one) != drawn(tiny, other)).any()
