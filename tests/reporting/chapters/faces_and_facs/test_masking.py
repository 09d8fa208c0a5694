"""Where a unit shows, on pictures whose difference is known."""

import numpy as np
import pandas as pd
import pytest
from skimage.data import astronaut

from dsin_lib.faces.landmarks import landmarks
from dsin_lib.reporting.chapters.faces_and_facs import masking

ANCHORS = np.array([[80.0, 90.0], [144.0, 90.0], [112.0, 160.0]])


@pytest.fixture(scope="module")
def pictures():
    """A real face, the same with a painted mouth, and the same a little brighter everywhere."""
    neutral = astronaut()[:300, 80:380]
    points = landmarks(neutral).points
    (left, top), (right, bottom) = points[48:].min(0).astype(int), points[48:].max(0).astype(int)
    mouth = neutral.copy()
    mouth[top:bottom, left:right] = 255
    return {
        "neutral": neutral,
        "AU12": mouth,
        "AU01": np.where(neutral < 245, neutral + 10, neutral),
    }


def test_a_painted_mouth_lies_in_the_mouth(pictures):
    shares = masking.shares({"one": pictures}, ANCHORS)
    assert shares.loc["AU12", "mouth"] > 95
    assert shares.loc["AU12", "both eyes"] < 1
    assert shares.loc["AU01", "mouth"] == pytest.approx(shares.loc["area", "mouth"], abs=3)


def test_the_mask_is_the_smallest_that_holds_half(pictures):
    shares = masking.shares({"one": pictures}, ANCHORS)
    assert masking._smallest(shares.loc["AU12"], shares.loc["area"]) == "mouth"


def test_where_no_region_holds_half_it_is_the_one_with_most_of_it():
    share = pd.Series({"nose": 10, "mouth": 30, "both eyes": 20})
    area = pd.Series({"nose": 5, "mouth": 40, "both eyes": 10})
    assert masking._smallest(share, area) == "mouth"


def test_people_weigh_the_same_however_much_their_faces_move(pictures):
    """A painted mouth moves more than a little light, and still counts for one person."""
    other = {**pictures, "AU12": pictures["AU01"]}
    both = masking.shares({"one": pictures, "two": other}, ANCHORS)
    alone = [masking.shares({"one": of_one}, ANCHORS) for of_one in (pictures, other)]
    assert abs(alone[0] - alone[1]).loc["AU12", "mouth"] > 50
    np.testing.assert_allclose(both, (alone[0] + alone[1]) / 2)


def test_a_picture_without_a_face_is_refused(pictures):
    blank = {name: np.zeros_like(picture) for name, picture in pictures.items()}
    with pytest.raises(ValueError, match="expected a face in the neutral one"):
        masking.shares({"one": blank}, ANCHORS)
