"""numba's compiler; every kernel takes it from here, so that what it compiles can be kept.

numba keeps a kernel beside its source, or in the user's cache folder. In a container of another
user neither can be written, and a kernel that is to be kept then refuses to be defined; a folder
under ``results`` takes their place.
"""

import os
from pathlib import Path

from dsin_lib.config import results_root
from dsin_lib.homes import takes_files

BESIDE = Path(__file__).parent / "__pycache__"
"""Stands for the rooms' own, where kernels lie: who can write here can write there."""


def choose_folder() -> None:
    """Names a folder under ``results`` to numba where neither of its own can be written.

    Workers inherit the choice. Several processes may compile at once: numba moves a whole file to
    its place.
    """
    if not (os.environ.get("NUMBA_CACHE_DIR") or takes_files(BESIDE) or takes_files(_users())):
        os.environ["NUMBA_CACHE_DIR"] = str(results_root() / ".numba")


def _users() -> Path:
    """The user's cache folder; where no home is known, a relative path."""
    caches = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")  # noqa: PTH111
    return Path(caches) / "numba"


choose_folder()  # numba reads it when it is imported

from numba import njit  # noqa: E402

__all__ = ["choose_folder", "njit"]
