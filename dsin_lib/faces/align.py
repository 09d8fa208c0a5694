"""Anchors from neutral faces, and the transform that registers a face to them.

Paper: Sec. 4.1.2, "From geometry of neutral faces of all subjects we compute 3 reference anchors
by the mean of all landmarks corresponding to the two eyes and the mouth. Faces are resized to
224 x 224 x 3 and a rigid transformation is applied for registering to anchors, reducing variance
to scale and rotation."

Conventions of points, boxes and sides: :mod:`dsin_lib.faces.landmarks`.
"""

from collections.abc import Mapping

import cv2
import numpy as np
from jaxtyping import Float, Float32, UInt8
from skimage.transform import AffineTransform, SimilarityTransform

from dsin_lib.shapes import ALIGNED_PX

ANCHOR_POINTS = {
    "right_eye": range(36, 42),
    "left_eye": range(42, 48),
    "mouth": range(48, 68),
}
"""The landmarks whose mean is each anchor."""

MARGIN = 1.6
"""Side of a neutral face's square over the extent of its landmarks (brows to chin).

The paper does not say how much of the image "the face" is. At 1.6 the mouth of dlib's mean shape
is 56 px wide on the 224 px face, so that a 56 px patch, the paper's size, holds a whole mouth, and
some 40 px of forehead, where AU 1, 2 and 4 fold the skin, stay in sight above the brows.
"""

TRANSFORMS = {"similarity": SimilarityTransform, "affine": AffineTransform}
"""The readings of the paper's "rigid transformation"; see :func:`align`."""


class AlignmentError(ValueError):
    """Landmarks that no transform can register to the anchors."""


def anchors_of(
    points: Float[np.ndarray, "68 2"],
) -> Float[np.ndarray, "3 2"]:
    """The three anchor points of one face: means of right eye, left eye and mouth.

    Args:
        points: 68 landmarks, pixels (x, y).
    """
    return np.array([points[list(group)].mean(axis=0) for group in ANCHOR_POINTS.values()])


def normalise(points: Float[np.ndarray, "68 2"]) -> Float[np.ndarray, "68 2"]:
    """Carry a face's own landmark square, enlarged by :data:`MARGIN`, to the 224 px canvas.

    Args:
        points: 68 landmarks, pixels (x, y).

    Returns:
        The landmarks on the canvas, pixels (x, y).
    """
    low, high = points.min(axis=0), points.max(axis=0)
    side = MARGIN * (high - low).max()
    return (points - (low + high) / 2) * (ALIGNED_PX / side) + (ALIGNED_PX - 1) / 2


def mean_anchors(
    neutral: Mapping[str, Float[np.ndarray, "face 68 2"]], *, rounds: int = 3
) -> Float[np.ndarray, "3 2"]:
    """The three reference anchors, from the neutral faces of all subjects.

    Every face is normalised by its own landmark square; the mean shape of the subjects' means is
    taken, so that each subject weighs the same however many neutral frames it has; then, for a few
    rounds, every subject's mean is registered to the mean shape and the mean taken again (a
    generalised mean, so that a tilted head does not blur it). The mean shape is normalised like
    any face, and its anchors are returned.

    Paper: Sec. 4.1.2.
    Reading: alignment.

    Args:
        neutral: For each subject, the landmarks of its neutral frames, pixels (x, y); a subject
            without any is left out.
        rounds: Registrations to the mean shape; it no longer moves after two.

    Returns:
        Right eye, left eye, mouth on the 224 px canvas, pixels (x, y).

    Raises:
        AlignmentError: If no subject has a neutral face.
    """
    subjects = [
        np.mean([normalise(face) for face in faces], axis=0)
        for faces in neutral.values()
        if len(faces)
    ]
    if not subjects:
        raise AlignmentError(
            "expected at least one neutral frame (no active AU, none missing) with a face to "
            f"compute the anchors from, found none among {len(neutral)} subjects"
        )
    mean = np.mean(subjects, axis=0)
    for _ in range(rounds):
        mean = np.mean([_fit(face, mean, "similarity")(face) for face in subjects], axis=0)
    return anchors_of(normalise(mean))


def _fit(
    source: Float[np.ndarray, "n 2"], target: Float[np.ndarray, "n 2"], alignment: str
) -> SimilarityTransform | AffineTransform:
    """The least-squares transform from source to target points."""
    transform = TRANSFORMS[alignment].from_estimate(source, target)
    if not transform or not np.isfinite(transform.params).all():
        raise AlignmentError(f"no {alignment} transform carries {source.tolist()} to the anchors")
    return transform


def align(
    image: UInt8[np.ndarray, "height width 3"],
    points: Float32[np.ndarray, "68 2"],
    anchors: Float[np.ndarray, "3 2"],
    *,
    alignment: str = "similarity",
) -> tuple[
    UInt8[np.ndarray, "224 224 3"],
    Float32[np.ndarray, "68 2"],
    Float[np.ndarray, "3 3"],
]:
    """Register a face to the anchors on the 224 x 224 canvas.

    Paper: Sec. 4.1.2, "a rigid transformation ... reducing variance to scale and rotation".
    Reading: alignment. ``similarity`` (default): shift, rotation and one scale, least squares over
    the three anchors, which is what the sentence can mean; ``affine``: the six degrees of freedom
    of the first author's public preprocessing (cipriancorneanu/facepp), which fits three anchors
    exactly and takes out shear and aspect ratio too.

    Args:
        image: RGB, 0..255.
        points: Its 68 landmarks, pixels (x, y).
        anchors: Right eye, left eye, mouth on the canvas, pixels (x, y).
        alignment: Which reading.

    Returns:
        The canvas (black where the image does not reach), the landmarks on it, and the 3 x 3
        matrix from image to canvas pixels (x, y, 1).

    Raises:
        ValueError: For an unknown reading.
        AlignmentError: If the landmarks are degenerate.
    """
    if alignment not in TRANSFORMS:
        raise ValueError(f"alignment: expected one of {tuple(TRANSFORMS)}, found {alignment!r}")
    transform = _fit(anchors_of(points.astype(np.float64)), anchors, alignment)
    matrix = np.asarray(transform.params, dtype=np.float64)
    return _warp(image, matrix), transform(points).astype(np.float32), matrix


def _warp(
    image: UInt8[np.ndarray, "height width 3"], matrix: Float[np.ndarray, "3 3"]
) -> UInt8[np.ndarray, "224 224 3"]:
    """Draw an image on the canvas; one that shrinks to half or less is area-averaged first.

    Linear interpolation looks at four pixels, whatever the scale: without the average, skin
    texture of a large image becomes noise.
    """
    shrink = int(1 / np.sqrt(abs(np.linalg.det(matrix[:2, :2]))))
    if shrink >= 2:
        height, width = (size // shrink for size in image.shape[:2])
        image = cv2.resize(
            image[: height * shrink, : width * shrink],
            (width, height),
            interpolation=cv2.INTER_AREA,
        )
        middle = (shrink - 1) / 2  # of the first averaged block, in pixels of the image
        matrix = matrix @ [[shrink, 0, middle], [0, shrink, middle], [0, 0, 1]]
    return cv2.warpAffine(image, matrix[:2], (ALIGNED_PX, ALIGNED_PX), flags=cv2.INTER_LINEAR)
