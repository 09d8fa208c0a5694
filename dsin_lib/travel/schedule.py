"""What to train next on a machine that is lent for some minutes: longest chains first.

What it does not reach is left for the next call, so seeds come one after another: an interrupted
run has whole seeds of everything before it has pieces of many.
"""

from collections.abc import Collection, Iterable
from csv import DictReader
from dataclasses import dataclass, field
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from statistics import median

from dsin_lib.runs.run import Run, distinct
from dsin_lib.runs.stores import stores_of

COSTS = Path(__file__).with_name("costs.csv")
"""Seconds of a training of each row, beside others on one card; its source stands in the file."""
UNKNOWN = 60.0
"""Seconds of a row that the file does not name."""


@cache
def seconds_of(row: str) -> float:
    """What a training of a row is reckoned to take."""
    with COSTS.open(encoding="utf-8") as lines:
        known = {line["row"]: float(line["seconds"]) for line in DictReader(filter(_said, lines))}
    return known.get(row, UNKNOWN)


def _said(line: str) -> bool:
    return not line.startswith("#")


@dataclass
class Schedule:
    """The trainings that are missing, and which of them can be started.

    Attributes:
        runs: Those that are missing, by their folder.
        stores: Records of stores that are missing.
    """

    runs: dict[Path, Run]
    stores: Collection[Path]
    took: list[float] = field(default_factory=list)

    @classmethod
    def of(cls, asked: Iterable[Run]) -> "Schedule":
        """Everything behind some runs that is not there."""
        absent = [run for run in distinct(asked) if not run.is_there()]
        stores = [path for path in stores_of(absent) if not path.is_file()]
        return cls({run.folder: run for run in absent}, stores)

    def __post_init__(self) -> None:
        self.before = {
            folder: {one.trained.folder for one in (*run.filters, *run.starts)} & set(self.runs)
            for folder, run in self.runs.items()
        }
        self._sorter = TopologicalSorter(
            {
                folder: {*before, *(set(stores_of([self.runs[folder]])) & set(self.stores))}
                for folder, before in self.before.items()
            }
        )
        self._sorter.prepare()
        self._ready: set[Path] = set()
        self._look()
        self.chain = self._chains()

    def _chains(self) -> dict[Path, float]:
        """Seconds from the start of each run to the end of the longest chain that it begins."""
        after: dict[Path, list[Path]] = {folder: [] for folder in self.runs}
        for folder, before in self.before.items():
            for one in before:
                after[one].append(folder)
        chain: dict[Path, float] = {}
        for folder in reversed(list(TopologicalSorter(self.before).static_order())):
            own = seconds_of(self.runs[folder].row.id)
            chain[folder] = own + max((chain[one] for one in after[folder]), default=0.0)
        return chain

    def done(self, made: Path, seconds: float | None = None) -> None:
        """A store's record, or a run's folder, is there now; a run says what it took."""
        self._sorter.done(made)
        if seconds is not None:
            self.took.append(seconds / seconds_of(self.runs[made].row.id))

    def _look(self) -> None:
        self._ready |= {one for one in self._sorter.get_ready() if one in self.runs}

    def next(self, left: float) -> Run | None:
        """The run to start now; none can be, or none would be done in the seconds that are left."""
        self._look()
        pace = median(self.took) if self.took else 0.0  # nothing is known yet: try
        in_time = [
            folder for folder in self._ready if pace * seconds_of(self.runs[folder].row.id) <= left
        ]
        if not in_time:
            return None
        best = min(in_time, key=lambda one: (self.runs[one].seed, -self.chain[one], one))
        self._ready.remove(best)
        return self.runs[best]
