"""Run chunks of work in parallel, each finished one kept on disk, with one progress bar."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

console = Console(stderr=True)


@dataclass(frozen=True)
class Chunk:
    """A stretch of work.

    Attributes:
        done: The file that exists exactly when the chunk is finished; the work writes it last.
        size: Frames in the chunk.
        arguments: What the work is called with, before ``done``.
    """

    done: Path
    size: int
    arguments: tuple[Any, ...]


def run_chunks(
    label: str,
    work: Callable[..., None],
    chunks: Sequence[Chunk],
    *,
    pool: ProcessPoolExecutor | None = None,
    workers: int = 1,
    progress: bool = True,
) -> None:
    """Do every chunk that is not done yet.

    Args:
        label: What stands before the progress bar.
        work: Called as ``work(*chunk.arguments, chunk.done)``; importable in another process.
        chunks: The work.
        pool: Where the work is done; none: in this process.
        workers: Processes in the pool.
        progress: Whether to draw the bar.

    Raises:
        BrokenProcessPool: If a worker was killed; finished chunks stay finished.
    """
    columns = (
        TextColumn("{task.description:<10}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]:.0f} frames/s"),
        TimeRemainingColumn(),
    )
    left = [chunk for chunk in chunks if not chunk.done.is_file()]
    total = sum(chunk.size for chunk in chunks)
    before = total - sum(chunk.size for chunk in left)
    done, start = 0, perf_counter()
    with Progress(*columns, console=console, disable=not progress) as bar:
        task = bar.add_task(label, total=total, completed=before, rate=0)
        for chunk in _finish(work, left, pool, workers):
            done += chunk.size
            bar.update(task, completed=before + done, rate=done / (perf_counter() - start))


def _finish(
    work: Callable[..., None],
    chunks: Sequence[Chunk],
    pool: ProcessPoolExecutor | None,
    workers: int,
) -> Iterator[Chunk]:
    """Yield chunks as they are finished; a few at a time are handed out, so memory is constant."""
    if pool is None:
        for chunk in chunks:
            work(*chunk.arguments, chunk.done)
            yield chunk
        return
    waiting = iter(chunks)
    running: dict[Future, Chunk] = {}
    while True:
        for chunk in islice(waiting, 2 * workers - len(running)):
            running[pool.submit(work, *chunk.arguments, chunk.done)] = chunk
        if not running:
            return
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            future.result()
            yield running.pop(future)
