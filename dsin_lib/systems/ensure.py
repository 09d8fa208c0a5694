"""Fits what is missing of some runs, each after what it starts from."""

from collections.abc import Iterable, Iterator
from importlib import import_module

from dsin_lib.data.beside import Feature
from dsin_lib.locks import alone
from dsin_lib.runs.rows import ALGORITHM_1, Row
from dsin_lib.runs.run import Run


def ensure(runs: Iterable[Run]) -> list[Run]:
    """The same runs, all of them there.

    Who finds all of them waits for no training library: that one is imported to fit. Two processes
    never fit one run; the second waits and finds it.
    """
    runs = list(runs)
    for one in missing(runs):
        with alone(one.folder):
            if not one.is_there():
                from dsin_lib.systems.fit import fit

                fit(one)
    return runs


def missing(runs: Iterable[Run]) -> list[Run]:
    """What has to be fitted, each after what it starts from; a run that is there needs nothing."""
    return list({one.folder: one for run in runs for one in _needed(run)}.values())


def _needed(run: Run) -> Iterator[Run]:
    if not run.is_there():
        for before in (*run.filters, *run.starts):
            yield from _needed(before)
        if run.row.fits:
            yield run


def features_of(row: Row) -> tuple[Feature, ...]:
    """What a row's system reads beside patches and landmarks; Algorithm 1 reads nothing else.

    Raises:
        ValueError: The system's file has no class ``System`` with features; names row and file.
    """
    if row.system == ALGORITHM_1:
        return ()
    name = f"dsin_lib.systems.{row.system}"
    of = getattr(import_module(name), "System", None)
    if not hasattr(of, "features"):
        raise ValueError(f"{row.id}: {name}: expected a class System of the door's, got {of}")
    return of.features
