"""Every random draw has an address: corpus seed, subject, task and purpose, all stable integers."""

import re
import zlib

import numpy as np

SUBJECT_NAME = re.compile(r"(?P<sex>[FM])(?P<number>\d{3})")
TASKS = tuple(f"T{i}" for i in range(1, 9))
SUBJECTS = tuple(f"F{i:03d}" for i in range(1, 24)) + tuple(f"M{i:03d}" for i in range(1, 19))
"""The 41 names of BP4D: 23 women, 18 men."""


def check_subject(subject: str) -> str:
    """Returns the name unchanged.

    Raises:
        ValueError: the name is not one of BP4D's 41.
    """
    if subject not in SUBJECTS:
        raise ValueError(f"subject {subject!r}: expected one of F001..F023, M001..M018")
    return subject


def check_task(task: str) -> str:
    """Returns the name unchanged.

    Raises:
        ValueError: the name is not T1..T8.
    """
    if task not in TASKS:
        raise ValueError(f"task {task!r}: expected one of {', '.join(TASKS)}")
    return task


def stream(seed: int, purpose: str, subject: str = "", task: str = "") -> np.random.Generator:
    """Returns the random stream of one purpose; other purposes and subjects do not disturb it."""
    address = [seed, zlib.crc32(purpose.encode())]
    address.append(SUBJECTS.index(subject) + 1 if subject else 0)
    address.append(TASKS.index(task) + 1 if task else 0)
    return np.random.default_rng(np.random.SeedSequence(address))
