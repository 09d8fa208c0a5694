"""Pictures for the book's atlas: every Action Unit by itself, in even light, on several people."""

from collections.abc import Mapping, Sequence

import cv2
import numpy as np
import pandas as pd

from data_prep.synth.acting import lips
from data_prep.synth.acting.performance import perform
from data_prep.synth.labels.process import LEVEL_BOUNDS
from data_prep.synth.plan.shapes import shape_of
from data_prep.synth.render.filming import render_face
from dsin_lib.facs import ACTION_UNITS, au_name, au_names

LEVELS = "ABCDE"
MIDDLES = dict(zip(LEVELS, np.add(LEVEL_BOUNDS[1:], LEVEL_BOUNDS[:-1]) / 2, strict=True))
"""Drawn intensity in the middle of each FACS level."""
SIDES = (0.27, 0.73)
"""Left and right edge of a close-up, shares of the picture's width."""
CLOSE_UPS = {"upper": (0.25, 0.54), "lower": (0.49, 0.78)}
"""Top and bottom of a close-up by half of the face, shares of the picture's height."""
NOSE = {9: (0.36, 0.65)}
"""Units whose close-up is neither half."""
FULL = {lips.LIPS_PART: lips.WIDEST}
"""Intensity of the top of level E where it is not 1."""
UNLABELLED = {25: "lips part", 26: "jaw drops", 43: "blink"}
"""What SynAU-B shows and does not label."""


def levels(subject: str, aus: Sequence[int], image_px: int = 520) -> np.ndarray:
    """Each unit of `aus` on one subject: neutral, then levels A to E, close by.

    Returns:
        (au 6 height width 3) uint8 RGB.
    """
    steps = (0.0, *MIDDLES.values())
    return np.array([[_close(subject, au, step, image_px) for step in steps] for au in aus])


def together(
    subjects: Sequence[str], combinations: Sequence[Sequence[int]], image_px: int = 400
) -> np.ndarray:
    """Each combination of units at level D on some subjects: neutral, then one after the other.

    Returns:
        (subject 1+combination height width 3) uint8 RGB.
    """
    shown = [{au: MIDDLES["D"] for au in units} for units in ((), *combinations)]
    rows = (CLOSE_UPS["upper"][0], CLOSE_UPS["lower"][1])
    return np.array([[_cut(who, units, rows, image_px) for units in shown] for who in subjects])


def _close(subject: str, au: int, intensity: float, image_px: int) -> np.ndarray:
    rows = NOSE.get(au, CLOSE_UPS[ACTION_UNITS[au].region])
    return _cut(subject, {au: intensity}, rows, image_px)


def _cut(
    subject: str, units: Mapping[int, float], rows: tuple[float, float], image_px: int
) -> np.ndarray:
    shown = {au_name(au): intensity * FULL.get(au, 1.0) for au, intensity in units.items()}
    picture = render_face(subject, shown, image_px=image_px)
    (top, bottom), (left, right) = (
        [round(image_px * share) for share in pair] for pair in (rows, SIDES)
    )
    return picture[top:bottom, left:right]


def alone(subjects: Sequence[str], aus: Sequence[int], image_px: int = 256) -> dict[str, dict]:
    """Whole pictures of each unit at level D, and of the neutral face, subject by subject.

    Returns:
        Subject to ``neutral`` and each ``AU01`` ... to its picture (H W 3).
    """
    shown = {"neutral": {}} | {au_name(au): {au_name(au): MIDDLES["D"]} for au in aus}
    return {
        subject: {
            name: render_face(subject, units, image_px=image_px) for name, units in shown.items()
        }
        for subject in subjects
    }


def course(
    subject: str, task: str, seed: int, aus: Sequence[int] = (1, 6, 12, 15), n_frames: int = 448
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Returns the start of one sequence by the second: drawn intensities, labels, what has none.

    Args:
        subject, task: names of one corpus.
        seed: corpus seed.
        aus: coded units; the stronger side of the face counts.
        n_frames: consecutive video frames.

    Raises:
        ValueError: no such subject, or a task that its corpus does not have.
    """
    tasks = shape_of(subject).tasks
    if task not in tasks:
        raise ValueError(f"task: expected one of {', '.join(tasks)}, got {task!r}")
    act = perform(subject, task, frames_per_sequence=n_frames, stride=1, seed=seed)
    at, names = [act.shape.aus.index(au) for au in aus], au_names(aus)
    seconds = pd.Index(act.frame / act.shape.fps, name="seconds")
    drawn = np.maximum(act.left, act.right)[:, at]
    active = (act.label[:, at] >= act.shape.active_from).astype(int)
    unlabelled = {
        UNLABELLED[au]: values for au, values in act.unlabelled.items() if au in UNLABELLED
    }
    return (
        pd.DataFrame(drawn, seconds, names),
        pd.DataFrame(active, seconds, names),
        pd.DataFrame(unlabelled, seconds),
    )


def troubles(subject: str, image_px: int = 256) -> dict[str, dict[str, np.ndarray]]:
    """One neutral face made harder and harder to find: turned away, far away, out of focus, hidden.

    Returns:
        Kind of trouble to a title and a picture (H W 3) for each of its six degrees.
    """
    whole = render_face(subject, {}, image_px=image_px)
    return {
        "turned": {
            f"{angle}°": render_face(subject, {}, image_px=image_px, yaw=float(np.deg2rad(angle)))
            for angle in (0, 20, 35, 50, 60, 70)
        },
        "small": {
            f"{px} px wide": cv2.resize(whole, (px, px), interpolation=cv2.INTER_AREA)
            for px in (256, 192, 160, 128, 96, 64)
        },
        "blurred": {
            f"σ = {sigma} px": cv2.GaussianBlur(whole, (0, 0), sigma)
            for sigma in (1, 2, 4, 6, 8, 12)
        },
        "hidden": {
            f"lowest {share:.0%}": _covered(whole, share)
            for share in (0.2, 0.3, 0.4, 0.5, 0.55, 0.6)
        },
    }


def _covered(picture: np.ndarray, share: float) -> np.ndarray:
    """The picture with its lowest part black."""
    return np.where(np.arange(len(picture))[:, None, None] < len(picture) * (1 - share), picture, 0)
