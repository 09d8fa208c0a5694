import numpy as np
import pytest
from PIL import Image
from skimage import data

from dsin_lib.faces.landmarks import Face, landmarks


@pytest.fixture(scope="session")
def photograph() -> np.ndarray:
    """A real face: Eileen Collins, NASA, public domain; 512 x 512 RGB."""
    return data.astronaut()


@pytest.fixture(scope="session")
def face(photograph: np.ndarray) -> Face:
    found = landmarks(photograph)
    assert found is not None
    return found


@pytest.fixture(scope="session")
def anchors() -> np.ndarray:
    """Plausible anchors, pixels (x, y) of the aligned face."""
    return np.array([[80.0, 65.0], [142.0, 65.0], [111.0, 134.0]])


@pytest.fixture(scope="module")
def head(photograph) -> Image.Image:
    """Part of the photograph, wider than high, 96 x 80."""
    return Image.fromarray(photograph[60:140, 170:266])
