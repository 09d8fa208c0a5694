"""From linear light to the bytes of a photograph: blur, exposure, colour, noise, JPEG."""

from dataclasses import dataclass

import cv2
import numpy as np
from numba import njit

GAMMA = 2.2
TABLE = (np.linspace(0, 1, 4097) ** (1 / GAMMA) * 255).astype(np.float32)
"""Linear light -> display value; the highlights' shoulder is in `_develop`."""
NOISE_POOL = np.random.default_rng(20180315).standard_normal(1 << 18, dtype=np.float32)
"""Sensor noise is read from here at a random offset: drawing it anew would cost a millisecond."""


@dataclass(frozen=True)
class Camera:
    """One sequence's camera.

    Attributes:
        exposure: gain on linear light.
        balance: (3) gain by channel.
        noise: standard deviation of the noise, display values.
        defocus: standard deviation of the blur, pixels at 256.
        shutter: share of the frame time the shutter is open, for motion blur.
        quality: JPEG quality.
    """

    exposure: float
    balance: np.ndarray
    noise: float
    defocus: float
    shutter: float
    quality: int


def camera(rng: np.random.Generator) -> Camera:
    """Returns a camera as recording rooms have them."""
    return Camera(
        exposure=float(np.exp(rng.normal(0.12, 0.14))),
        balance=1 + rng.normal(0, 0.025, 3),
        noise=float(rng.uniform(0.8, 3.2)),
        defocus=float(rng.choice([0.35, 0.6, 0.95], p=[0.5, 0.35, 0.15])),
        shutter=float(rng.uniform(0.2, 0.7)),
        quality=int(rng.integers(80, 96)),
    )


def neutral_camera() -> Camera:
    """Returns a noiseless, sharp camera for atlases."""
    return Camera(1.12, np.ones(3), 0.0, 0.0, 0.0, 95)


@njit(cache=True, fastmath=True)
def _develop(image, gain, table, pool, offset, sigma, out):
    """Writes 8-bit values (H W 3): gain, soft shoulder, gamma, noise (half of it grey)."""
    mask = pool.shape[0] - 1
    k = offset
    for y in range(image.shape[0]):
        for x in range(image.shape[1]):
            grey = pool[(k * 7 + 3) & mask] * 0.7
            for c in range(3):
                v = image[y, x, c] * gain[c]
                if v > 0.7:
                    v = 0.7 + 0.3 * (v - 0.7) / (v - 0.4)
                shown = table[int(max(0.0, min(1.0, v)) * 4096)]
                shown += sigma * (0.7 * pool[(k + c) & mask] + grey) + 0.5
                out[y, x, c] = np.uint8(max(0.0, min(255.0, shown)))
            k += 3


def _motion_kernel(dx: float, dy: float) -> np.ndarray:
    """Returns a normalised line (k k) for a motion of (dx, dy) pixels."""
    reach = int(np.ceil(max(abs(dx), abs(dy)) / 2)) + 1
    side = 2 * reach + 1
    kernel = np.zeros((side, side), np.float32)
    for s in np.linspace(-0.5, 0.5, 9):
        x, y = reach + dx * s, reach + dy * s
        c, r = int(np.floor(x)), int(np.floor(y))
        fx, fy = x - c, y - r
        for oc, orow, w in ((0, 0, (1 - fx) * (1 - fy)), (1, 0, fx * (1 - fy)),
                            (0, 1, (1 - fx) * fy), (1, 1, fx * fy)):  # fmt: skip
            kernel[min(r + orow, side - 1), min(c + oc, side - 1)] += w
    return kernel / kernel.sum()


def photograph(
    image: np.ndarray, lens: Camera, motion: tuple[float, float], rng: np.random.Generator
) -> np.ndarray:
    """Returns the 8-bit picture (H W 3, RGB) of a linear image.

    Args:
        image: (H W 3) linear.
        lens: the camera.
        motion: (dx, dy) of the face during one frame, pixels.
        rng: the sequence's stream.
    """
    blur = lens.defocus * image.shape[0] / 256
    if blur > 0.2:
        image = cv2.GaussianBlur(image, (0, 0), blur)
    dx, dy = motion[0] * lens.shutter, motion[1] * lens.shutter
    if np.hypot(dx, dy) > 0.8:
        image = cv2.filter2D(image, -1, _motion_kernel(dx, dy))
    out = np.empty(image.shape, np.uint8)
    gain = (lens.exposure * lens.balance).astype(np.float32)
    offset = int(rng.integers(0, len(NOISE_POOL)))
    _develop(image, gain, TABLE, NOISE_POOL, offset, np.float32(lens.noise), out)
    return out


def jpeg(picture: np.ndarray, quality: int) -> bytes:
    """Returns the JPEG bytes of an RGB picture."""
    bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise RuntimeError("OpenCV could not encode a JPEG")
    return data.tobytes()
