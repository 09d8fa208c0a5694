"""The chance of training beside the chance of who is tested.

A seed decides the initial weights, the subjects held out of the training and the order of frames.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from IPython.display import HTML

from dsin_lib.reporting.messages import sides
from dsin_lib.reporting.page.provenance import provenance_line
from dsin_lib.reporting.page.tables import plain
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import Run
from dsin_lib.runs.sweeps import ROWS_OF_SEEDS
from dsin_lib.scores.bootstrap import interval
from dsin_lib.scores.measured import Measured, measure

SCORED = (*ROWS_OF_SEEDS, "dsin_10_tt")
DIFFERENCES = {
    "PP+F over PP(face)": ("pp_f", "pp_face"),
    "DSIN<sub>10</sub> over PP+F": ("dsin_10", "pp_f"),
    "DSIN<sub>10</sub> over SI, step 4 alone": ("dsin_10", "omega"),
    "DSIN<sub>10</sub><sup>tt</sup> over DSIN<sub>10</sub>": ("dsin_10_tt", "dsin_10"),
}
"""What is compared: the row, and the one that it is held against."""
MESSAGES = "messages, f to ŷ in DSIN<sub>10</sub>"
SPREAD, PEOPLE, SIGN = "standard deviation", "± of the people tested", "sign"


def repeated(rows: Sequence[Run], others: Sequence[Run]) -> list[Run]:
    """The main rows from every seed of a profile, on its first fold.

    Args:
        rows: The rows from the seeds of the tables, the first fold first.
        others: The same from the other seeds: the sweep ``seeds``, which knows that fold alone.
    """
    return [*(run for run in rows if run.fold == rows[0].fold), *others]


def table(runs: Sequence[Run]) -> HTML:
    """The table of :func:`across` with its provenance, or that there is one seed."""
    if len({run.seed for run in runs}) == 1:
        words = f"Profile {runs[0].profile.name} trains no row from another seed."
        return HTML(f'<p class="provenance">{words}</p>')
    return HTML(plain(across(runs), words=[SIGN]).data + provenance_line(runs).data)


def across(runs: Sequence[Run]) -> pd.DataFrame:
    """Averages of the main rows on a fold, and their differences, from each seed.

    Args:
        runs: From :func:`repeated`.

    Returns:
        F1 points, one column a seed; their standard deviation; half the width of the interval over
        people, from the first seed; and whether all seeds agree on the sign of a difference.
    """
    by_seed = {seed: _from_seed(runs, seed) for seed in dict.fromkeys(run.seed for run in runs)}
    here = pd.DataFrame({f"seed {seed}": lines[0] for seed, lines in by_seed.items()})
    low, high = interval(next(iter(by_seed.values())).iloc[:, 1:].to_numpy().T)
    single = ~here.index.isin([*DIFFERENCES, MESSAGES]) | here.isna().any(axis=1)
    agree = pd.Series(np.where(_one_sign(here), "the same", "changes"), here.index)
    people = pd.Series((high - low) / 2, here.index)
    return here.assign(**{SPREAD: here.std(axis=1), PEOPLE: people, SIGN: agree.mask(single, "")})


def in_words(measured: Measured, runs: Sequence[Run]) -> HTML:
    """What the intervals hold and what they do not: the chance of training, as far as known.

    Args:
        measured: The rows of a table.
        runs: From :func:`repeated`.
    """
    seeds = sorted(measured.counts["seed"].unique())
    if len(seeds) > 1:
        spread = _over_seeds(measured)
        words = (
            f"Every score is the mean over {len(seeds)} seeds of the training. Their averages "
            f"have a standard deviation of {spread.median():.1f} points in the middle row and of "
            f"{spread.max():.1f} in the row where it is largest ({spread.idxmax()}). No interval "
            "holds that."
        )
    elif more := {run.seed for run in runs} - set(seeds):
        spread = across(runs)[SPREAD]
        compared = spread[[*DIFFERENCES, MESSAGES]]
        words = (
            f"Every row was trained from one seed ({seeds[0]}), and no interval holds what another "
            f"one changes. On one fold the main rows were trained from {len(more)} more: their "
            f"averages have a standard deviation of up to {spread.drop(compared.index).max():.1f} "
            f"points, the differences between them of up to {compared.max():.1f}. A conclusion "
            "from a margin of that size may be one of the seed."
        )
    else:
        words = (
            f"Every row was trained from one seed ({seeds[0]}): how far another one would move "
            "it is not known here, and no interval holds it."
        )
    held = "Intervals hold the chance of who is tested. "
    return HTML(f'<p class="provenance">{held}{words}</p>')


def _from_seed(runs: Sequence[Run], seed: int) -> pd.DataFrame:
    """Each line's value, then its resampled ones, in F1 points (line, 1 + resample)."""
    own = {run.row.id: run for run in runs if run.seed == seed}
    measured = measure({row: [own["dsin_10"].of(row)] for row in SCORED})
    lines = {ROWS[row].shown: _values(measured, row) for row in SCORED}
    for name, (row, over) in DIFFERENCES.items():
        lines[name] = _values(measured, row) - _values(measured, over)
    inside = sides([own["dsin_10"]])
    lines[MESSAGES] = _values(inside, "ŷ") - _values(inside, "f")
    return pd.DataFrame(lines).T


def _values(measured: Measured, line: str) -> np.ndarray:
    here, resampled = measured.average(line)
    return np.append(here, resampled)


def _one_sign(values: pd.DataFrame) -> np.ndarray:
    return ((values > 0).all(axis=1) | (values < 0).all(axis=1)).to_numpy()


def _over_seeds(measured: Measured) -> pd.Series:
    """Standard deviation over the seeds of each whole row's average, in F1 points."""
    rows = [line for line in measured.lines if line in ROWS and not ROWS[line].aus]
    by_seed = measured.scores.groupby(["line", "seed"])["f1"].mean().unstack("seed")
    return 100 * by_seed.std(axis=1).reindex(rows).rename(lambda row: ROWS[row].shown)
