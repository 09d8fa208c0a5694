"""Which Action Units are active, how strongly? A latent Gaussian process with the real statistics.

Every AU has a latent value z(t); it is active while z > 0. Within a task

    z = mean(task, AU) + subject + subject-by-task + course(t),

three Gaussian parts whose variances add to one. The task means give the prevalence by task; the
parts share one correlation matrix, solved so that the binary labels have the reference's phi; the
shares of the parts and each AU's time constant are fitted to variance explained and to the length
of active runs (`fitting/calibrate.py` -> `process_*.json`). Thresholds on z give the levels A to E
with the reference's shares; z between two of them gives the intensity that is drawn.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from scipy.special import ndtr, ndtri

from data_prep.synth.compiled import njit
from data_prep.synth.labels.reference import statistics
from data_prep.synth.plan.seeds import stream
from data_prep.synth.plan.shapes import Shape, shape_of

LEVEL_BOUNDS = (0.18, 0.32, 0.50, 0.70, 0.88, 1.0)
"""Drawn intensity at the lower bound of FACS levels A, B, C, D, E and at the top of E.

A is a trace that a trained coder just sees: on sheets of every AU at 0.12 nothing is to be seen,
near 0.2 most AUs show on some of the faces."""
HIGHEST_QUANTILE = 0.998
"""Share of visible frames under an AU's highest drawn intensity: rarer levels do not occur."""
BELOW_THRESHOLD = 0.2
"""Latent range under level A in which an AU already stirs, unlabelled: onsets are smooth."""
QUICK = 0.2
"""Time constant of the quick part of a course, seconds: a brief twitch."""


@dataclass(frozen=True, eq=False)
class Process:
    """Parameters of the latent process.

    Attributes:
        shape: the corpus that it is of.
        mean: (task au) latent mean.
        subject, interaction: (au) standard deviation of the subject's and the sequence's part.
        tau: (au) time constant of the course, frames.
        flicker: (au) share of the course's variance that is quick (`QUICK`).
        correlation: (au au) shared by the three parts.
    """

    shape: Shape
    mean: np.ndarray
    subject: np.ndarray
    interaction: np.ndarray
    tau: np.ndarray
    flicker: np.ndarray
    correlation: np.ndarray

    @property
    def course(self) -> np.ndarray:
        """(au) standard deviation of the part that moves."""
        return np.sqrt(np.clip(1 - self.subject**2 - self.interaction**2, 0, 1))


PARAMETERS = ("mean", "subject", "interaction", "tau", "flicker", "correlation")


def process_file(shape: Shape) -> Path:
    """Returns where the fitted parameters of the label process lie."""
    return Path(__file__).with_name(f"process_{shape.reference}.json")


@lru_cache(maxsize=2)
def process(shape: Shape) -> Process:
    """Returns the fitted process (`process_*.json`)."""
    fitted = json.loads(process_file(shape).read_text())
    return Process(shape, **{k: np.array(fitted[k]) for k in PARAMETERS})


def balanced(rng: np.random.Generator, n: int, correlation: np.ndarray) -> np.ndarray:
    """Returns n normal vectors (n au) with exactly zero mean and exactly this covariance.

    With 27 or 41 subjects a plain draw would move an AU's prevalence by 2 or 3 points; a balanced
    one keeps the corpus at the reference.
    """
    x = rng.standard_normal((n, len(correlation)))
    scores = ndtri((np.arange(n) + 0.5) / n)
    for _ in range(8):
        x = scores[x.argsort(0).argsort(0)]
        x = x - x.mean(0)
        x = x @ np.linalg.inv(np.linalg.cholesky(x.T @ x / n)).T
    return x @ np.linalg.cholesky(correlation).T


@lru_cache(maxsize=2)
def effects(seed: int, p: Process) -> tuple[np.ndarray, np.ndarray]:
    """Returns the subjects' parts (subject au) and the sequences' parts (task subject au).

    Luck is taken out over sequences of the mean length: a subject's sequences and slow courses
    average to nothing, and each task's threshold lies where the reference's share of frames is
    above it.
    """
    who, what, where = p.shape.subjects, p.shape.tasks, p.shape.address
    drawn = balanced(stream(seed, where + "subject effects"), len(who), p.correlation)
    subjects = drawn * p.subject
    drawn = [
        balanced(stream(seed, where + "sequence effects", task=t), len(who), p.correlation)
        for t in what
    ]
    length = p.shape.frames_per_sequence
    courses = np.array(
        [[course(stream(seed, "course", s, t), length, p) for s in who] for t in what]
    )
    sequences = np.stack(drawn) * p.interaction
    luck = sequences + courses.mean(2)
    sequences = sequences - luck.mean(0, keepdims=True)
    for t, share in enumerate(ndtr(p.mean)):
        for a in range(len(p.shape.aus)):
            z = p.mean[t, a] + subjects[:, None, a] + sequences[t, :, None, a] + courses[t, ..., a]
            sequences[t, :, a] -= np.quantile(z, 1 - share[a])
    return subjects, sequences


def course(rng: np.random.Generator, n_frames: int, p: Process) -> np.ndarray:
    """Returns the moving part (frame au): critically damped noise, smooth as muscles are."""
    n, n_au = p.shape.warm_up + n_frames, len(p.shape.aus)
    white = rng.standard_normal((n * 2, n_au)) @ np.linalg.cholesky(p.correlation).T
    white = white.reshape(n, 2, n_au)
    quick = damped_noise(white[:, 1], QUICK * p.shape.fps)
    out = np.empty((n, n_au))
    for a, tau in enumerate(p.tau):
        out[:, a] = damped_noise(white[:, 0, a : a + 1], tau)[:, 0]
    out = out * np.sqrt(1 - p.flicker) + quick * np.sqrt(p.flicker)
    return out[p.shape.warm_up :] * p.course


def damped_noise(white: np.ndarray, tau: float) -> np.ndarray:
    """Returns white noise (frame column) through a critically damped filter, unit variance.

    Impulse response t exp(-t / tau): smooth, without overshoot.
    """
    decay = np.exp(-1 / tau)
    power = (1 + decay**2) / (1 - decay**2) ** 3
    return _filtered(white, 2 * decay, -(decay**2), 1 / np.sqrt(power))


@njit(cache=True)
def _filtered(white, first, second, gain):
    """Returns x[t] = gain * white[t] + first * x[t - 1] + second * x[t - 2] by column."""
    out = np.empty_like(white)
    for c in range(white.shape[1]):
        one, two = 0.0, 0.0
        for t in range(white.shape[0]):
            now = gain * white[t, c] + first * one + second * two
            out[t, c] = now
            one, two = now, one
    return out


def latent(
    subject: str, task: str, n_frames: int, seed: int, fitted: Process | None = None
) -> np.ndarray:
    """Returns z (frame au) of one sequence; an AU is active while z > 0.

    Args:
        subject, task: names of one shape.
        n_frames: video frames; a longer sequence starts like a shorter one.
        seed: corpus seed.
        fitted: parameters; the committed ones unless given.
    """
    p = fitted or process(shape_of(subject))
    subjects, sequences = effects(seed, p)
    s, t = p.shape.subjects.index(subject), p.shape.tasks.index(task)
    moving = course(stream(seed, "course", subject, task), n_frames, p)
    return p.mean[t] + subjects[s] + sequences[t, s] + moving


def level_shares(shape: Shape) -> np.ndarray:
    """Returns (au 5): of the frames at level A or more, the share at each level A to E.

    They are DISFA's. Where the corpus is coded by occurrence and DISFA has no such AU, they are
    the mean of the AUs that it has.
    """
    reference = statistics(shape)
    if "frames_at_level_0_to_5" in reference:
        frames = {k: v[1:] for k, v in reference["frames_at_level_0_to_5"].items()}
    else:
        frames = reference["intensity_levels_A_to_E"]
    shares = {au: np.array(v) / np.sum(v) for au, v in frames.items()}
    mean = np.mean(list(shares.values()), 0)
    return np.array([shares.get(str(au), mean) for au in shape.aus])


def onset(p: Process) -> np.ndarray:
    """Returns the latent value (au) at which level A begins: 0 where any level is active.

    Where a corpus counts from level B on, z = 0 is there, and A begins below.
    """
    shares = level_shares(p.shape)
    weaker = shares[:, : p.shape.active_from - 1].sum(1)
    active = ndtr(p.mean).mean(0)
    return np.where(weaker > 0, p.mean[0] - ndtri(active / (1 - weaker)), 0.0)


@lru_cache(maxsize=2)
def _level_tables(shape: Shape) -> list[tuple[np.ndarray, np.ndarray]]:
    """Returns for each AU the latents at the level bounds, and the share of each level kept."""
    p = process(shape)
    grid = np.linspace(0, 5, 2001)
    tables = []
    for a, (start, shares) in enumerate(zip(onset(p), level_shares(shape), strict=True)):
        survival = ndtr(p.mean[:, a] - start - grid[:, None]).mean(1)
        reached = 1 - survival / survival[0]
        below = np.concatenate([[0], np.cumsum(shares)])
        kept = np.concatenate([[True], below[:-1] < HIGHEST_QUANTILE])
        excess = np.interp(np.minimum(below[kept], HIGHEST_QUANTILE), reached, grid)
        tables.append((start + excess, kept))
    return tables


def scaled(
    z: np.ndarray, shape: Shape, a: int, rest: float, bounds: tuple[float, ...]
) -> np.ndarray:
    """Returns what one AU's latent (frame) means on a scale with these level bounds.

    Args:
        z: (frame) latent of AU number `a` of the shape.
        shape: the corpus.
        a: place of the AU.
        rest: the scale's value at rest.
        bounds: its values at the lower bounds of levels A to E and at the top of E.
    """
    at, kept = _level_tables(shape)[a]
    x = np.concatenate([[at[0] - BELOW_THRESHOLD], at])
    y = np.concatenate([[rest], np.array(bounds)[kept]])
    return np.interp(z, x, y)


def intensity(z: np.ndarray, shape: Shape) -> np.ndarray:
    """Returns drawn intensities (frame au), 0..1 with 1 = FACS E, of latents (frame au)."""
    columns = [scaled(z[:, a], shape, a, 0.0, LEVEL_BOUNDS) for a in range(z.shape[1])]
    return np.stack(columns, 1)


def level(drawn: np.ndarray, bounds: tuple[float, ...] = LEVEL_BOUNDS) -> np.ndarray:
    """Returns the FACS level, 0 to 5 for none and A to E, of what is drawn."""
    lower = np.array(bounds[:-1], np.float32)
    return np.digitize(np.asarray(drawn, np.float32), lower).astype(np.uint8)
