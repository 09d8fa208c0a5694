"""What fusion makes of the patches' votes. Paper: Sec. 3.2."""

from matplotlib.figure import Figure

from dsin_lib.reporting.page.figures import diverging
from dsin_lib.runs.files import VOTES
from dsin_lib.runs.run import Run


def trust(run: Run) -> Figure:
    """How far one patch's vote moves the fused prediction, a cell a patch and Action Unit.

    Each patch votes 0 and then 1, all others one half.
    """
    return diverging(run.files.look(VOTES), "z.2f", "change of f, vote 0 to 1")
