"""The networks that a run's predictions pass through, and what became of their units."""

import pandas as pd

from dsin_lib.runs.health import at_the_end, dead
from dsin_lib.runs.run import Run

NONE = pd.DataFrame({"au": "", "network": "", "state": "", "fed": False}, index=[0]).iloc[:0]
"""The units of a system without networks."""


def units_of(run: Run) -> pd.DataFrame:
    """The last state of every unit of every network that a run's predictions pass through.

    A network that it takes over and does not train, as step 4 alone does with the patches, is as
    the run that trained it left it.

    Returns:
        One line a network and Action Unit, as of :class:`dsin_lib.runs.files.Files`; none for a
        system without networks.
    """
    own = run.health
    if own.empty:
        return NONE.copy()
    whole = set(run.row.patches) <= set(own["network"])
    taken = [] if whole else [units_of(start) for start in run.starts]
    return at_the_end(pd.concat([*taken, own], ignore_index=True))


def dead_of(run: Run) -> pd.DataFrame:
    """The lines of :func:`units_of` that are a defect: fed, and dead when the run ended."""
    return dead(units_of(run))
