"""Runs that are there: read if somebody has trained them, trained if not."""

from dsin_lib.runs.rows import NO_CHANGE, row_named
from dsin_lib.runs.run import Run
from dsin_lib.systems.ensure import ensure


def made(config, row, fold=1, seed=0, change=NO_CHANGE):
    """The run of a row."""
    return made_run(Run(config, row_named(row), fold, seed, change))


def made_run(run):
    """A run that was only declared."""
    (found,) = ensure([run])
    return found
