"""What happens on a lent machine: stores, as many trainings as fit into the time, archives.

Takes up what an earlier call left, so that a second call of the same command goes on. Interrupted
anywhere, it keeps every training that was finished. Command line::

    python -m dsin_lib.travel.there gpu --out FOLDER --seconds 540
"""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Mapping
from concurrent.futures import (
    FIRST_COMPLETED,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    wait,
)
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Annotated

import typer

from dsin_lib.card import RUNS_PER_CARD
from dsin_lib.config import PROJECT, load_config, results_root
from dsin_lib.data.dataset import SHARED_BY
from dsin_lib.files import write_text
from dsin_lib.processes import end_with_parent
from dsin_lib.runs.chapters import trainings
from dsin_lib.runs.rows import row_named
from dsin_lib.runs.run import Run
from dsin_lib.runs.stores import store_options, stores_of
from dsin_lib.systems.ensure import ensure
from dsin_lib.systems.provenance import machine
from dsin_lib.travel.archive import name_of
from dsin_lib.travel.pack import LARGEST, pack
from dsin_lib.travel.schedule import Schedule

CALL = 60.0
"""Megabytes that come back of one call."""
PACKING = 25.0
"""Seconds that are kept for the archives."""
SENT = "sent.json"
"""In the results: runs that an earlier call has packed."""
WITH_WEIGHTS = ("pp_mouth", "dsin_10")
"""Rows whose weights travel, of the first fold and seed: what chapters look into."""


@dataclass
class Report:
    """What became of a call, for the machine's owner and the closing note."""

    asked: int = 0
    there: int = 0
    trained: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    archives: list[str] = field(default_factory=list)
    unsent: int = 0
    """Archives that wait for the next call."""


def main(
    config: str,
    out: Annotated[Path, typer.Option(help="where the archives go")],
    seconds: Annotated[float, typer.Option(help="of this call, archives included")] = 540.0,
    at_once: Annotated[int, typer.Option(help="trainings side by side")] = 0,
    call: Annotated[float, typer.Option(help="megabytes of archives of this call")] = CALL,
) -> None:
    """Makes stores, trains for some seconds, packs what was trained."""
    start = time.monotonic()
    until, report, chosen = start + seconds, Report(), load_config(config)
    asked = trainings(chosen)
    cores = os.cpu_count() or 1
    at_once = at_once or max(1, min(RUNS_PER_CARD, cores))
    os.environ.setdefault(SHARED_BY, str(at_once))
    schedule = Schedule.of(asked)
    report.asked, report.there = len(asked), len(asked) - len(schedule.runs)
    say = _clock(start)
    say(
        f"{report.asked} trainings asked, {report.there} there; "
        f"{len(schedule.stores)} stores to make"
    )
    Trainer(config, schedule, at_once, until - PACKING, report, say).run()
    report.seconds["trained"] = round(time.monotonic() - start, 1)
    _send(asked, out, call, report)
    report.seconds["packed"] = round(time.monotonic() - start, 1)
    text = json.dumps({"machine": machine(), "cores": cores, **vars(report)}, indent=1)
    write_text(out / "report.json", text + "\n")
    say(
        f"{report.trained} trained, {len(report.failed)} failed, "
        f"{len(report.archives)} archives, {report.unsent} more wait for the next call"
    )
    for name, why in report.failed.items():
        say(f"failed: {name}: {why}")
    raise typer.Exit(bool(report.failed))


def _clock(start: float) -> Callable[[str], None]:
    return lambda line: print(f"[{time.monotonic() - start:5.0f} s] {line}", flush=True)


@dataclass
class Trainer:
    """Makes what a schedule lists until the time is over."""

    config: str
    schedule: Schedule
    at_once: int
    until: float
    report: Report
    say: Callable[[str], None]

    def run(self) -> None:
        """Stores in threads of this process, trainings in processes that are there throughout."""
        running: dict[Future, Run | Path] = {}
        makers, pool = ThreadPoolExecutor(1), self._pool()
        try:
            for record, made in stores_of(self.schedule.runs.values()).items():
                if record in self.schedule.stores:
                    running[makers.submit(self._make_store, made)] = record
            self._loop(running, pool)
        finally:
            makers.shutdown(wait=True, cancel_futures=True)
            pool.shutdown(wait=True, cancel_futures=True)

    def _loop(self, running: dict[Future, Run | Path], pool: ProcessPoolExecutor) -> None:
        while (left := self.until - time.monotonic()) > 0:
            while sum(isinstance(one, Run) for one in running.values()) < self.at_once:
                if (run := self.schedule.next(left)) is None:
                    break
                running[pool.submit(train, *_named(self.config, run))] = run
            if not running:
                return
            for future in wait(running, timeout=left, return_when=FIRST_COMPLETED).done:
                self._finished(running.pop(future), future)

    def _finished(self, made: Run | Path, future: Future) -> None:
        try:
            took = future.result()
        except (BrokenProcessPool, subprocess.TimeoutExpired):
            if time.monotonic() < self.until - 1:
                self.report.failed[str(made)] = "its process died, perhaps for want of memory"
                self.until = 0.0  # what is done is packed; the next call goes on
        except Exception as error:  # whatever a training fails of, what others made is packed
            self.report.failed[str(made)] = f"{type(error).__name__}: {error}"
            traceback.print_exception(error)
        else:
            if isinstance(made, Run):
                self.report.trained += 1
                self.schedule.done(made.folder, took)
                self.say(f"{took:5.1f} s {made}")
            else:
                self.report.seconds[made.parent.name] = round(took, 1)
                self.schedule.done(made)
                self.say(f"{took:5.1f} s store {made.parent.name}")

    def _make_store(self, made: tuple) -> float:
        start, chosen = time.monotonic(), load_config(self.config)
        options = [*store_options(chosen, *made), "--workers", str(os.cpu_count() or 1)]
        command = [sys.executable, "-m", "data_prep", "store", "--config", self.config, *options]
        left = max(1.0, self.until - start)
        done = subprocess.run(command, cwd=PROJECT, timeout=left, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr.strip()[-2000:])
        return time.monotonic() - start

    def _pool(self) -> ProcessPoolExecutor:
        spawn = get_context("spawn")
        return ProcessPoolExecutor(self.at_once, spawn, initializer=_ends, initargs=(self.until,))


def train(config: str, row: str, fold: int, seed: int, change: Mapping[str, object]) -> float:
    """Fits one run, in a process of the pool; its seconds."""
    start = time.monotonic()
    ensure([Run(load_config(config), row_named(row), fold, seed, change)])
    return time.monotonic() - start


def _named(config: str, run: Run) -> tuple:
    return config, run.row.id, run.fold, run.seed, dict(run.change)


def _ends(until: float) -> None:
    """Ends a process of the pool when the time is over, or with its parent.

    Args:
        until: By the clock of all processes: a pool starts one when there is work for it.
    """
    timer = threading.Timer(max(0.0, until - time.monotonic()), os._exit, [0])
    timer.daemon = True
    timer.start()
    end_with_parent()


def _send(asked: list[Run], out: Path, call: float, report: Report) -> None:
    """Packs what was not packed before, and hands out as many archives as a call may bring back.

    What is packed and not handed out waits for the next call.
    """
    record, waiting = results_root() / SENT, results_root() / "outbox"
    sent = set(json.loads(record.read_text())) if record.is_file() else set()
    new = [run for run in asked if run.is_there() and name_of(run) not in sent]
    pack(new, waiting, [run for run in new if _travels_whole(run, asked)], LARGEST)
    write_text(record, json.dumps(sorted({*sent, *map(name_of, new)})))
    out.mkdir(parents=True, exist_ok=True)
    room = call * 1e6
    for path in sorted(waiting.glob("*.zip"), key=lambda one: one.stat().st_mtime_ns):
        if (room := room - path.stat().st_size) < 0:
            report.unsent += 1
        else:
            shutil.move(path, out / path.name)
            report.archives.append(path.name)


def _travels_whole(run: Run, asked: list[Run]) -> bool:
    first = min((one.fold, one.seed) for one in asked)
    return run.row.id in WITH_WEIGHTS and (run.fold, run.seed) == first and not run.change


if __name__ == "__main__":
    typer.run(main)
