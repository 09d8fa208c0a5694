"""Where the face is: pose, camera, light and background."""

from dataclasses import dataclass

import cv2
import numpy as np


@dataclass(frozen=True)
class View:
    """Pose and framing of one frame.

    Attributes:
        yaw, pitch, roll: radians; positive turns to the subject's left, down, and to the image's
            left.
        scale: pixels a dm at the eyes' depth for a 256-pixel image.
        centre: (x, y) of the point between the eyes, share of the image.
        distance: camera's distance, dm.
    """

    yaw: float = 0.0
    pitch: float = 0.0
    roll: float = 0.0
    scale: float = 88.0
    centre: tuple[float, float] = (0.5, 0.44)
    distance: float = 9.0

    def rotation(self) -> np.ndarray:
        """Returns the rotation (3 3) from head to camera."""
        (cy, cp, cr), (sy, sp, sr) = np.cos(self.angles), np.sin(self.angles)
        yaw = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
        pitch = np.array([[1, 0, 0], [0, cp, -sp], [0, sp, cp]])
        roll = np.array([[cr, -sr, 0], [sr, cr, 0], [0, 0, 1]])
        return (roll @ pitch @ yaw).astype(np.float32)

    @property
    def angles(self) -> np.ndarray:
        """(yaw, pitch, roll)."""
        return np.array([self.yaw, self.pitch, self.roll])

    def project(self, turned: np.ndarray, image_px: int, finer: int = 1) -> np.ndarray:
        """Returns points (V 3): x, y in pixels of a grid `finer` than the image, and depth.

        Args:
            turned: (V 3) vertices in camera axes, dm, origin between the eyes.
            image_px: side of the image.
            finer: samples a pixel along each axis.
        """
        nearness = self.distance / (self.distance - turned[:, 2])
        scale = self.scale * image_px / 256 * finer
        side = image_px * finer
        x = self.centre[0] * side + turned[:, 0] * nearness * scale
        y = self.centre[1] * side - turned[:, 1] * nearness * scale
        return np.stack([x, y, nearness * self.distance], 1).astype(np.float32)


@dataclass(frozen=True)
class Light:
    """Lamps of one sequence: rows of (direction, colour); then the ambient from below and above."""

    rows: np.ndarray

    @property
    def key(self) -> np.ndarray:
        """(3) direction of the lamp that casts shadows."""
        return self.rows[0, :3]


def _lamp(azimuth: float, elevation: float, colour: np.ndarray) -> np.ndarray:
    direction = (
        np.sin(azimuth) * np.cos(elevation), np.sin(elevation), np.cos(azimuth) * np.cos(elevation)
    )  # fmt: skip
    return np.concatenate([direction, colour])


def light(rng: np.random.Generator) -> Light:
    """Returns studio light as in a recording room: a key, a weaker fill, a lit room."""
    side = rng.choice([-1, 1])
    azimuth, elevation = side * rng.uniform(0.15, 0.9), rng.uniform(0.35, 0.95)
    warmth = 1 + rng.normal(0, 0.035, 3)
    key = rng.uniform(0.8, 1.2) * np.array([1, 0.975, 0.94]) * warmth
    fill = rng.uniform(0.15, 0.45) * np.array([0.96, 0.98, 1.0]) * warmth
    room = rng.uniform(0.17, 0.36) * warmth
    rim = rng.uniform(0.0, 0.25) * np.ones(3)
    rows = [
        _lamp(azimuth, elevation, key),
        _lamp(-side * rng.uniform(0.5, 1.1), rng.uniform(0.0, 0.4), fill),
        _lamp(-side * 2.4, 0.5, rim),
        np.concatenate([np.zeros(3), room * 0.75 * np.array([1, 0.94, 0.9])]),
        np.concatenate([np.zeros(3), room * 1.2]),
    ]
    return Light(np.array(rows, np.float32))


def neutral_light() -> Light:
    """Returns even light for atlases."""
    rows = [
        _lamp(0.45, 0.6, np.array([0.85, 0.83, 0.80])),
        _lamp(-0.8, 0.2, np.array([0.32, 0.33, 0.34])),
        np.concatenate([np.zeros(3), np.full(3, 0.24)]),
        np.concatenate([np.zeros(3), np.full(3, 0.36)]),
    ]
    return Light(np.array(rows, np.float32))


def background(rng: np.random.Generator, image_px: int) -> np.ndarray:
    """Returns a blurred room (H W 3), linear."""
    base = rng.uniform(0.04, 0.5) * (1 + rng.normal(0, 0.08, 3))
    fall = np.linspace(1, rng.uniform(0.5, 1.2), image_px)[:, None, None]
    coarse = cv2.GaussianBlur(rng.standard_normal((24, 24, 3)), (0, 0), rng.uniform(1.5, 3.5))
    grey = coarse.mean(-1, keepdims=True) * 1.3 + 0.10 * coarse
    cloud = cv2.resize(grey, (image_px, image_px), interpolation=cv2.INTER_CUBIC)
    return np.clip(base * fall * (1 + 1.2 * cloud), 0.004, 0.95).astype(np.float32)


def plain_background(image_px: int) -> np.ndarray:
    """Returns an even grey (H W 3), linear."""
    return np.full((image_px, image_px, 3), 0.30, np.float32)
