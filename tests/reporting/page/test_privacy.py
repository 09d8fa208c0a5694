"""No pixel of a licensed subject is drawn unless the user lists the subject."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from dsin_lib.config import Corpus
from dsin_lib.reporting.page.privacy import INK, PAPER, as_landmarks, publishable

ROOT = Path(__file__).parents[3]
LISTED = ("F001",)


def test_an_open_corpus_may_be_shown():
    assert publishable(Corpus(name="synau_b"), "M003", ())


@pytest.mark.parametrize("name", ["bp4d", "bp4d_plus", "disfa"])
def test_every_licensed_corpus_is_guarded(name):
    corpus = Corpus(name=name)
    assert not publishable(corpus, "F001", ())
    assert publishable(corpus, "F001", LISTED) and not publishable(corpus, "M003", LISTED)


def test_landmarks_hold_nothing_of_the_picture():
    rng = np.random.default_rng(0)
    image = rng.integers(0, 256, (256, 256, 3), dtype=np.uint8)
    points = rng.uniform(20, 230, (68, 2)).astype(np.float32)
    drawn = as_landmarks(image, points)
    assert drawn.shape == image.shape
    assert drawn.min() >= min(INK) and drawn.max() == PAPER
    assert (drawn[..., 0] == drawn[..., 1]).all() and (drawn[..., 1] == drawn[..., 2]).all()
    np.testing.assert_array_equal(drawn, as_landmarks(255 - image, points))


def test_nothing_else_of_the_book_opens_a_picture_of_the_corpus():
    """The guard is in one file; a chapter or a figure elsewhere that reads pixels goes round it."""
    reads = re.compile(
        r"read_image|read_video_frame|imread|Image\.open|read_picture"
        r"|(?<!gallery)\.patch\((?![^)]*\)\.shape)"  # a gallery's are guarded
    )
    code = {path: path.read_text() for path in (ROOT / "dsin_lib/reporting").rglob("*.py")}
    assert len(code) > 40
    for path in (ROOT / "book").glob("*.ipynb"):
        cells = json.loads(path.read_text())["cells"]
        code[path] = "\n".join("".join(c["source"]) for c in cells if c["cell_type"] == "code")
    found = {path.name: reads.findall(text) for path, text in code.items() if reads.search(text)}
    assert set(found) == {"faces.py"}, found
