"""Fits what is missing of some runs, each after what it starts from."""

from collections.abc import Iterable

from dsin_lib.locks import alone
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
