"""Finished chunks of preparing on disk, and the keys that tell a stale one from a fresh one.

Each of the two passes works in chunks (:mod:`data_prep.chunks`) that are kept, as they are
finished, in a folder named by a key of all that they depend on: a rerun takes finished chunks as
they are, and a change of a parameter never meets a stale one.
"""

import hashlib
import json
import platform
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from importlib.metadata import version
from pathlib import Path
from typing import Any

from data_prep.chunks import Chunk
from data_prep.pictures import Picture
from dsin_lib.faces.align import TRANSFORMS
from dsin_lib.faces.patches import WINDOWS
from dsin_lib.shapes import ALIGNED_PX

CHUNK = 64  # frames; what a kill costs at most, twice per worker
CODE = 2  # raise it when the same parameters begin to give other pixels
LIBRARIES = ("dlib-bin", "opencv-python-headless", "scikit-image", "pillow", "numpy")

Run = Callable[[str, Callable[..., None], Sequence[Chunk]], None]
"""``run_chunks`` with its workers and progress bar settled."""


@dataclass(frozen=True)
class Parameters:
    """What the pixels of a store depend on, besides the corpus. Paper: Sec. 4.1.2.

    Attributes:
        alignment: Reading alignment, see :func:`dsin_lib.faces.align.align`.
        patch_crop: Reading patch-crop, see :func:`dsin_lib.faces.patches.window`.
        face_px: Width and height of the stored face; 224 as printed, 112 for a CPU.
        patch_px: Width and height of a patch; 56 as printed.
        upsample: Doublings of the image before the detector looks at it.
    """

    alignment: str = "similarity"
    patch_crop: str = "box"
    face_px: int = 112
    patch_px: int = 56
    upsample: int = 0

    def __post_init__(self) -> None:
        allowed: dict[str, Sequence[Any]] = {
            "alignment": tuple(TRANSFORMS),
            "patch_crop": tuple(WINDOWS),
            "face_px": range(16, ALIGNED_PX + 1),
            "patch_px": range(8, ALIGNED_PX + 1),
            "upsample": range(4),
        }
        for field in fields(self):
            value, good = getattr(self, field.name), allowed[field.name]
            if value not in good:
                raise ValueError(f"{field.name}: expected one of {good}, found {value!r}")


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


def pieces(some: Sequence[Picture]) -> list[tuple[int, list[Picture]]]:
    """(first index, pictures) of every chunk."""
    starts = range(0, len(some), CHUNK)
    return [(start, list(some[start : start + CHUNK])) for start in starts]
