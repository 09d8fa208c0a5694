import cv2
import numpy as np
import pytest
from skimage.transform import SimilarityTransform

from dsin_lib.faces.align import (
    AlignmentError,
    align,
    anchors_of,
    mean_anchors,
    normalise,
)
from dsin_lib.faces.landmarks import landmarks


def moved(points, **pose):
    return SimilarityTransform(**pose)(points)


def shown(photograph, **pose):
    """The photograph seen through a similarity transform, 512 px."""
    matrix = SimilarityTransform(**pose).params[:2]
    return cv2.warpAffine(photograph, matrix, (512, 512))


def test_affine_fits_three_anchors_exactly(photograph, face, anchors):
    _, points, _ = align(photograph, face.points, anchors, alignment="affine")
    assert np.abs(anchors_of(points) - anchors).max() < 1e-3


def test_similarity_keeps_shape_and_comes_as_near_as_it_can(photograph, face, anchors):
    _, points, matrix = align(photograph, face.points, anchors)
    (a, b), (c, d) = matrix[:2, :2]
    assert a == pytest.approx(d) and b == pytest.approx(-c)

    def error(matrix):
        homogeneous = np.c_[anchors_of(face.points.astype(float)), np.ones(3)]
        return np.square(homogeneous @ matrix[:2].T - anchors).sum()

    best = error(matrix)
    for pose in (
        {"scale": 1.01},
        {"scale": 0.99},
        {"rotation": 0.01},
        {"rotation": -0.01},
        {"translation": (0.5, 0)},
        {"translation": (0, -0.5)},
    ):
        assert error(SimilarityTransform(**pose).params @ matrix) > best
    assert np.allclose(anchors_of(points).mean(0), anchors.mean(0), atol=1e-3)


@pytest.mark.parametrize("degrees", [-30, 12, 60])
@pytest.mark.parametrize("scale", [0.4, 1.0, 2.5])
def test_known_pose_is_taken_out(photograph, face, degrees, scale):
    """A face shown in a known pose comes back: points to 0.01 px, pixels closely."""
    anchors = anchors_of(normalise(face.points.astype(np.float64)))
    pose = {"rotation": np.deg2rad(degrees), "scale": scale}
    centre = face.points.mean(0)
    pose["translation"] = 256 - SimilarityTransform(**pose)(centre)[0]
    straight, expected, _ = align(photograph, face.points, anchors)
    image, points, _ = align(
        shown(photograph, **pose), moved(face.points, **pose).astype(np.float32), anchors
    )
    assert np.abs(points - expected).max() < 0.01
    middle = np.s_[60:160, 60:160]
    difference = np.abs(image[middle].astype(int) - straight[middle]).mean()
    assert difference < 6  # a shift of one pixel gives more than twice as much
    shifted = np.abs(np.roll(straight, 1, axis=1)[middle].astype(int) - straight[middle]).mean()
    assert difference < shifted


def test_detected_again_the_anchors_are_recovered(photograph, face, anchors):
    """The whole chain: on the aligned face dlib finds the anchors again, to a pixel or two."""
    image, points, _ = align(shown(photograph, rotation=0.1), _detect(photograph, 0.1), anchors)
    again = landmarks(image)
    assert np.abs(anchors_of(again.points) - anchors_of(points)).max() < 2.5


def _detect(photograph, rotation):
    return landmarks(shown(photograph, rotation=rotation)).points


def test_pixels_go_where_points_go(face, anchors):
    """A white dot drawn at a landmark lies at the landmark's aligned place, at any scale."""
    for scale in (0.5, 1, 4):
        points = (face.points * scale).astype(np.float32)
        size = int(512 * scale)
        image = np.zeros((size, size, 3), np.uint8)
        x, y = np.round(points[30]).astype(int)
        radius = max(1, int(3 * scale))
        cv2.circle(image, (int(x), int(y)), radius, (255, 255, 255), -1)
        canvas, _, matrix = align(image, points, anchors)
        ys, xs = np.nonzero(canvas[..., 0] > 100)
        expected = matrix[:2] @ [x, y, 1]
        assert np.hypot(xs.mean() - expected[0], ys.mean() - expected[1]) < 0.5


def test_a_large_image_is_averaged_not_sampled(face, anchors):
    """A checkerboard of single pixels, shrunk by eight, is grey."""
    points = (face.points * 8).astype(np.float32)
    board = np.tile(np.array([[0, 255], [255, 0]], np.uint8), (2048, 2048))
    image = np.repeat(board[..., None], 3, axis=2)
    canvas, _, _ = align(image, points, anchors)
    assert np.abs(canvas[60:160, 60:160].astype(int) - 127).max() < 20


def test_unknown_alignment_names_the_allowed(photograph, face, anchors):
    with pytest.raises(ValueError, match=r"similarity.*affine.*'rigid'"):
        align(photograph, face.points, anchors, alignment="rigid")


@pytest.mark.parametrize("alignment", ["similarity", "affine"])
def test_degenerate_landmarks_are_refused(photograph, anchors, alignment):
    points = np.full((68, 2), 7, np.float32)
    with pytest.raises(AlignmentError):
        align(photograph, points, anchors, alignment=alignment)


def test_anchors_do_not_depend_on_where_faces_are(face):
    here = face.points.astype(np.float64)
    there = moved(here, scale=3.0, translation=(-50, 900))
    assert np.allclose(mean_anchors({"F001": here[None]}), mean_anchors({"F001": there[None]}))


def test_each_subject_weighs_the_same(face):
    here = face.points.astype(np.float64)
    rng = np.random.default_rng(0)
    other = here + rng.normal(0, 4, here.shape)
    once = mean_anchors({"F001": here[None], "M001": other[None]})
    often = mean_anchors({"F001": np.repeat(here[None], 50, 0), "M001": other[None]})
    assert np.allclose(once, often)
    assert not np.allclose(once, mean_anchors({"F001": here[None]}), atol=0.05)


def test_a_subject_without_neutral_faces_is_left_out(face):
    here = face.points.astype(np.float64)
    with_empty = {"F001": here[None], "M001": np.empty((0, 68, 2))}
    assert np.allclose(mean_anchors(with_empty), mean_anchors({"F001": here[None]}))


def test_no_neutral_face_at_all_is_an_error():
    with pytest.raises(AlignmentError, match="no active AU"):
        mean_anchors({"F001": np.empty((0, 68, 2))})


def test_a_neutral_mouth_is_a_patch_wide(face):
    """What MARGIN was chosen for; the photograph smiles, so its mouth is wider."""
    mouth = normalise(face.points.astype(np.float64))[48:68]
    assert 50 < np.ptp(mouth[:, 0]) < 75
