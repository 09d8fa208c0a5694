"""Runs that stay as they are, whatever becomes of the code: published, or brought from elsewhere.

A folder of a run ends in the code that made it. A pinned one is found by all the rest of its name,
and read for what it is: made by that code. It is never fitted again unless somebody unpins it.
"""

import json
from pathlib import Path

from dsin_lib.files import write_text

PIN = "pinned.json"


def pin(folder: Path, why: str) -> None:
    """Pins a run.

    Args:
        folder: It must be there.
        why: Such as "published"; to be read by people.
    """
    write_text(folder / PIN, json.dumps({"why": why}, indent=1) + "\n")


def unpin(folder: Path) -> None:
    """Lets a run be what today's code makes of it; one that is not pinned stays as it is."""
    (folder / PIN).unlink(missing_ok=True)


def is_pinned(folder: Path) -> bool:
    """Whether a run is pinned."""
    return (folder / PIN).is_file()


def pinned_code(parent: Path, name: str) -> str | None:
    """The code that made the pinned run of a name; of several, that of the one pinned last.

    Args:
        parent: The folder of a row's runs.
        name: A run's, without its code.
    """
    pins = sorted(parent.glob(f"{name}-*/{PIN}"), key=lambda path: path.stat().st_mtime_ns)
    return pins[-1].parent.name.rpartition("-")[2] if pins else None
