"""Latent means and correlations that give binary labels of the wanted prevalence and phi."""

from functools import lru_cache

import numpy as np
from scipy import optimize, stats

from data_prep.synth.labels.reference import statistics
from data_prep.synth.plan.shapes import SHAPES, Shape

ASSUMED = {(1, 5): 0.4, (2, 5): 0.4, (17, 25): -0.2, (17, 26): -0.2, (20, 25): 0.3}
"""Latent correlations that no reference gives. DISFA's public lists have no joint counts with AU
5, 15, 17 and 20. Where BP4D codes both AUs (15 and 17 with 1 2 4 6 12 and with each other), its
tetrachoric correlation stands in; these few follow from the FACS manual: lids go up with the brows
in surprise, a chin that pushes the lips up shuts them, stretched lips part. All else is 0."""


def task_means(shape: Shape) -> np.ndarray:
    """Returns latent means (task au) for tasks of one length.

    BP4D's tasks differ in length; here they do not. The means keep the order of the reference's
    prevalence by task, and are moved and drawn together until the overall prevalence and the
    variance explained by task are the reference's. A single task has the overall prevalence.
    """
    reference = statistics(shape)
    if len(shape.tasks) == 1:
        return stats.norm.ppf([reference["prevalence"]])
    by_task = np.array([reference["prevalence_by_task"][t] for t in shape.tasks])
    scores = stats.norm.ppf(np.clip(by_task, 0.004, 0.996))
    columns = []
    for a, share in enumerate(reference["prevalence"]):
        explained = reference["variance_explained"]["by_task"][a]
        spread = optimize.brentq(
            lambda k, a=a, p=share, e=explained: (
                stats.norm.cdf(_moved_to(k * scores[:, a], p)).var() / (p * (1 - p)) - e
            ),
            0.3,
            2.0,
        )
        columns.append(_moved_to(spread * scores[:, a], share))
    return np.stack(columns, 1)


def _moved_to(scores: np.ndarray, share: float) -> np.ndarray:
    """Returns latent means (task), shifted until `share` of all frames is active."""
    shift = optimize.brentq(lambda d: stats.norm.cdf(scores + d).mean() - share, -5, 5)
    return scores + shift


def both_active(mean_i: np.ndarray, mean_j: np.ndarray, rho: float) -> float:
    """Returns P(both latents > 0), averaged over tasks, at within-task correlation rho."""
    cases = zip(mean_i, mean_j, strict=True)
    cov = [[1, rho], [rho, 1]]
    return float(np.mean([stats.multivariate_normal.cdf([i, j], cov=cov) for i, j in cases]))


@lru_cache(maxsize=2)
def within_task_correlation(shape: Shape) -> np.ndarray:
    """Returns the within-task latent correlation (au au) that gives the reference's phi."""
    reference, means = statistics(shape), task_means(shape)
    p = reference["prevalence"]
    rho = np.eye(len(shape.aus))
    for i in range(len(shape.aus)):
        for j in range(i):
            if (phi := reference["phi"][i][j]) is None:
                rho[i, j] = rho[j, i] = assumed(shape.aus[i], shape.aus[j])
                continue
            spread = np.sqrt(p[i] * (1 - p[i]) * p[j] * (1 - p[j]))
            target = phi * spread + p[i] * p[j]

            def error(r, i=i, j=j, target=target):
                return both_active(means[:, i], means[:, j], r) - target

            rho[i, j] = rho[j, i] = optimize.brentq(error, -0.97, 0.97, xtol=1e-3)
    return rho


def assumed(first: int, second: int) -> float:
    """Returns the latent correlation of two AUs whose phi the reference does not give."""
    bp4d = SHAPES["synau_b"]
    if first in bp4d.aus and second in bp4d.aus:
        table = statistics(bp4d)["tetrachoric"]
        return table[bp4d.aus.index(first)][bp4d.aus.index(second)]
    return ASSUMED.get((min(first, second), max(first, second)), 0.0)


def nearest_correlation(matrix: np.ndarray, smallest: float = 1e-4) -> np.ndarray:
    """Returns the matrix with eigenvalues clipped from below and a unit diagonal, iterated."""
    out = np.clip(matrix, -0.99, 0.99)
    for _ in range(50):
        np.fill_diagonal(out, 1)
        values, vectors = np.linalg.eigh(out)
        if values.min() >= smallest / 2:
            break
        out = (vectors * np.maximum(values, smallest)) @ vectors.T
    scale = 1 / np.sqrt(np.diag(out))
    return out * np.outer(scale, scale)


def shared_correlation(
    rho: np.ndarray,
    subject: np.ndarray,
    interaction: np.ndarray,
    tau: np.ndarray,
    flicker: np.ndarray,
) -> np.ndarray:
    """Returns the correlation that the three parts must share for the sum to have `rho`.

    Courses of different time constants, driven by one noise, correlate less than the noise: for
    impulse responses t exp(-t / tau) by 8 (tau_i tau_j)^1.5 / (tau_i + tau_j)^3.
    """
    course = np.sqrt(np.clip(1 - subject**2 - interaction**2, 0, 1))
    slow = 8 * np.outer(tau, tau) ** 1.5 / np.add.outer(tau, tau) ** 3
    slow = slow * np.sqrt(np.outer(1 - flicker, 1 - flicker)) + np.sqrt(np.outer(flicker, flicker))
    share = (
        np.outer(subject, subject)
        + np.outer(interaction, interaction)
        + np.outer(course, course) * slow
    )
    return nearest_correlation(rho / share)
