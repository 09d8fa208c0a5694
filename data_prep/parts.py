"""Finished chunks of a pass on disk, and the keys that tell a stale one from a fresh one.

Each pass over a corpus (landmarks, patches, a feature) works in chunks (:mod:`data_prep.chunks`)
that are kept, as they are finished, in a folder named by a key of all that they depend on: a rerun
takes finished chunks as they are, and a change of a parameter never meets a stale one.
"""

import hashlib
import json
import platform
import shutil
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from data_prep.chunks import Chunk

CHUNK = 64  # frames; what a kill costs at most, twice per worker
CODE = 2  # raise it when the same parameters begin to give other pixels
LIBRARIES = ("dlib-bin", "opencv-python-headless", "scikit-image", "pillow", "numpy")

Run = Callable[[str, Callable[..., None], Sequence[Chunk]], None]
"""``run_chunks`` with its workers and progress bar settled."""


def versions() -> dict[str, str]:
    """The versions of what makes the pixels."""
    return {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}


def key(*values: Any) -> str:
    """Twelve hex digits of JSON-able values."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:12]


def folder_of(parts: Path, kind: str, made_of: str) -> Path:
    """The folder of one pass' finished chunks; those of other parameters are removed."""
    folder = parts / f"{kind}-{made_of}"
    for stale in parts.glob(f"{kind}-*"):
        if stale != folder:
            shutil.rmtree(stale)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def pieces(some: Sequence[Any]) -> list[tuple[int, list[Any]]]:
    """(first index, items) of every chunk."""
    starts = range(0, len(some), CHUNK)
    return [(start, list(some[start : start + CHUNK])) for start in starts]
