"""Cut the five patches out of an aligned face.

Paper: Sec. 4.1.2, "We crop 5 patches of size 56 x 56 x 3 around interest points defined by the
detected landmarks (see Fig. 4) ... For reducing redundancy we ignore patches on the corresponding
symmetrical part of the face like the left eye and cheek."
Source: the landmark groups and the factor 1.3 are those of the first author's public preprocessing
(cipriancorneanu/facepp).

Conventions of points and sides: :mod:`dsin_lib.faces.landmarks`.
"""

import cv2
import numpy as np
from jaxtyping import Float32, UInt8

from dsin_lib.shapes import PATCHES

PATCH_POINTS: dict[str, tuple[int, ...]] = {
    "right_eye": (*range(17, 22), *range(36, 42)),
    "between_eyes": (21, 22, 42, 28, 39),
    "mouth": tuple(range(48, 68)),
    "right_cheek": (36, 39, 31, 48),
    "nose": tuple(range(27, 36)),
}
"""The landmarks that each patch is cut around, numbered from 0."""

BOX_SCALE = 1.3
PATCH_PX = 56


def window(
    points: Float32[np.ndarray, "68 2"],
    name: str,
    *,
    patch_crop: str = "box",
    patch_px: int = PATCH_PX,
) -> tuple[float, float, float]:
    """Where a patch lies on the aligned face.

    Reading: patch-crop. ``box`` (default): a square of 1.3 times the extent of the patch's
    landmark group about the middle of that extent, to be resized (the author's public
    preprocessing); ``fixed``: a square of the patch's own size around the group's centroid, so
    that one pixel of the patch is one pixel of the face (the paper's words).

    Args:
        points: 68 landmarks on the aligned face, pixels (x, y).
        name: One of :data:`PATCH_POINTS`.
        patch_crop: Which reading.
        patch_px: Width and height of the patch in pixels.

    Returns:
        x and y of the centre and the side of the square, pixels on the aligned face.

    Raises:
        ValueError: For an unknown patch or reading.
    """
    if name not in PATCH_POINTS:
        raise ValueError(f"patch: expected one of {tuple(PATCH_POINTS)}, found {name!r}")
    if patch_crop not in WINDOWS:
        raise ValueError(f"patch_crop: expected one of {tuple(WINDOWS)}, found {patch_crop!r}")
    return WINDOWS[patch_crop](points[list(PATCH_POINTS[name])].astype(np.float64), patch_px)


def _box(group: np.ndarray, patch_px: int) -> tuple[float, float, float]:
    low, high = group.min(axis=0), group.max(axis=0)
    x, y = (low + high) / 2
    return float(x), float(y), max(1.0, BOX_SCALE * float((high - low).max()))


def _fixed(group: np.ndarray, patch_px: int) -> tuple[float, float, float]:
    # An even square is centred between pixels: half a pixel off whole numbers, so that the patch
    # is a copy of the face's pixels and not a second interpolation of them.
    offset = (patch_px - 1) / 2
    x, y = np.round(group.mean(axis=0) - offset) + offset
    return float(x), float(y), float(patch_px)


WINDOWS = {"box": _box, "fixed": _fixed}
"""The readings of "crop ... around interest points"; see :func:`window`."""


def crop(
    aligned: UInt8[np.ndarray, "224 224 3"],
    points: Float32[np.ndarray, "68 2"],
    name: str,
    *,
    patch_crop: str = "box",
    patch_px: int = PATCH_PX,
) -> UInt8[np.ndarray, "patch_px patch_px 3"]:
    """Cut one patch out of an aligned face.

    Paper: Sec. 4.1.2.
    Reading: patch-crop, see :func:`window`.

    Args:
        aligned: The aligned face, RGB, 0..255.
        points: Its 68 landmarks, pixels (x, y) on the aligned face.
        name: One of the five patches.
        patch_crop: Which reading.
        patch_px: Width and height of the patch in pixels.

    Returns:
        The patch, RGB, 0..255; black where it reaches beyond the aligned face.
    """
    x, y, side = window(points, name, patch_crop=patch_crop, patch_px=patch_px)
    scale, middle = patch_px / side, (patch_px - 1) / 2
    matrix = np.array([[scale, 0.0, middle - scale * x], [0.0, scale, middle - scale * y]])
    return cv2.warpAffine(aligned, matrix, (patch_px, patch_px), flags=cv2.INTER_LINEAR)


def resize(
    aligned: UInt8[np.ndarray, "224 224 3"], face_px: int
) -> UInt8[np.ndarray, "face_px face_px 3"]:
    """The aligned face at another size, area-averaged; 224 returns it as it is.

    Args:
        aligned: The aligned face, RGB, 0..255.
        face_px: Width and height wanted, pixels.
    """
    if face_px == aligned.shape[0]:
        return aligned
    return cv2.resize(aligned, (face_px, face_px), interpolation=cv2.INTER_AREA)


assert (*PATCH_POINTS, "face") == PATCHES
