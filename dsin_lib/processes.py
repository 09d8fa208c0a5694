"""Processes that work for another and end with it, however it ends."""

import os
import threading
from multiprocessing import connection, parent_process


def end_with_parent() -> None:
    """Ends this process when its parent is gone; a killed one has no time to say so."""
    parent = parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent.sentinel,), daemon=True).start()


def _follow(sentinel: int) -> None:
    connection.wait([sentinel])
    os._exit(1)
