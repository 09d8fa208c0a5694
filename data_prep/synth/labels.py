"""Which Action Units are active? A latent Gaussian process with the real corpus's statistics.

Every AU has a latent value z(t); it is labelled active while z > 0. Within a task

    z = mean(task, AU) + subject + subject-by-task + course(t),

three Gaussian parts whose variances add to one. The task means give the prevalence by task; the
parts share one correlation matrix, solved so that the binary labels have the reference's phi; the
shares of the parts and each AU's time constant are fitted to variance explained and to the length
of active runs (`calibrate.py` -> `label_process.json`). No label is ever changed afterwards.
"""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numba import njit
from scipy.special import ndtr, ndtri

from data_prep.synth.action_units import CODED
from data_prep.synth.seeds import SUBJECTS, TASKS, stream

HERE = Path(__file__).parent
N_AU = len(CODED)

LEVEL_BOUNDS = (0.18, 0.32, 0.50, 0.70, 0.88, 1.0)
"""Drawn intensity at the lower bound of FACS levels A, B, C, D, E and at the top of E.

A is a trace that a trained coder just sees: on sheets of every AU at 0.12 nothing is to be seen,
near 0.2 most AUs show on some of the faces."""
HIGHEST_QUANTILE = 0.998
"""Share of active frames under an AU's highest drawn intensity: rarer levels do not occur."""
BELOW_THRESHOLD = 0.2
"""Latent range under the threshold in which an AU already stirs, unlabelled: onsets are smooth."""
QUICK = 5.0
"""Time constant of the quick part of a course, frames: a fifth of a second, a brief twitch."""
BALANCED_FRAMES = 448
"""Frames over which courses are balanced: the mean length of BP4D's sequences."""
LONGEST_MEMORY = 600
"""Frames run before a sequence starts, so that its first frame is as any other."""


@lru_cache(maxsize=1)
def statistics() -> dict:
    """Returns the reference statistics (`statistics.json`, source inside)."""
    found = json.loads((HERE / "statistics.json").read_text())
    if tuple(found["aus"]) != CODED:
        raise ValueError(f"statistics.json: expected AUs {CODED}, found {found['aus']}")
    return found


@dataclass(frozen=True, eq=False)
class Process:
    """Parameters of the latent process.

    Attributes:
        mean: (task au) latent mean.
        subject, interaction: (au) standard deviation of the subject's and the sequence's part.
        tau: (au) time constant of the course, frames.
        flicker: (au) share of the course's variance that is quick (`QUICK` frames).
        correlation: (au au) shared by the three parts.
    """

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


@lru_cache(maxsize=1)
def process() -> Process:
    """Returns the fitted process (`label_process.json`)."""
    fitted = json.loads((HERE / "label_process.json").read_text())
    parts = {
        k: np.array(fitted[k]) for k in ("subject", "interaction", "tau", "flicker", "correlation")
    }
    return Process(mean=np.array(fitted["mean"]), **parts)


def balanced(rng: np.random.Generator, n: int, correlation: np.ndarray) -> np.ndarray:
    """Returns n normal vectors (n au) with exactly zero mean and exactly this covariance.

    With 41 subjects a plain draw would move an AU's prevalence by 2 or 3 points; a balanced one
    keeps the corpus at the reference.
    """
    x = rng.standard_normal((n, len(correlation)))
    scores = ndtri((np.arange(n) + 0.5) / n)
    for _ in range(8):
        x = scores[x.argsort(0).argsort(0)]
        x = x - x.mean(0)
        x = x @ np.linalg.inv(np.linalg.cholesky(x.T @ x / n)).T
    return x @ np.linalg.cholesky(correlation).T


@lru_cache(maxsize=4)
def effects(seed: int, fitted: Process | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Returns the subjects' parts (41 au) and the sequences' parts (task 41 au) of this seed.

    Luck is taken out over `BALANCED_FRAMES`: a subject's sequences and slow courses average to
    nothing, and each task's threshold lies where the reference's share of frames is above it.
    """
    p = fitted or process()
    subjects = balanced(stream(seed, "subject effects"), len(SUBJECTS), p.correlation) * p.subject
    drawn = [
        balanced(stream(seed, "sequence effects", task=t), len(SUBJECTS), p.correlation)
        for t in TASKS
    ]
    courses = np.array(
        [
            [course(stream(seed, "course", s, t), BALANCED_FRAMES, p) for s in SUBJECTS]
            for t in TASKS
        ]
    )
    sequences = np.stack(drawn) * p.interaction
    luck = sequences + courses.mean(2)
    sequences = sequences - luck.mean(0, keepdims=True)
    z = p.mean[:, None, None] + subjects[None, :, None] + sequences[:, :, None] + courses
    for t, share in enumerate(ndtr(p.mean)):
        for a in range(N_AU):
            sequences[t, :, a] -= np.quantile(z[t, ..., a], 1 - share[a])
    return subjects, sequences


def course(rng: np.random.Generator, n_frames: int, p: Process) -> np.ndarray:
    """Returns the moving part (frame au): critically damped noise, smooth as muscles are."""
    n = LONGEST_MEMORY + n_frames
    white = rng.standard_normal((n * 2, N_AU)) @ np.linalg.cholesky(p.correlation).T
    white = white.reshape(n, 2, N_AU)
    quick = damped_noise(white[:, 1], QUICK)
    out = np.empty((n, N_AU))
    for a, tau in enumerate(p.tau):
        out[:, a] = damped_noise(white[:, 0, a : a + 1], tau)[:, 0]
    out = out * np.sqrt(1 - p.flicker) + quick * np.sqrt(p.flicker)
    return out[LONGEST_MEMORY:] * p.course


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
        subject, task: BP4D names.
        n_frames: video frames at 25 a second; a longer sequence starts like a shorter one.
        seed: corpus seed.
        fitted: parameters; the committed ones unless given.
    """
    p = fitted or process()
    subjects, sequences = effects(seed, fitted)
    s, t = SUBJECTS.index(subject), TASKS.index(task)
    moving = course(stream(seed, "course", subject, task), n_frames, p)
    return p.mean[t] + subjects[s] + sequences[t, s] + moving


@lru_cache(maxsize=1)
def _intensity_tables() -> list[tuple[np.ndarray, np.ndarray]]:
    """Returns for each AU the latent excess and the intensity at the level bounds.

    The share of active frames at each level is DISFA's for that AU (its mean over AUs where DISFA
    does not code the AU): weak expressions are common, strong ones rare.
    """
    levels = statistics()["intensity_levels_A_to_E"]
    shares = {au: np.array(v) / np.sum(v) for au, v in levels.items()}
    mean_share = np.mean(list(shares.values()), 0)
    grid = np.linspace(0, 5, 2001)
    tables = []
    for a, au in enumerate(CODED):
        survival = ndtr(process().mean[:, a] - grid[:, None]).mean(1)
        reached = 1 - survival / survival[0]
        below = np.concatenate([[0], np.cumsum(shares.get(str(au), mean_share))])
        kept = np.concatenate([[True], below[:-1] < HIGHEST_QUANTILE])
        excess = np.interp(np.minimum(below[kept], HIGHEST_QUANTILE), reached, grid)
        tables.append((excess, np.array(LEVEL_BOUNDS)[kept]))
    return tables


def intensity(z: np.ndarray) -> np.ndarray:
    """Returns drawn intensities (frame au), 0..1 with 1 = FACS E, of latents (frame au)."""
    out = np.empty_like(z)
    for a, (excess, bounds) in enumerate(_intensity_tables()):
        x = np.concatenate([[-BELOW_THRESHOLD], excess])
        y = np.concatenate([[0.0], bounds])
        out[:, a] = np.interp(z[:, a], x, y)
    return out
