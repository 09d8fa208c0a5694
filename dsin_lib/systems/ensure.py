"""Fits what is missing of some runs, each after what it starts from."""

from collections.abc import Iterable
from importlib import import_module

from dsin_lib.data.beside import Feature
from dsin_lib.locks import alone
from dsin_lib.runs.rows import ALGORITHM_1, Row
from dsin_lib.runs.run import Run, distinct


def ensure(runs: Iterable[Run]) -> list[Run]:
    """The same runs, all of them there.

    Who finds all of them waits for no training library: that one is imported to fit. Two processes
    never fit one run; the second waits and finds it.
    """
    runs = list(runs)
    for one in distinct(runs):
        if not one.is_there():
            with alone(one.folder):
                if not one.is_there():
                    from dsin_lib.systems.fit import fit

                    fit(one)
    return runs


def features_of(row: Row) -> tuple[Feature, ...]:
    """What a row's system reads beside patches and landmarks; Algorithm 1 reads nothing else."""
    if row.system == ALGORITHM_1:
        return ()
    return import_module(f"dsin_lib.systems.{row.system}").System.features
