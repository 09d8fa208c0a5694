"""Every random draw has an address: corpus seed, subject, task and purpose, all stable integers."""

import zlib
from collections.abc import Sequence

import numpy as np

from data_prep.synth.plan.shapes import SHAPES, shape_of

SUBJECTS, TASKS = SHAPES["synau_b"].subjects, SHAPES["synau_b"].tasks
"""SynAU-B's names, which are BP4D's: 41 subjects, 8 tasks."""

SUBJECT_NUMBER = {s: i for i, s in enumerate((s for x in SHAPES.values() for s in x.subjects), 1)}
TASK_NUMBER = {t: i for i, t in enumerate((t for x in SHAPES.values() for t in x.tasks), 1)}
"""No number twice: nobody of one corpus is anybody of the other."""


def check_subject(subject: str) -> str:
    """Returns the name unchanged.

    Raises:
        ValueError: the name is nobody's.
    """
    shape_of(subject)
    return subject


def check_names(kind: str, names: Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """Returns the names sorted.

    Raises:
        ValueError: an unknown name, a repeated one, or none.
    """
    if len(names) == 0 or len(set(names)) != len(names):
        raise ValueError(f"{kind}: expected distinct names, at least one, found {names}")
    if unknown := [name for name in names if name not in known]:
        raise ValueError(f"{kind}: expected names of {known[0]}..{known[-1]}, found {unknown}")
    return tuple(sorted(names))


def stream(seed: int, purpose: str, subject: str = "", task: str = "") -> np.random.Generator:
    """Returns the random stream of one purpose; other purposes and subjects do not disturb it."""
    address = [seed, zlib.crc32(purpose.encode())]
    address.append(SUBJECT_NUMBER[subject] if subject else 0)
    address.append(TASK_NUMBER[task] if task else 0)
    return np.random.default_rng(np.random.SeedSequence(address))
