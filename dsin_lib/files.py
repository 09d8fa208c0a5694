"""Files that are whole or absent, and errors of the disk that say which file they are of.

A full disk shows in odd ways: numpy counts bytes, pyarrow names none of its files, and a mapped
array whose room is not there kills the process (a bus error) when its first byte is written.
"""

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.lib.format import open_memmap


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Errors of the disk inside the block name a file or folder; those that do keep theirs."""
    try:
        yield
    except OSError as error:
        if error.filename is not None or str(path) in str(error):
            raise
        raise OSError(f"{path}: could not be written: {error.strerror or error}") from error


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A temporary path that becomes ``path`` if the block ends well: whole or absent."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        with named(path):
            yield partial
            partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write a small text file that is whole or absent."""
    with whole(path) as partial:
        partial.write_text(text, encoding="utf-8")


def allocate(path: Path, dtype: type, shape: tuple[int, ...]) -> np.memmap:
    """A new array on disk, mapped, of zeros, whose room is taken before its first byte is written.

    Args:
        path: The ``.npy`` file.
        dtype: Of its numbers.
        shape: Its axes; the first may be 0.

    Raises:
        OSError: The disk has no room for it; names the file and how much it needs.
    """
    try:
        array = open_memmap(path, mode="w+", dtype=dtype, shape=shape)
        with path.open("r+b") as stream:
            if hasattr(os, "posix_fallocate"):  # not on every system
                os.posix_fallocate(stream.fileno(), 0, path.stat().st_size)
    except OSError as error:
        size = math.prod(shape) * np.dtype(dtype).itemsize / 1e6
        raise OSError(f"{path}: no room for {size:,.1f} MB: {error.strerror}") from error
    return array
