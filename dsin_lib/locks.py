"""One process at a time makes a thing; whoever comes second waits, and finds it made.

Two chapters, or two renderings, of one store at once would write into the same unfinished files.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from dsin_lib.config import results_root

LOCKS = ".locks"
GRACE = 20
"""Seconds of waiting without a word: another chapter may only be looking whether it is made."""


@contextmanager
def alone(made: Path) -> Iterator[None]:
    """Hold the lock of what is being made; it falls with its process, however that ends.

    What may have been made while waiting must be asked for inside the block.

    Args:
        made: The folder to make.
    """
    lock = FileLock(results_root() / LOCKS / f"{'_'.join(made.parts[-2:])}.lock")
    try:
        Path(lock.lock_file).parent.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=GRACE)
    except Timeout:
        print(f"{made}: another process is at work on it; waiting", file=sys.stderr, flush=True)
        lock.acquire()
    except PermissionError:  # results to look at only: nothing is made there
        pass
    try:
        yield
    finally:
        lock.release()
