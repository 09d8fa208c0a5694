"""Images of licensed subjects do not leave by accident: every picture of a face passes here.

Both BP4D's and DISFA's agreements name the subjects whose images may be published. A subject of a
licensed corpus that the config does not list is drawn as landmarks only.
"""

import cv2
import numpy as np
from jaxtyping import Float, UInt8

from dsin_lib.config import Corpus

PAPER, INK = 245, (60, 60, 60)


def publishable(corpus: Corpus, subject: str, listed: tuple[str, ...]) -> bool:
    """Whether pixels of a subject may be shown: an open corpus, or a subject on the user's list."""
    return not corpus.source.licensed or subject in listed


def as_landmarks(
    image: UInt8[np.ndarray, "height width 3"], points: Float[np.ndarray, "68 2"]
) -> UInt8[np.ndarray, "height width 3"]:
    """Landmarks on blank paper of an image's size.

    Args:
        image: RGB, 0..255.
        points: 68 landmarks, pixels (x, y) of the image.
    """
    drawing = np.full_like(image, PAPER)
    radius = max(1, round(image.shape[1] / 200))
    for x, y in points:
        cv2.circle(drawing, (round(float(x)), round(float(y))), radius, INK, -1, cv2.LINE_AA)
    return drawing
