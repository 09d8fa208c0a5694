"""Processes that work beside this one and end with it, however it ends."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

from dsin_lib.processes import end_with_parent


@contextmanager
def worker_pool(workers: int) -> Iterator[ProcessPoolExecutor | None]:
    """Processes that start when there is work for them, one thread each; none for one worker.

    They are spawned: the models and thread pools of this process are not for sharing. After an
    error, work that has not begun is dropped.
    """
    if workers <= 1:
        yield None
        return
    pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=_start_worker)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _start_worker() -> None:
    """No worker without its parent, and one thread a worker."""
    end_with_parent()
    import cv2  # it takes a while, and the parent may go before it is there

    cv2.setNumThreads(1)
