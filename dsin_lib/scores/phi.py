"""The phi coefficient: the correlation of two binary variables."""

import pandas as pd


def phi(active: pd.DataFrame) -> pd.DataFrame:
    """Phi of every two columns of 0, 1 and nan, over the frames in which both are known."""
    return active.astype(float).corr()
