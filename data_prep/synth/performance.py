"""What the face does over a sequence: labelled AUs, and everything that carries no label.

Blinks, gaze, head motion, speech and idle lips run on their own clocks, independent of the
labels, as nuisance.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from data_prep.synth import labels
from data_prep.synth.action_units import CODED, UNILATERAL_SHARE
from data_prep.synth.seeds import stream

FPS = 25

TALKING_SHARE, TALK_STRENGTH = 0.30, (0.2, 0.6)
"""Share of time spent in speech-like movement, and the range of its strength (AU25/26)."""
SYLLABLE_FRAMES = 2.2
"""Time constant of speech movement: about four syllables a second."""
LIPS_APART_SHARE = 0.2
"""Share of time with idle lips parted (AU25, unlabelled)."""
BLINKS_PER_MINUTE = (8, 26)
"""Range between subjects (spontaneous blink rates in conversation)."""
BLINK_SHAPE = np.array([0.35, 0.9, 1.0, 0.7, 0.35, 0.12])
"""Lid closure of a blink by frame at 25 frames/s: fast down, slower up, a quarter second."""
HEAD_SD = {"yaw": 0.13, "pitch": 0.085, "roll": 0.06}
"""Standard deviation of head pose, radians: 7.5, 5 and 3.5 degrees, a seated listener."""
HEAD_TAU = 22
"""Time constant of head motion, frames."""


@dataclass(frozen=True, eq=False)
class Performance:
    """One sequence, sampled every `stride` frames.

    Attributes:
        frame: (n) video frame numbers, from 1.
        active: (n au) labels 0/1.
        left, right: (n au) drawn intensity of the coded AUs on the subject's own sides, 0..1.
        blink: (n) lid closure.
        gaze: (n 2) towards the subject's left, up; -1..1.
        lips_apart, jaw_drop: (n) AU25 and AU26, unlabelled.
        pose: (n 3) yaw, pitch, roll, radians.
        speed: (n 2) motion of the face in the image, dm a frame.
    """

    frame: np.ndarray
    active: np.ndarray
    left: np.ndarray
    right: np.ndarray
    blink: np.ndarray
    gaze: np.ndarray
    lips_apart: np.ndarray
    jaw_drop: np.ndarray
    pose: np.ndarray
    speed: np.ndarray


def wander(rng: np.random.Generator, n: int, tau: float, columns: int = 1) -> np.ndarray:
    """Returns smooth unit-variance noise (n columns) of time constant `tau` frames."""
    memory = int(8 * tau) + 8
    white = rng.standard_normal((memory + n, columns))
    return labels.damped_noise(white, tau)[memory:]


def sides(subject: str, task: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns factors (au) of the subject's left and right side in this sequence.

    Everybody's face is a little lopsided; some AUs are now and then shown by one side alone.
    """
    own = stream(seed, "lopsided", subject).normal(0, 0.08, len(CODED))
    rng = stream(seed, "sides", subject, task)
    lean = own + rng.normal(0, 0.07, len(CODED))
    alone = rng.random(len(CODED)) < [UNILATERAL_SHARE.get(au, 0.0) for au in CODED]
    lean = np.where(alone, rng.choice([-1, 1], len(CODED)) * rng.uniform(0.5, 0.9), lean)
    return 1 + np.minimum(lean, 0), 1 - np.maximum(lean, 0)


def _blinks(subject: str, task: str, n: int, seed: int) -> np.ndarray:
    rate = stream(seed, "blink rate", subject).uniform(*BLINKS_PER_MINUTE) / 60 / FPS
    rng = stream(seed, "blinks", subject, task)
    starts = (rng.random(n + len(BLINK_SHAPE)) < rate).astype(float)
    closure = np.convolve(starts, BLINK_SHAPE)[len(BLINK_SHAPE) : len(BLINK_SHAPE) + n]
    return np.minimum(closure, 1)


def _gaze(rng: np.random.Generator, n: int) -> np.ndarray:
    """Fixations of about half a second, mostly near the camera, and quick saccades."""
    jump = rng.random(n) < 1 / (0.6 * FPS)
    jump[0] = True
    targets = rng.normal(0, [0.30, 0.16], (int(jump.sum()), 2))
    return np.clip(targets[np.cumsum(jump) - 1], -0.8, 0.8)


def _speech(rng: np.random.Generator, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns lips-apart and jaw-drop courses (n)."""
    talking = 1 / (1 + np.exp(-8 * (wander(rng, n, 60)[:, 0] - ndtri(1 - TALKING_SHARE))))
    strength = rng.uniform(*TALK_STRENGTH)
    syllables = wander(rng, n, SYLLABLE_FRAMES, 2)
    idle = 1 / (1 + np.exp(-6 * (wander(rng, n, 50)[:, 0] - ndtri(1 - LIPS_APART_SHARE))))
    lips = talking * strength * np.clip(0.5 + 0.6 * syllables[:, 0], 0, 1.3) + 0.35 * idle
    jaw = talking * strength * np.clip(0.35 + 0.5 * syllables[:, 1], 0, 1.1) + 0.08 * idle
    return np.clip(lips, 0, 1), np.clip(jaw, 0, 0.9)


def perform(
    subject: str, task: str, *, frames_per_sequence: int, stride: int, seed: int
) -> Performance:
    """Returns what one subject does in one task.

    Args:
        subject, task: BP4D names.
        frames_per_sequence: frames kept.
        stride: video frames from one kept frame to the next.
        seed: corpus seed.
    """
    n = (frames_per_sequence - 1) * stride + 1
    kept = np.arange(frames_per_sequence) * stride
    z = labels.latent(subject, task, n, seed)[kept]
    expressive = np.exp(stream(seed, "expressive", subject).normal(0, 0.15))
    drawn = np.minimum(labels.intensity(z) * expressive, 1.1)
    on_left, on_right = sides(subject, task, seed)
    rng = stream(seed, "nuisance", subject, task)
    spread = np.array(list(HEAD_SD.values()))
    pose = wander(rng, n, HEAD_TAU, 3) * spread * 0.6 + rng.normal(0, spread) * 0.7
    lips, jaw = _speech(rng, n)
    gaze = _gaze(rng, n)
    turning = np.gradient(pose, axis=0)[kept] if n > 1 else np.zeros((1, 3))
    return Performance(
        frame=kept + 1,
        active=(z > 0).astype(np.uint8),
        left=drawn * on_left,
        right=drawn * on_right,
        blink=_blinks(subject, task, n, seed)[kept],
        gaze=gaze[kept],
        lips_apart=lips[kept],
        jaw_drop=jaw[kept],
        pose=pose[kept],
        speed=turning[:, :2] * 1.1,
    )
