"""Memory that a training gives back when it ends, and not before.

A step allocates and frees the same large blocks as the step before. glibc hands each of them back
to the kernel, which clears it before it hands it out again: on a CPU a quarter of the seconds of a
training goes there. Told to keep freed blocks, it reuses them.

Source: mallopt(3), malloc_trim(3). What is asked holds for the whole process from then on, whoever
started it, so that it works alike in a job of the DAG, under papermill and in JupyterLab.
"""

import ctypes
import platform
from functools import cache

KEEP = {
    -4: 0,  # M_MMAP_MAX: no block is mapped by itself, to be unmapped when it is freed
    -1: 2**31 - 1,  # M_TRIM_THRESHOLD: bytes free at the end of the heap that are not given back
    -2: 256 * 2**20,  # M_TOP_PAD: bytes by which the heap grows at a time
}
"""Parameters of mallopt and their values."""


@cache
def keep_freed_memory() -> bool:
    """Asks glibc to keep what is freed; whether it will, which other C libraries will not."""
    if platform.libc_ver()[0] != "glibc":
        return False
    mallopt = ctypes.CDLL(None).mallopt
    return all(mallopt(parameter, value) for parameter, value in KEEP.items())


def give_back_freed_memory() -> None:
    """Hands the kernel what is kept and free, so that trainings of other sizes do not add up."""
    if keep_freed_memory():
        ctypes.CDLL(None).malloc_trim(0)
