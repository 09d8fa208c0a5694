"""What the face does over a sequence: labelled AUs, and everything that carries no label.

Blinks, gaze, head motion, speech and idle lips run on their own clocks, independent of the
labels, as nuisance. What a corpus codes is never nuisance: where AU25 and AU26 are coded, speech
is silent, of lips that move without parting and a jaw that stays.
"""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtri

from data_prep.synth.acting import lips
from data_prep.synth.acting.action_units import UNILATERAL_SHARE, damped
from data_prep.synth.labels import process
from data_prep.synth.plan.seeds import stream
from data_prep.synth.plan.shapes import Shape, shape_of

BLINK = 43
JAW_DROP = 26

TALKING_SHARE, TALK_STRENGTH = 0.30, (0.2, 0.6)
"""Share of time spent in speech-like movement, and the range of its strength (AU25/26)."""
SYLLABLE_SECONDS = 0.088
"""Time constant of speech movement: about four syllables a second."""
SPELL_SECONDS, IDLE_SECONDS = 2.4, 2.0
"""Time constants of spells of speech, and of idle lips."""
LIPS_APART_SHARE = 0.2
"""Share of time with idle lips parted (AU25, unlabelled)."""
SILENT_STRENGTH = {23: 0.5, 24: 0.4}
"""Lips that purse and press, as a share of speech's strength; never lips that are apart."""
IDLE_STRENGTH = {7: (0.15, 0.35), 14: (0.15, 0.3)}
"""AU -> share of time and strength of slow movements that DISFA does not code."""
BLINKS_PER_MINUTE = (8, 26)
"""Range between subjects (spontaneous blink rates in conversation)."""
BLINK_SHAPE, BLINK_FPS = np.array([0.35, 0.9, 1.0, 0.7, 0.35, 0.12]), 25
"""Lid closure of a blink by frame at 25 frames/s: fast down, slower up, a quarter second."""
HEAD_SD = {"yaw": 0.13, "pitch": 0.085, "roll": 0.06}
"""Standard deviation of head pose, radians: 7.5, 5 and 3.5 degrees, a seated listener."""
HEAD_SECONDS = 0.88
"""Time constant of head motion."""


@dataclass(frozen=True, eq=False)
class Performance:
    """One sequence, sampled every `stride` frames.

    Attributes:
        shape: the corpus; its `aus` order the columns.
        frame: (n) video frame numbers, from 1.
        label: (n au) what the label files say: 0/1, or intensity 0 to 5.
        left, right: (n au) intensity of the coded AUs on the subject's own sides, 0..1, before
            the exclusions of `action_units.DAMPS`.
        unlabelled: AU -> (n) intensity on both sides of what no label tells; 43 is the blink.
        gaze: (n 2) towards the subject's left, up; -1..1.
        pose: (n 3) yaw, pitch, roll, radians.
        speed: (n 2) motion of the face in the image, dm a frame.
    """

    shape: Shape
    frame: np.ndarray
    label: np.ndarray
    left: np.ndarray
    right: np.ndarray
    unlabelled: dict[int, np.ndarray]
    gaze: np.ndarray
    pose: np.ndarray
    speed: np.ndarray

    def sides(self) -> tuple[lips.Intensities, lips.Intensities]:
        """Returns AU -> (n) intensity of everything shown, on the left and on the right."""
        coded = (dict(zip(self.shape.aus, x.T, strict=True)) for x in (self.left, self.right))
        left, right = ({**side, **self.unlabelled} for side in coded)
        return left, right


def wander(rng: np.random.Generator, n: int, tau: float, columns: int = 1) -> np.ndarray:
    """Returns smooth unit-variance noise (n columns) of time constant `tau` frames."""
    memory = int(8 * tau) + 8
    white = rng.standard_normal((memory + n, columns))
    return process.damped_noise(white, tau)[memory:]


def spells(rng: np.random.Generator, n: int, tau: float, share: float, abrupt: float) -> np.ndarray:
    """Returns a course (n) between 0 and 1 that is up for this share of the time."""
    return 1 / (1 + np.exp(-abrupt * (wander(rng, n, tau)[:, 0] - ndtri(1 - share))))


def lopsided(subject: str, task: str, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Returns factors (au) of the subject's left and right side in this sequence.

    Everybody's face is a little lopsided; some AUs are now and then shown by one side alone. The
    stronger side always has factor 1.
    """
    aus = shape_of(subject).aus
    own = stream(seed, "lopsided", subject).normal(0, 0.08, len(aus))
    rng = stream(seed, "sides", subject, task)
    lean = own + rng.normal(0, 0.07, len(aus))
    alone = rng.random(len(aus)) < [UNILATERAL_SHARE.get(au, 0.0) for au in aus]
    lean = np.where(alone, rng.choice([-1, 1], len(aus)) * rng.uniform(0.5, 0.9), lean)
    return 1 + np.minimum(lean, 0), 1 - np.maximum(lean, 0)


def _blinks(subject: str, task: str, n: int, seed: int) -> np.ndarray:
    fps = shape_of(subject).fps
    rate = stream(seed, "blink rate", subject).uniform(*BLINKS_PER_MINUTE) / 60 / fps
    rng = stream(seed, "blinks", subject, task)
    times = np.arange(0, len(BLINK_SHAPE), BLINK_FPS / fps)
    shape = np.interp(times, np.arange(len(BLINK_SHAPE)), BLINK_SHAPE)
    starts = (rng.random(n + len(shape)) < rate).astype(float)
    closure = np.convolve(starts, shape)[len(shape) : len(shape) + n]
    return np.minimum(closure, 1)


def _gaze(rng: np.random.Generator, n: int, fps: int) -> np.ndarray:
    """Fixations of about half a second, mostly near the camera, and quick saccades."""
    jump = rng.random(n) < 1 / (0.6 * fps)
    jump[0] = True
    targets = rng.normal(0, [0.30, 0.16], (int(jump.sum()), 2))
    return np.clip(targets[np.cumsum(jump) - 1], -0.8, 0.8)


def _speech(rng: np.random.Generator, n: int, fps: int) -> lips.Intensities:
    """Returns lips-apart and jaw-drop courses (n)."""
    talking = spells(rng, n, SPELL_SECONDS * fps, TALKING_SHARE, 8)
    strength = rng.uniform(*TALK_STRENGTH)
    syllables = wander(rng, n, SYLLABLE_SECONDS * fps, 2)
    idle = spells(rng, n, IDLE_SECONDS * fps, LIPS_APART_SHARE, 6)
    apart = talking * strength * np.clip(0.5 + 0.6 * syllables[:, 0], 0, 1.3) + 0.35 * idle
    jaw = talking * strength * np.clip(0.35 + 0.5 * syllables[:, 1], 0, 1.1) + 0.08 * idle
    return {lips.LIPS_PART: np.clip(apart, 0, 1), JAW_DROP: np.clip(jaw, 0, 0.9)}


def _silent_speech(rng: np.random.Generator, n: int, fps: int) -> lips.Intensities:
    """Returns courses (n) of what DISFA does not code: pursing, pressing, dimples, narrow eyes."""
    talking = spells(rng, n, SPELL_SECONDS * fps, TALKING_SHARE, 8) * rng.uniform(*TALK_STRENGTH)
    syllables = wander(rng, n, SYLLABLE_SECONDS * fps, len(SILENT_STRENGTH))
    out = {
        au: talking * share * np.clip(0.5 + 0.6 * syllables[:, i], 0, 1.3)
        for i, (au, share) in enumerate(SILENT_STRENGTH.items())
    }
    for au, (share, strength) in IDLE_STRENGTH.items():
        out[au] = strength * rng.uniform(0.3, 1) * spells(rng, n, IDLE_SECONDS * fps, share, 6)
    return out


def perform(
    subject: str, task: str, *, frames_per_sequence: int, stride: int, seed: int
) -> Performance:
    """Returns what one subject does in one task.

    Args:
        subject, task: names of one shape.
        frames_per_sequence: frames kept.
        stride: video frames from one kept frame to the next.
        seed: corpus seed.
    """
    shape = shape_of(subject)
    n = (frames_per_sequence - 1) * stride + 1
    kept = np.arange(frames_per_sequence) * stride
    z = process.latent(subject, task, n, seed)[kept]
    expressive = np.exp(stream(seed, "expressive", subject).normal(0, shape.expressive))
    drawn = np.minimum(process.intensity(z, shape) * expressive, 1.1)
    on_left, on_right = lopsided(subject, task, seed)
    rng = stream(seed, "nuisance", subject, task)
    spread = np.array(list(HEAD_SD.values()))
    pose = wander(rng, n, HEAD_SECONDS * shape.fps, 3) * spread * 0.6 + rng.normal(0, spread) * 0.7
    mouth = (_silent_speech if lips.LIPS_PART in shape.aus else _speech)(rng, n, shape.fps)
    gaze = _gaze(rng, n, shape.fps)
    turning = np.gradient(pose, axis=0)[kept] if n > 1 else np.zeros((1, 3))
    unlabelled = {**mouth, BLINK: _blinks(subject, task, n, seed)}
    act = Performance(
        shape=shape,
        frame=kept + 1,
        label=(z > 0).astype(np.uint8),
        left=drawn * on_left,
        right=drawn * on_right,
        unlabelled={au: course[kept] for au, course in unlabelled.items()},
        gaze=gaze[kept],
        pose=pose[kept],
        speed=turning[:, :2] * 1.1,
    )
    return _graded(act, z, subject, seed) if lips.LIPS_PART in shape.aus else act


def _graded(act: Performance, z: np.ndarray, subject: str, seed: int) -> Performance:
    """Returns the performance with its lips parted, labelled by what is seen of every AU."""
    at, jaw = act.shape.aus.index(lips.LIPS_PART), act.shape.aus.index(JAW_DROP)
    wanted = process.scaled(z[:, at], act.shape, at, lips.REST, lips.GAP_BOUNDS)
    dropped = np.maximum(act.left[:, jaw], act.right[:, jaw]) / process.LEVEL_BOUNDS[0]
    parted = (wanted - lips.REST) / (lips.GAP_BOUNDS[0] - lips.REST)
    shut = np.clip(1 - np.maximum(dropped, parted), 0, 1)
    pressed = {au: act.unlabelled[au] * shut for au in SILENT_STRENGTH}
    act = replace(act, unlabelled={**act.unlabelled, **pressed})
    others = [{k: v for k, v in side.items() if k != lips.LIPS_PART} for side in act.sides()]
    apart, toward, gap = lips.part(subject, seed, *others, wanted)
    act.left[:, at] = act.right[:, at] = apart
    act.unlabelled[lips.LIPS_TOWARD] = toward
    return replace(act, label=seen_levels(act, gap))


def seen_levels(act: Performance, gap: np.ndarray) -> np.ndarray:
    """Returns the levels (n au) that a coder would give: of the stronger side, as it is drawn.

    Args:
        act: what is shown.
        gap: (n) opening of the lips, dm, which AU25 is graded by.
    """
    on_left, on_right = (damped(side) for side in act.sides())
    strongest = [np.maximum(on_left[au], on_right[au]) for au in act.shape.aus]
    found = process.level(np.stack(strongest, 1))
    found[:, act.shape.aus.index(lips.LIPS_PART)] = process.level(gap, lips.GAP_BOUNDS)
    return found


def written_labels(shape: Shape, seed: int) -> dict[tuple[str, str], np.ndarray]:
    """Returns what the label files of the whole corpus say, every video frame: (frame au)."""
    n = shape.frames_per_sequence
    return {
        (s, t): perform(s, t, frames_per_sequence=n, stride=1, seed=seed).label
        for s in shape.subjects
        for t in shape.tasks
    }
