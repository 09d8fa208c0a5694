"""A picture is made small with as little loss as that takes."""

import io

import numpy as np
import pytest
from PIL import Image

from dsin_lib.reporting.site.pictures import LIMIT, fitted

RNG = np.random.default_rng(0)


def noise(height, width):
    """The PNG of a picture that no encoder makes small."""
    buffer = io.BytesIO()
    Image.fromarray(RNG.integers(0, 256, (height, width, 3), np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


def pixels(png):
    return np.array(Image.open(io.BytesIO(png)).convert("RGBA"))


@pytest.mark.parametrize(
    ("limit", "colours", "size"),
    [(LIMIT, 90 * 100, (90, 100)), (15_000, 256, (90, 100)), (4_000, 256, (45, 50))],
)
def test_a_picture_loses_no_more_than_it_must(limit, colours, size):
    png = noise(90, 100)
    small = fitted(png, limit)
    found = pixels(small)
    assert len(small) <= limit and found.shape[:2] == size
    assert len(np.unique(found.reshape(-1, 4), axis=0)) <= colours
    assert (limit < LIMIT) or (found == pixels(png)).all()


def test_a_transparent_picture_stays_transparent():
    image = Image.fromarray(RNG.integers(0, 256, (60, 60, 4), np.uint8))
    image.putpixel((0, 0), (0, 0, 0, 0))
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    np.testing.assert_array_equal(pixels(fitted(buffer.getvalue())), pixels(buffer.getvalue()))
    assert pixels(fitted(buffer.getvalue(), 5_000))[..., 3].min() < 64
