"""The chance of training beside the chance of who is tested.

A seed draws the initial weights, the subjects held out of the training and the order of frames.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from IPython.display import HTML

from dsin_lib.config import Config, changed
from dsin_lib.scores.bootstrap import interval
from dsin_lib.runs.rows import ROWS
from dsin_lib.reporting import messages
from dsin_lib.reporting.provenance import provenance_line
from dsin_lib.reporting.tables import TABLE_3_ROWS, plain, table_scores
from dsin_lib.reporting.uncertainty import of_trials
from dsin_lib.runs.sweeps import ROWS_OF_SEEDS, STUDIES, Trial
from dsin_lib.training.runs import run
from dsin_lib.runs.files import Run

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


def every_seed(config: Config) -> tuple[int, ...]:
    """The seeds of the tables, and those that the main rows are trained from again."""
    return (*config.evaluation.seeds, *STUDIES["seeds"].seeds(config))


def repeated(config: Config) -> list[Run]:
    """The runs of the main rows from every seed, on the first fold."""
    (fold,) = STUDIES["seeds"].folds(config)
    return [run(config, row, fold, seed) for seed in every_seed(config) for row in ROWS_OF_SEEDS]


def shown(config: Config) -> HTML:
    """The table of :func:`across` with its provenance, or that the profile has one seed."""
    if len(every_seed(config)) == 1:
        words = f"Profile {config.name} trains no row from another seed."
        return HTML(f'<p class="provenance">{words}</p>')
    line = provenance_line(config, *repeated(config))
    return HTML(plain(across(config), words=[SIGN]).data + line.data)


def across(config: Config) -> pd.DataFrame:
    """Averages of the main rows on the first fold, and their differences, from each seed.

    Returns:
        F1 points, one column a seed; their standard deviation; half the width of the interval over
        people, from the first seed; and whether all seeds agree on the sign of a difference.
    """
    found = {f"seed {seed}": _from_seed(config, seed) for seed in every_seed(config)}
    here = pd.DataFrame({name: values for name, (values, _) in found.items()})
    (_, people), *_ = found.values()
    agree = pd.Series(np.where(_one_sign(here), "the same", "changes"), here.index)
    single = ~here.index.isin([*DIFFERENCES, MESSAGES])
    agree = agree.mask(single | here.isna().any(axis=1), "")
    return here.assign(**{SPREAD: here.std(axis=1), PEOPLE: people, SIGN: agree})


def _from_seed(config: Config, seed: int) -> tuple[pd.Series, pd.Series]:
    """Each line's value and half the width of its interval, in F1 points."""
    (fold,) = STUDIES["seeds"].folds(config)
    own = changed(config, {"evaluation.folds": [fold], "evaluation.seeds": [seed]})
    averages = pd.DataFrame(_in_rows(*of_trials(own, [Trial(row) for row in SCORED])), SCORED)
    lines = averages.rename(lambda row: ROWS[row].shown)
    for name, (row, over) in DIFFERENCES.items():
        lines.loc[name] = averages.loc[row] - averages.loc[over]
    lines.loc[MESSAGES] = _in_rows(*messages.change(own, "dsin_10"))[0]
    low, high = interval(lines.iloc[:, 1:].to_numpy().T)
    return lines[0], pd.Series((high - low) / 2, lines.index)


def _in_rows(here: np.ndarray | float, drawn: np.ndarray) -> np.ndarray:
    """Values here (row), then those of the draws (draw row), a line each."""
    return np.column_stack([np.atleast_1d(here), np.atleast_2d(drawn.T)])


def _one_sign(values: pd.DataFrame) -> np.ndarray:
    return ((values > 0).all(axis=1) | (values < 0).all(axis=1)).to_numpy()


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
    if len(seeds) > 1:
        spread = spread_over_seeds(config, rows).dropna()
        words = (
            f"Every score is the mean over {len(seeds)} seeds of the training. Their averages "
            f"have a standard deviation of {spread.median():.1f} points in the middle row and of "
            f"{spread.max():.1f} in the row where it is largest ({spread.idxmax()}). No interval "
            "holds that."
        )
    elif more := STUDIES["seeds"].seeds(config):
        spread = across(config)[SPREAD]
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
