"""Sentences of the paper that follow from tables of scores or from label lists, as margins.

Their readings stand in ``dsin_lib/paper/observations.yaml``.
"""

from collections.abc import Callable, Sequence

import numpy as np

from dsin_lib.paper.claims import Margins, measured_on
from dsin_lib.paper.observations import observations
from dsin_lib.paper.published import bp4d_prevalence, label_lists, published, reference_phi
from dsin_lib.reporting.claims import audit
from dsin_lib.reporting.claims.finding import ARITHMETIC, Evidence, Finding, finding
from dsin_lib.reporting.tables import ABLATIONS
from dsin_lib.runs.rows import PATCH_ROWS, ROWS
from dsin_lib.scores.bootstrap import of_others

PRINTED_IN = {measured_on(table): table for table in ABLATIONS}
PATCHES = [ROWS[row].label for row in PATCH_ROWS]


def density(known: Evidence) -> Finding:
    """Arithmetic on the public label lists of both corpora."""
    bp4d, disfa = (label_lists()[name] for name in ("bp4d", "disfa"))
    dense = [np.mean(list(one["prevalence"].values())) for one in (bp4d, disfa)]
    length = [one["frames"] / one["sequences"] for one in (disfa, bp4d)]
    ratios = dense[0] / dense[1] - 2, bp4d["sequences"] / disfa["sequences"] - 1
    return Finding(paper=float(min(*ratios, length[0] / length[1] - 1)), basis=ARITHMETIC)


def phi(name: str, margin: Callable[[list[float]], float]) -> Callable[[Evidence], Finding]:
    """A margin of the phi of an observation's pairs: arithmetic on BP4D's public label lists.

    The labels of rendered faces were drawn to have these correlations, so they can say nothing.
    """
    listed, pairs = reference_phi("bp4d"), observations()[name].pairs
    paper = float(margin([float(listed.loc[pair]) for pair in pairs]))
    return lambda known: Finding(paper=paper, basis=ARITHMETIC)


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
    """The gain of fusion, on each corpus resampled over its own subjects."""
    return _of_tables(known, _more, ["PP+F", "PP(face)"], ("table_3", "table_4"))


def structure_more_on_disfa(known: Evidence) -> Finding:
    """The gain of structure inference, on each corpus resampled over its own subjects."""
    return _of_tables(known, _more, ["DSIN_10", "PP+F"], ("table_3", "table_4"))


def patches_balanced_on_disfa(known: Evidence) -> Finding:
    """Each corpus' spread, resampled over its own subjects."""

    def margin(first: np.ndarray, second: np.ndarray) -> Margins:
        return _spread(first) - _spread(second)

    return _of_tables(known, margin, PATCHES, ("table_3", "table_4"))


def fusion_noisy(corpus: str) -> Callable[[Evidence], Finding]:
    """Whether fusion gains most where the patches are good, on one corpus."""
    return lambda known: _of_tables(known, _gain_follows_patches, ["PP+F", *PATCHES], (corpus,))


def _of_tables(
    known: Evidence,
    margin: Callable[..., Margins],
    rows: Sequence[str],
    corpora: tuple[str, ...],
) -> Finding:
    """A margin of scores (... row au), one array a corpus: measured, resampled, and in print."""
    ours = [known.tables[corpus] for corpus in corpora]
    at = [[one.rows.index(row) for row in rows] for one in ours]
    here = margin(*(one.scores[rows_] for one, rows_ in zip(ours, at, strict=True)))
    resamples = [one.resampled[:, rows_] for one, rows_ in zip(ours, at, strict=True)]
    resamples[1:] = map(of_others, resamples[1:])
    printed = [published(PRINTED_IN[corpus]).loc[list(rows)] for corpus in corpora]
    paper = margin(*(one.drop(columns="printed_average").to_numpy(float) for one in printed))
    return finding(float(here), margin(*resamples), float(paper))


def _more(first: np.ndarray, second: np.ndarray) -> Margins:
    """The second corpus' gain less the first's."""
    return _gain(second) - _gain(first)


def _spread(scores: np.ndarray) -> Margins:
    """Standard deviation over rows, averaged over the units that any row finds at all."""
    shows = (scores > 0).any(-2)
    return (scores.std(-2) * shows).sum(-1) / np.maximum(shows.sum(-1), 1)


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
