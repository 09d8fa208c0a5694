"""The whole aligned face, for networks that take in more pixels than a store keeps of it.

Paper: Sec. 4.1.2, "Faces are resized to 224 x 224 x 3".
"""

import numpy as np
from jaxtyping import Float32, UInt8


def make(
    face: UInt8[np.ndarray, "224 224 3"], points: Float32[np.ndarray, "68 2"]
) -> UInt8[np.ndarray, "224 224 3"]:
    """The face as it is: RGB, 0..255."""
    return face
