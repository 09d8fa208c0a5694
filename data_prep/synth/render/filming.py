"""A performance in front of a camera: one subject and task, frame by frame."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from data_prep.synth.acting.action_units import express, unit_weights
from data_prep.synth.acting.performance import Performance
from data_prep.synth.mesh.asset import head
from data_prep.synth.people.appearance import Appearance, appearance
from data_prep.synth.plan.seeds import check_subject, stream
from data_prep.synth.render import camera, scene
from data_prep.synth.render.portrait import Portrait, lip_gap

GAZE_UNITS = ("eyeLookOut", "eyeLookIn", "eyeLookUp", "eyeLookDown")
LID_FOLLOWS = 0.35
"""Share of the upper lid's closing that goes with looking down."""


@dataclass(frozen=True, eq=False)
class Shot:
    """One frame: RGB picture (H W 3), landmarks (68 2) in pixels, opening of the lips (dm)."""

    picture: np.ndarray
    landmarks: np.ndarray
    lip_gap: float


def gaze_weights(left: float, up: float) -> np.ndarray:
    """Returns unit weights (52) of both eyes looking to the subject's left and up, -1..1."""
    rows = head().unit
    weights = np.zeros(len(rows), np.float32)
    outer, inner = ("Left", "Right") if left > 0 else ("Right", "Left")
    weights[rows["eyeLookOut" + outer]] = weights[rows["eyeLookIn" + inner]] = abs(left)
    for side in ("Left", "Right"):
        weights[rows[("eyeLookUp" if up > 0 else "eyeLookDown") + side]] = abs(up)
        weights[rows["eyeBlink" + side]] = LID_FOLLOWS * max(-up, 0)
    return weights


def lens(subject: str, task: str, seed: int) -> camera.Camera:
    """Returns the camera of one sequence."""
    return camera.camera(stream(seed, "camera", subject, task))


def film(act: Performance, subject: str, task: str, image_px: int, seed: int) -> Iterator[Shot]:
    """Yields the frames of one sequence.

    Args:
        act: what the subject does.
        subject, task: names of one shape.
        image_px: side of the square pictures.
        seed: corpus seed.
    """
    stage = _portrait(subject, image_px, seed)
    optics = lens(subject, task, seed)
    rng = stream(seed, "film", subject, task)
    lamps = scene.light(rng)
    backdrop = scene.background(rng, image_px)
    scale = rng.uniform(86, 98)
    centre = (0.5 + rng.normal(0, 0.012), 0.44 + rng.normal(0, 0.012))
    sides = act.sides()
    for i in range(len(act.frame)):
        yaw, pitch, roll = act.pose[i]
        shift = (centre[0] + 0.08 * yaw, centre[1] + 0.08 * pitch)
        view = scene.View(yaw, pitch, roll, scale, shift)
        left, right = ({au: v[i] for au, v in side.items()} for side in sides)
        weights = unit_weights(left, right) + gaze_weights(*act.gaze[i])
        face = express(stage.look.vertices, weights)
        image, points = stage.draw(face, view, lamps, backdrop, left, right)
        motion = tuple(act.speed[i] * scale * image_px / 256)
        yield Shot(camera.photograph(image, optics, motion, rng), points, lip_gap(face))


@lru_cache(maxsize=1)
def _portrait(subject: str, image_px: int, seed: int) -> Portrait:
    return Portrait(_appearance(subject, seed), image_px)


@lru_cache(maxsize=2)
def _appearance(subject: str, seed: int) -> Appearance:
    return appearance(subject, seed)


def render_face(
    subject: str,
    aus: Mapping[str, float],
    *,
    image_px: int = 256,
    seed: int = 0,
    yaw: float = 0.0,
    pitch: float = 0.0,
    roll: float = 0.0,
) -> np.ndarray:
    """Draws one subject with these Action Units, in even light.

    Args:
        subject: "F001".."F023" or "M001".."M018" of SynAU-B, "SN001".."SN032" of SynAU-D.
        aus: AU name -> intensity, 0..1 with 1 = FACS E, such as `{"AU12": 0.8}`.
        image_px: side of the picture.
        seed: the corpus seed; the same one draws the same person.
        yaw, pitch, roll: radians.

    Returns:
        (H W 3) uint8 RGB.

    Raises:
        ValueError: an unknown subject.
        KeyError: an unknown AU.
    """
    check_subject(subject)
    intensities = {int(name.removeprefix("AU")): float(v) for name, v in aus.items()}
    stage = _portrait(subject, image_px, seed)
    face = express(stage.look.vertices, unit_weights(intensities, intensities))
    view = scene.View(yaw, pitch, roll, scale=92)
    image, _ = stage.draw(
        face,
        view,
        scene.neutral_light(),
        scene.plain_background(image_px),
        intensities,
        intensities,
    )
    rng = stream(seed, "atlas", subject)
    return camera.photograph(image, camera.neutral_camera(), (0.0, 0.0), rng)
