"""Sentences of the paper about the penalty on the correction factors, as margins.

Paper: Sec. 4.2.1, "Correction factor regularization", and the caption of Fig. 6. Their readings
stand in ``dsin_lib/paper/observations.yaml``.
"""

from collections.abc import Callable, Sequence

import numpy as np

from dsin_lib.reporting.claims.finding import Evidence, Finding, finding, no_interval
from dsin_lib.runs.predictions import CHI, subjects_of, values_of
from dsin_lib.runs.run import Run
from dsin_lib.runs.sweeps import CHI_PENALTIES
from dsin_lib.scores.bootstrap import by_subject, resampled
from dsin_lib.scores.measured import in_folds, measure

OFF, ON = 0.1, 0.9
"""A factor below the first lets next to nothing pass, one above the second next to all."""


def no_benefit(known: Evidence) -> Finding:
    """The best penalty of the figure against none; each resampling chooses its own best one."""
    here, resamples = _f1(known, CHI_PENALTIES)
    return finding(1 - (here[1:].max() - here[0]), 1 - (resamples[:, 1:].max(1) - resamples[:, 0]))


def equal(r: float) -> Callable[[Evidence], Finding]:
    """Whether a penalty moves average F1 by less than a point, against none."""

    def observed(known: Evidence) -> Finding:
        here, resamples = _f1(known, (r, 0.0))
        return finding(1 - abs(here[0] - here[1]), 1 - abs(resamples[:, 0] - resamples[:, 1]))

    return observed


def strong_hurts(known: Evidence) -> Finding:
    """The paper's own penalty against twenty times as much."""
    here, resamples = _f1(known, (5e-3, 1e-1))
    return finding(here[0] - here[1], resamples[:, 0] - resamples[:, 1])


def sparse(known: Evidence) -> Finding:
    """Correction factors on test frames, of every unit."""
    folds = _gates(known, (0.0,))
    return finding(*resampled(folds, lambda t: t[..., 0, 1] / t[..., 0, 2] - 0.5))


def closes(known: Evidence) -> Finding:
    """Correction factors on test frames, of every unit."""

    def margin(total: np.ndarray) -> np.ndarray:
        means = total[..., 0] / total[..., 2]
        return means[..., 0] - means[..., 1] - 0.1

    return finding(*resampled(_gates(known, (0.0, 1e-1)), margin))


def collapses(known: Evidence) -> Finding:
    """Means of the correction factors on test frames, from each penalty to the next."""

    def margin(total: np.ndarray) -> np.ndarray:
        means = total[..., 0] / total[..., 2]
        return (means[..., :-1] - means[..., 1:]).min(-1)

    return finding(*resampled(_gates(known, CHI_PENALTIES), margin))


def diverges(known: Evidence) -> Finding:
    """Histories of step 4, on held-out frames."""
    small, none = known.chi[5e-3], known.chi[0.0]
    both = [min(len(a.history), len(b.history)) for a, b in zip(small, none, strict=True)]
    means = [
        np.mean([one.history["chi_std"][:n].mean() for one, n in zip(runs, both, strict=True)])
        for runs in (small, none)
    ]
    return Finding(float(means[0] - means[1]), basis=no_interval(len(small)))


def converges(known: Evidence) -> Finding:
    """Epochs of step 4 until the loss that ends it is best."""
    small, none = known.chi[5e-3], known.chi[0.0]
    epochs = [
        np.mean([one.history.loc[one.history["kept"], "epoch"].item() for one in runs])
        for runs in (none, small)
    ]
    return Finding(float(epochs[0] - epochs[1]), basis=no_interval(len(small)))


def _f1(known: Evidence, penalties: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    """Average F1 in percent at each penalty: measured (penalty), resampled (resample penalty)."""
    measured = measure({r: known.chi[r] for r in penalties})
    return measured.f1.mean(-1), measured.resampled.mean(-1)


def _gates(known: Evidence, penalties: Sequence[float]) -> list[np.ndarray]:
    """Sums over each test subject's frames and units, a fold each (subject seed penalty 3).

    Of the correction factor, of whether it is closed, and of one.
    """

    def sums(run: Run) -> np.ndarray:
        chi = values_of(run, "test", CHI)
        values = np.stack([chi.sum(1), (chi < OFF).sum(1), np.full(len(chi), chi.shape[1])], 1)
        return by_subject(values, subjects_of(run, "test"))

    by_penalty = [in_folds(known.chi[r], sums) for r in penalties]
    return [np.stack(of_fold, 2) for of_fold in zip(*by_penalty, strict=True)]
