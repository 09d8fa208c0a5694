"""Records of health that say what a test wants them to say."""

import pandas as pd

from dsin_lib.runs.rows import ROWS
from dsin_lib.config.places import run_dir

MEASURED = {"dead": (1e-5, 0.0, 1.0), "blind": (0.2, 0.0, 0.0), "seeing": (0.2, 0.8, 0.0)}
"""Mean, spread and share of saturated frames of a unit that is active in a fifth of the frames."""


def found(config, row, network, au, *, state="dead", fed=True, first=False):
    """Writes into a run's record what makes a unit that state when its last or first step ended."""
    path = run_dir(config, ROWS[row], 1, 0) / "health.csv"
    record = pd.read_csv(path)
    lines = record.index[(record["network"] == network) & (record["au"] == au)]
    line = lines[0 if first else -1]
    record.loc[line, ["mean", "spread", "saturated"]] = MEASURED[state]
    record.loc[line, ["prevalence", "fed"]] = 0.2, fed
    record.to_csv(path, index=False)
