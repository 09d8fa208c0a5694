"""Correlations of Action Units as graphs: in labels, in the public lists, in predictions (Fig. 8b).

All are phi coefficients, the correlation of two binary variables. A frame whose label is missing
counts for neither label nor prediction; a unit that never changes has no phi.
"""

import itertools
from collections.abc import Mapping

import networkx as nx
import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from dsin_lib.config import Corpus
from dsin_lib.data.store import Store
from dsin_lib.facs import ACTION_UNITS
from dsin_lib.paper.observations import observations
from dsin_lib.paper.published import LISTED, NAMES, reference_phi
from dsin_lib.reporting.page.figures import plt  # with the book's theme
from dsin_lib.runs.files import HEARD
from dsin_lib.runs.predictions import FUSED, LABEL, SCORE, values_of
from dsin_lib.runs.run import Run
from dsin_lib.scores.phi import phi

Phis = Mapping[str, pd.DataFrame]
"""Where labels or predictions come from, a key of :data:`TITLES`, to their phi."""

TITLES = {
    "reference": "{corpus}, public label lists",
    "labels": "this corpus, labels of all frames",
    "test_labels": "labels of the test frames",
    "f": "f at tau, test frames",
    "y_hat": "DSIN's ŷ at tau, test frames",
}
HEADS = {
    "reference": "{corpus} lists", "labels": "all labels", "test_labels": "test labels",
    "f": "f, test", "y_hat": "ŷ, test",
}  # fmt: skip
"""The same, short enough for a table."""
DRAWN = ("reference", "labels", "test_labels", "y_hat")
"""The graphs, in lines of two."""
LEAST = 0.1
"""Weakest phi that is drawn, so that a graph of all pairs can be read."""
WIDTH = 9.0
"""Points of width of an edge of phi 1."""
POSITIVE, NEGATIVE = "#0072b2", "#d55e00"
DASHES = (0, (2, 1))
SHAPES = {"upper": ("o", "#dfe8f2", 640), "lower": ("s", "#f6ead9", 540)}
"""Marker, colour and area of the nodes of each half of the face."""


def correlations(store: Store, run: Run) -> dict[str, pd.DataFrame]:
    """Phi of every two units: public lists, the corpus, and the test frames of a run thrice.

    Keys as :data:`TITLES`. Predictions count only where the label is known, so that the last three
    speak of the same frames.
    """
    aus, tau = run.corpus.aus, run.config.evaluation.tau
    y, y_hat, f = (values_of(run, "test", what) for what in (LABEL, SCORE, FUSED))
    of_test = {"test_labels": y, "f": _decided(f, y, tau), "y_hat": _decided(y_hat, y, tau)}
    return {
        "reference": reference_phi(LISTED[run.corpus.source.layout]).loc[aus, aus],
        "labels": phi(store.frames[aus]),
        **{name: phi(pd.DataFrame(active, columns=aus)) for name, active in of_test.items()},
    }


def claimed(corpus: Corpus, phis: Phis) -> pd.DataFrame:
    """The pairs that Sec. 4.2.3 calls correlated: what it says, and phi in every source.

    Missing where a unit is not coded here or has no phi.
    """
    aus = set(corpus.aus)
    lines = {
        f"{a} and {b}": {"the paper": one.sign}
        | {_named(HEADS[name], corpus): _entry(phis[name], a, b) for name in phis}
        for one in observations().values()
        for a, b in one.pairs
        if {a, b} <= aus
    }
    return pd.DataFrame(lines).T


def of_pair(phis: Phis, a: str, b: str) -> dict[str, float]:
    """Phi of one pair in every source; nan where a unit is not coded or has no phi."""
    return {name: _entry(table, a, b) for name, table in phis.items()}


def signed(value: float) -> str:
    """A correlation in writing, or a dash where there is none.

    >>> signed(0.0643), signed(float("nan"))
    ('+0.06', '–')
    """
    return "–" if np.isnan(value) else f"{value:+.2f}"


def distances(corpus: Corpus, phis: Phis, to: str = "test_labels") -> pd.DataFrame:
    """Mean absolute difference of phi from the test labels', over the pairs that all sources have.

    Returns:
        One line a source: the difference, missing where there is no such pair, and the pairs.
    """
    upper = np.triu(np.ones(phis[to].shape, bool), 1)
    known = np.all([table.notna() for table in phis.values()], axis=0) & upper
    lines = {}
    for name in (other for other in phis if other != to):
        away = (phis[name] - phis[to]).abs().to_numpy()[known]
        lines[_named(TITLES[name], corpus)] = {
            "mean difference of phi": float(away.mean()) if len(away) else float("nan"),
            "pairs": str(len(away)),
        }
    return pd.DataFrame(lines).T


def heard(run: Run, unit: str) -> pd.Series:
    """Mean gradient of a unit's y_hat with respect to the f of every unit, over the test frames.

    Whom structure inference lets the unit listen to, itself included, whatever the patches see.
    """
    return run.files.look(HEARD).loc[unit]


def drawn(corpus: Corpus, phis: Phis) -> Figure:
    """Four graphs in one layout, a node a unit, an edge a correlation of at least :data:`LEAST`."""
    figure, axes = plt.subplots(2, 2, figsize=(7.6, 8.2), layout="constrained")
    for axis, name in zip(axes.flat, DRAWN, strict=True):
        _graph(axis, phis[name])
        axis.set_title(_named(TITLES[name], corpus), fontsize="small")
    figure.legend(
        handles=_handles(), loc="outside lower center", ncols=3, frameon=False, fontsize="small"
    )
    return figure


def graph_of(table: pd.DataFrame, least: float = LEAST) -> nx.Graph:
    """The graph of a phi table: an edge where phi is at least so strong, with ``phi``."""
    graph = nx.Graph()
    graph.add_nodes_from(table.index)
    pairs = itertools.combinations(table.index, 2)
    edges = [(a, b, float(table.loc[a, b])) for a, b in pairs]
    graph.add_edges_from((a, b, {"phi": p}) for a, b, p in edges if abs(p) >= least)
    return graph


def _graph(axis: plt.Axes, table: pd.DataFrame) -> None:
    graph, places = graph_of(table), _circle(list(table.index))
    for colour, style, sign in ((POSITIVE, "solid", 1), (NEGATIVE, DASHES, -1)):
        edges = [(a, b) for a, b, p in graph.edges(data="phi") if sign * p > 0]
        widths = [WIDTH * abs(graph.edges[edge]["phi"]) for edge in edges]
        nx.draw_networkx_edges(
            graph, places, edges, width=widths, edge_color=colour, style=style, alpha=0.75, ax=axis
        )
    known = table.notna().sum(axis=1) > 0
    for half, (shape, colour, size) in SHAPES.items():
        nodes = [au for au in table.index if _half(au) == half]
        drawn_nodes = nx.draw_networkx_nodes(
            graph, places, nodes, node_shape=shape, node_color=colour, node_size=size, ax=axis
        )
        drawn_nodes.set_edgecolor(["0.3" if known[au] else "0.75" for au in nodes])
    for au, (x, y) in places.items():
        colour = "0.1" if known[au] else "0.6"
        axis.text(x, y, au, ha="center", va="center", fontsize=7.5, color=colour)
    axis.set(xlim=(-1.22, 1.22), ylim=(-1.22, 1.22), aspect="equal")
    axis.set_axis_off()


def _handles() -> list[Line2D]:
    """What lines and nodes mean."""
    return [
        Line2D([], [], color=POSITIVE, lw=3, label="positive"),
        Line2D([], [], color=NEGATIVE, lw=3, ls=DASHES, label="negative"),
        *(Line2D([], [], color="0.5", lw=WIDTH * p, label=f"|phi| {p}") for p in (LEAST, 0.5)),
        *(
            Line2D([], [], marker=form, color=fill, mec="0.3", ls="", ms=11, label=f"{half} face")
            for half, (form, fill, _) in SHAPES.items()
        ),
    ]


def _circle(aus: list[str]) -> dict[str, tuple[float, float]]:
    """Places on a circle, clockwise, the upper face's units around its top."""
    n_upper = sum(_half(au) == "upper" for au in aus)
    angles = np.pi / 2 + 2 * np.pi * ((n_upper - 1) / 2 - np.arange(len(aus))) / len(aus)
    return {
        au: (float(np.cos(a)), float(np.sin(a))) for au, a in zip(aus, angles, strict=True)
    }  # fmt: skip


def _half(au: str) -> str:
    return ACTION_UNITS[int(au.removeprefix("AU"))].region


def _decided(values: np.ndarray, labels: np.ndarray, tau: float) -> np.ndarray:
    return np.where(np.isnan(labels), np.nan, values >= tau)


def _entry(table: pd.DataFrame, a: str, b: str) -> float:
    return float(table.loc[a, b]) if {a, b} <= set(table.index) else float("nan")


def _named(title: str, corpus: Corpus) -> str:
    return title.format(corpus=NAMES[LISTED[corpus.source.layout]])
