"""What a prepared corpus holds: labels, anchors, and what became of every frame."""

import pandas as pd
from IPython.display import HTML
from matplotlib.figure import Figure

from dsin_lib.data.frames import au_columns
from dsin_lib.data.store import Store
from dsin_lib.faces.align import ANCHOR_POINTS
from dsin_lib.paper.published import bp4d_prevalence
from dsin_lib.reporting.figures import diverging
from dsin_lib.reporting.tables import plain


def prevalence(store: Store) -> pd.DataFrame:
    """Percent of coded frames in which each Action Unit is active, beside BP4D's public lists."""
    labels = store.frames[au_columns(store.frames)]
    here = labels.mean().astype(float)
    return 100 * pd.DataFrame({"this corpus": here, "BP4D": bp4d_prevalence()}).T[list(labels)]


def co_occurrence(store: Store) -> Figure:
    """Correlation (phi) of every two labels over all coded frames."""
    phi = store.frames[au_columns(store.frames)].astype(float).corr()
    return diverging(phi.where(phi < 1), ".1f", r"$\phi$", limit=0.8)


def anchors_table(store: Store) -> HTML:
    """The three anchors, pixels on the aligned face."""
    names = [name.replace("_", " ") for name in ANCHOR_POINTS]
    return plain(pd.DataFrame(store.anchors, index=names, columns=["x (px)", "y (px)"]))


def statuses(store: Store) -> HTML:
    """How many frames of each subject ended how."""
    counts = pd.crosstab(store.frames["subject"], store.frames["status"], margins=True)
    return plain(
        counts.rename_axis(columns=None).rename(index={"All": "all"}, columns={"All": "all"}), 0
    )
