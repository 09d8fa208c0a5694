"""Records of health that say what a test wants them to say."""

import pandas as pd

from dsin_lib.runs.rows import ROWS
from dsin_lib.config.places import run_dir


def found(config, row, network, au, *, state="dead", fed=True, first=False):
    """Writes into a run's record that a unit was found so when its last or first step ended."""
    path = run_dir(config, ROWS[row], 1, 0) / "health.csv"
    record = pd.read_csv(path)
    lines = record.index[(record["network"] == network) & (record["au"] == au)]
    record.loc[lines[0 if first else -1], ["state", "fed"]] = state, fed
    record.to_csv(path, index=False)
