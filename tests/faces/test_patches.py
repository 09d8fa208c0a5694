import numpy as np
import pytest

from dsin_lib.faces.align import align, anchors_of
from dsin_lib.faces.patches import BOX_SCALE, PATCH_POINTS, crop, resize, window


@pytest.fixture(scope="module")
def aligned(photograph, face, anchors):
    image, points, _ = align(photograph, face.points, anchors)
    return image, points


def test_the_groups_are_the_authors():
    assert {name: len(group) for name, group in PATCH_POINTS.items()} == {
        "right_eye": 11,
        "between_eyes": 5,
        "mouth": 20,
        "right_cheek": 4,
        "nose": 9,
    }


def test_patches_lie_where_their_names_say(aligned):
    """On the subject's own right, which is the left of the image."""
    _, points = aligned
    right_eye, left_eye, mouth = anchors_of(points)
    where = {name: np.array(window(points, name)[:2]) for name in PATCH_POINTS}
    assert np.hypot(*(where["right_eye"] - right_eye)) < 12
    assert right_eye[0] < where["between_eyes"][0] < left_eye[0]
    assert where["between_eyes"][1] < where["nose"][1] < where["mouth"][1]
    assert np.hypot(*(where["mouth"] - mouth)) < 12
    assert where["right_cheek"][0] < where["nose"][0]
    assert right_eye[1] < where["right_cheek"][1] < mouth[1]


@pytest.mark.parametrize("name", PATCH_POINTS)
def test_a_box_holds_its_group_with_its_margin(aligned, name):
    _, points = aligned
    x, y, side = window(points, name)
    group = points[list(PATCH_POINTS[name])]
    assert side == pytest.approx(BOX_SCALE * np.ptp(group, axis=0).max(), rel=1e-5)
    assert np.abs(group - [x, y]).max() <= side / BOX_SCALE / 2 + 1e-3


@pytest.mark.parametrize("name", PATCH_POINTS)
def test_a_fixed_patch_copies_pixels(aligned, name):
    image, points = aligned
    x, y, side = window(points, name, patch_crop="fixed")
    left, top = int(x - 27.5), int(y - 27.5)
    assert side == 56
    patch = crop(image, points, name, patch_crop="fixed")
    assert np.array_equal(patch, image[top : top + 56, left : left + 56])
    centroid = points[list(PATCH_POINTS[name])].mean(0)
    assert np.abs(np.array([x, y]) - centroid).max() <= 0.5 + 1e-4


def test_a_box_of_the_patchs_own_size_copies_pixels(aligned):
    """Position and scale of the resampling: a 56 px box about half-pixel centre is a copy."""
    image, _ = aligned
    points = np.zeros((68, 2), np.float32)
    half = 56 / BOX_SCALE / 2
    points[48:68] = [99.5, 120.5]
    points[48], points[54] = [99.5 - half, 120.5], [99.5 + half, 120.5]
    patch = crop(image, points, "mouth")
    expected = image[93:149, 72:128].astype(int)
    assert np.abs(patch.astype(int) - expected).max() <= 2


def test_beyond_the_face_is_black(aligned):
    image, _ = aligned
    corner = np.zeros((68, 2), np.float32)
    patch = crop(np.full_like(image, 200), corner, "mouth", patch_crop="fixed")
    assert patch[:27, :27].max() == 0 and patch[30:, 30:].min() == 200


@pytest.mark.parametrize("patch_px", [28, 56, 64, 112])
@pytest.mark.parametrize("patch_crop", ["box", "fixed"])
def test_any_patch_size(aligned, patch_px, patch_crop):
    patch = crop(*aligned, "nose", patch_px=patch_px, patch_crop=patch_crop)
    assert patch.shape == (patch_px, patch_px, 3) and patch.std() > 5


def test_unknown_names_are_refused_with_the_allowed(aligned):
    _, points = aligned
    with pytest.raises(ValueError, match=r"right_cheek.*'left_cheek'"):
        window(points, "left_cheek")


def test_resize_averages_areas(aligned):
    image, _ = aligned
    assert resize(image, 224) is image
    blocks = image.reshape(112, 2, 112, 2, 3).astype(float).mean((1, 3))
    assert np.abs(resize(image, 112) - blocks).max() <= 1
