"""The chance of training beside the chance of who is tested."""

from collections.abc import Iterable

import pandas as pd
from IPython.display import HTML

from dsin_lib.config import Config
from dsin_lib.experiments import ROWS
from dsin_lib.reporting.tables import TABLE_3_ROWS, table_scores


def spread_over_seeds(config: Config, rows: Iterable[str] = TABLE_3_ROWS) -> pd.Series:
    """Standard deviation of each row's average over the seeds of the training, in F1 points.

    Missing where there is one seed only, and for rows of some units.
    """
    rows = list(rows)
    whole = [row for row in rows if not ROWS[row].aus]
    scores = table_scores(config, whole).groupby(["row", "seed"])["f1"].mean().unstack("seed")
    return 100 * scores.std(axis=1).reindex(rows).rename(lambda row: ROWS[row].shown)


def seeds_in_words(config: Config, rows: Iterable[str] = TABLE_3_ROWS) -> HTML:
    """What the intervals hold and what they do not: the chance of training, as far as known."""
    seeds = config.evaluation.seeds
    words = "Intervals hold the chance of who is tested. "
    if len(seeds) == 1:
        words += (
            f"Every row was trained from one seed ({seeds[0]}): how far another one would move "
            "it is not known here, and no interval holds it."
        )
    else:
        spread = spread_over_seeds(config, rows).dropna()
        words += (
            f"Every score is the mean over {len(seeds)} seeds of the training. Their averages "
            f"have a standard deviation of {spread.median():.1f} points in the middle row and of "
            f"{spread.max():.1f} in the row where it is largest ({spread.idxmax()}). No interval "
            "holds that."
        )
    return HTML(f'<p class="provenance">{words}</p>')
