"""From linear light to the bytes of a photograph: blur, exposure, colour, noise, JPEG."""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np

from data_prep.synth.compiled import njit

GAMMA = 2.2
MIDDLE_GREY = 0.45
"""Display value around which contrast turns."""
NOISE_POOL = np.random.default_rng(20180315).standard_normal(1 << 18, dtype=np.float32)
"""Sensor noise is read from here at a random offset: drawing it anew would cost a millisecond."""


@dataclass(frozen=True)
class Camera:
    """One sequence's camera.

    Attributes:
        exposure: gain on linear light.
        mix: (3 3) colour matrix on linear light.
        contrast: exponent of the display curve over gamma's.
        sharpening: amount of unsharp masking, as cameras do inside.
        noise: standard deviation of the noise, display values.
        defocus: standard deviation of the blur, pixels at 256.
        shutter: share of the frame time the shutter is open, for motion blur.
        quality: JPEG quality.
    """

    exposure: float
    mix: np.ndarray
    contrast: float
    sharpening: float
    noise: float
    defocus: float
    shutter: float
    quality: int


SHOULDER, ROOM = 0.7, 0.3
"""Linear light from which the sensor yields, and how far under white what follows is squeezed."""
BRIGHTEST, FINENESS = 4, 4096
"""Linear light at the end of the display curve, and the curve's steps from 0 to 1."""


@lru_cache(maxsize=64)
def _curve(contrast: float) -> np.ndarray:
    """Returns the display value (BRIGHTEST * FINENESS + 1) of linear light 0..BRIGHTEST."""
    light = np.linspace(0, BRIGHTEST, BRIGHTEST * FINENESS + 1)
    over = np.maximum(light - SHOULDER, 0)
    light = np.minimum(light, SHOULDER) + ROOM * over / (over + ROOM)
    shown = light ** (1 / GAMMA)
    shown = MIDDLE_GREY * (shown / MIDDLE_GREY) ** contrast
    return (np.clip(shown, 0, 1) * 255).astype(np.float32)


MODELS = {
    "A": ([[1.06, -0.04, -0.02], [-0.03, 1.05, -0.02], [0.00, -0.06, 1.06]], 1.06, 0.35),
    "B": ([[0.98, 0.03, -0.01], [0.00, 0.98, 0.02], [0.01, 0.04, 0.95]], 0.98, 0.0),
}
"""Two camera models: colour matrix, contrast, sharpening. A is crisp and saturated, B soft and
flat, as a newer and an older recording camera."""


def camera(rng: np.random.Generator) -> Camera:
    """Returns a camera as recording rooms have them."""
    mix, contrast, sharpening = MODELS[str(rng.choice(list(MODELS)))]
    balance = 1 + rng.normal(0, 0.025, 3)
    return Camera(
        exposure=float(np.exp(rng.normal(0.10, 0.13))),
        mix=np.array(mix) * balance[:, None],
        contrast=contrast * float(np.exp(rng.normal(0, 0.03))),
        sharpening=sharpening,
        noise=float(rng.uniform(0.8, 3.0)),
        defocus=float(rng.choice([0.35, 0.55, 0.9], p=[0.55, 0.33, 0.12])),
        shutter=float(rng.uniform(0.2, 0.7)),
        quality=int(rng.integers(80, 96)),
    )


def neutral_camera() -> Camera:
    """Returns a noiseless, sharp camera for atlases."""
    return Camera(1.12, np.eye(3), 1.0, 0.0, 0.0, 0.0, 0.0, 95)


@njit(cache=True, fastmath=True)
def _develop(image, mix, table, pool, offset, sigma, out):
    """Writes 8-bit values (H W 3): colour mix, curve, noise (half of it grey)."""
    mask = pool.shape[0] - 1
    k = offset
    for y in range(image.shape[0]):
        for x in range(image.shape[1]):
            grey = pool[(k * 7 + 3) & mask] * 0.7
            for c in range(3):
                v = image[y, x, 0] * mix[c, 0] + image[y, x, 1] * mix[c, 1]
                v += image[y, x, 2] * mix[c, 2]
                shown = table[int(max(0.0, min(BRIGHTEST * 1.0, v)) * FINENESS)]
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
    if lens.sharpening > 0:
        soft = cv2.GaussianBlur(image, (0, 0), 1.1)
        image = cv2.addWeighted(image, 1 + lens.sharpening, soft, -lens.sharpening, 0)
    out = np.empty(image.shape, np.uint8)
    mix = (lens.exposure * lens.mix).astype(np.float32)
    offset = int(rng.integers(0, len(NOISE_POOL)))
    _develop(image, mix, _curve(lens.contrast), NOISE_POOL, offset, np.float32(lens.noise), out)
    return out


def jpeg(picture: np.ndarray, quality: int) -> bytes:
    """Returns the JPEG bytes of an RGB picture."""
    bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise RuntimeError("OpenCV could not encode a JPEG")
    return data.tobytes()
