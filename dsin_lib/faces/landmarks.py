"""Find faces and their 68 landmarks: dlib's frontal detector and its regression trees.

Paper: Sec. 4.1.2, "facial geometry is estimated by an ensemble of regression trees [13]".

Convention:
    Points and boxes are pixels (x, y): x to the right, y downwards, and (0, 0) is the *centre* of
    the top-left pixel. Left and right are the subject's own: the subject's right eye, points
    36..41, lies on the left of the image. Points are numbered from 0 as in iBUG 300-W: jaw 0..16,
    right brow 17..21, left brow 22..26, nose 27..35, right eye 36..41, left eye 42..47,
    mouth 48..67.

The 68-point model was trained on iBUG 300-W, whose terms exclude commercial use.
"""

from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import cv2
import dlib
import numpy as np
from jaxtyping import Float32, UInt8

N_POINTS = 68
MODEL_PACKAGE = "face_recognition_models"
MODEL_FILE = "shape_predictor_68_face_landmarks.dat"


@dataclass(frozen=True)
class Face:
    """One detected face.

    Attributes:
        box: (left, top, right, bottom) in pixels, as the detector gives it; it may reach beyond
            the image.
        points: 68 landmarks, pixels (x, y).
        n_faces: Faces that the detector saw in this image, this one among them.
        score: The detector's confidence, dlib's margin (0 is its threshold).
    """

    box: tuple[int, int, int, int]
    points: Float32[np.ndarray, "68 2"]
    n_faces: int
    score: float

    @property
    def area(self) -> int:
        """Pixels of the box."""
        left, top, right, bottom = self.box
        return (right - left + 1) * (bottom - top + 1)


def model_path() -> Path:
    """Where the 68-point model file lies.

    The package that brings it is located without importing it (it needs pkg_resources).

    Raises:
        FileNotFoundError: Naming the package and the file.
    """
    spec = find_spec(MODEL_PACKAGE)
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        path = Path(folder) / "models" / MODEL_FILE
        if path.is_file():
            return path
    raise FileNotFoundError(
        f"expected the landmark model {MODEL_FILE} in the package {MODEL_PACKAGE}, found none: "
        "pip install face-recognition-models"
    )


@cache
def _models() -> tuple[Any, Any]:
    """The detector and the shape predictor, loaded once a process (0.5 s)."""
    return dlib.get_frontal_face_detector(), dlib.shape_predictor(str(model_path()))


def all_faces(image: UInt8[np.ndarray, "height width 3"], *, upsample: int = 0) -> list[Face]:
    """Every face that dlib sees in an image with its 68 landmarks, as the detector lists them.

    Detector and trees look at the grey image: dlib trains and runs both on luminance, and it
    saves a third of the detector's time.

    Paper: Sec. 4.1.2.

    Args:
        image: RGB, 0..255.
        upsample: How often to double the image before detecting. 0 finds faces from about 80 px
            of width, 1 from about 40 px at four times the cost.
    """
    detector, predictor = _models()
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    boxes, scores, _ = detector.run(grey, upsample, 0.0)
    return [
        Face(
            box=(box.left(), box.top(), box.right(), box.bottom()),
            points=np.array([(p.x, p.y) for p in predictor(grey, box).parts()], dtype=np.float32),
            n_faces=len(boxes),
            score=float(score),
        )
        for box, score in zip(boxes, scores, strict=True)
    ]


def landmarks(image: UInt8[np.ndarray, "height width 3"], *, upsample: int = 0) -> Face | None:
    """The largest face in an image with its 68 landmarks, or None where dlib sees no face.

    For a picture that stands alone; in a sequence the largest may be a stranger.

    Args:
        image: RGB, 0..255.
        upsample: As of :func:`all_faces`.
    """
    return max(all_faces(image, upsample=upsample), key=lambda face: face.area, default=None)
