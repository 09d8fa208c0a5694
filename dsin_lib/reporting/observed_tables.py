"""Sentences of the paper that follow from tables of scores or from label lists, as margins.

Their readings stand in ``dsin_lib/paper/observations.yaml``.
"""

from collections.abc import Callable, Sequence

import numpy as np

from dsin_lib.evaluation.bootstrap import of_others
from dsin_lib.experiments import PATCH_ROWS, ROWS
from dsin_lib.paper.claims import Margins, corpus_of
from dsin_lib.paper.published import bp4d_prevalence, label_lists, published
from dsin_lib.reporting import audit
from dsin_lib.reporting.finding import ARITHMETIC, Evidence, Finding, finding
from dsin_lib.reporting.tables import ABLATIONS

PRINTED_IN = {corpus_of(table): table for table in ABLATIONS}
PATCHES = [ROWS[row].label for row in PATCH_ROWS]


def imbalanced(known: Evidence) -> Finding:
    """Arithmetic on the public label lists of both corpora."""
    rarest = [min(lists["prevalence"].values()) for lists in label_lists().values()]
    return Finding(paper=20 - 100 * max(rarest), basis=ARITHMETIC)


def rare_classes(known: Evidence) -> Finding:
    """Arithmetic on BP4D's public label lists."""
    named, listed = (set(audit.rare()[name]) for name in ("paper", "lists"))
    return Finding(paper=0.5 - len(named ^ listed), basis=ARITHMETIC)


def common_classes(known: Evidence) -> Finding:
    """Arithmetic on BP4D's public label lists."""
    return Finding(paper=100 * bp4d_prevalence()[["AU07", "AU12"]].min() - 50, basis=ARITHMETIC)


def fusion_more_on_disfa(known: Evidence) -> Finding:
    """Each corpus' gain under draws of its own subjects."""

    def margin(first: np.ndarray, second: np.ndarray) -> Margins:
        return _gain(second) - _gain(first)

    return _of_tables(known, margin, ["PP+F", "PP(face)"], ("bp4d", "disfa"))


def patches_balanced_on_disfa(known: Evidence) -> Finding:
    """Each corpus' spread under draws of its own subjects."""

    def margin(first: np.ndarray, second: np.ndarray) -> Margins:
        return first.std(-2).mean(-1) - second.std(-2).mean(-1)

    return _of_tables(known, margin, PATCHES, ("bp4d", "disfa"))


def fusion_noisy(corpus: str) -> Callable[[Evidence], Finding]:
    """Whether fusion gains most where the patches are good, on one corpus."""
    return lambda known: _of_tables(known, _gain_follows_patches, ["PP+F", *PATCHES], (corpus,))


def _of_tables(
    known: Evidence,
    margin: Callable[..., Margins],
    rows: Sequence[str],
    corpora: tuple[str, ...],
) -> Finding:
    """A margin of scores (... row au), one array a corpus: here, in draws, and in print."""
    ours = [known.tables[corpus] for corpus in corpora]
    at = [[one.rows.index(row) for row in rows] for one in ours]
    here = margin(*(one.scores[rows_] for one, rows_ in zip(ours, at, strict=True)))
    drawn = [one.drawn[:, rows_] for one, rows_ in zip(ours, at, strict=True)]
    drawn[1:] = map(of_others, drawn[1:])
    printed = [published(PRINTED_IN[corpus]).loc[list(rows)] for corpus in corpora]
    paper = margin(*(one.drop(columns="printed_average").to_numpy(float) for one in printed))
    return finding(float(here), margin(*drawn), float(paper))


def _gain(scores: np.ndarray) -> Margins:
    """Mean of the first row less that of the second, over units."""
    return scores[..., 0, :].mean(-1) - scores[..., 1, :].mean(-1)


def _gain_follows_patches(scores: np.ndarray) -> Margins:
    """Correlation over units of the patches' mean and the first row's gain over the best patch."""
    patches = scores[..., 1:, :]
    mean, gain = patches.mean(-2), scores[..., 0, :] - patches.max(-2)
    mean, gain = (x - x.mean(-1, keepdims=True) for x in (mean, gain))
    scale = np.sqrt((mean**2).sum(-1) * (gain**2).sum(-1))
    return (mean * gain).sum(-1) / np.where(scale > 0, scale, np.nan)
