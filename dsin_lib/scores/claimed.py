"""A claim held against lines that were scored: what it compares, and the test of that."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from dsin_lib.paper.claims import Claim, rows_of
from dsin_lib.scores.asked import Test, count, lead, untestable
from dsin_lib.scores.chance import chance_of
from dsin_lib.scores.families import exceeds
from dsin_lib.scores.lenses import Seen
from dsin_lib.scores.verdicts import NOT_RUN

TOO_FEW = "too few people show what is compared"


def asked(claim: Claim, seen: Seen) -> Test:
    """What can be said of a claim by one lens.

    Args:
        claim: Of :func:`dsin_lib.scores.families.family`.
        seen: The lines of a table, by the names that claims have for rows; all of the claim's are
            there.

    Returns:
        The test. From the trainings that all its rows have, on the units that are scored in all of
        them; of a count, units that are not scored count for neither side. A dead unit among those
        compared leaves nothing to test.
    """
    rows = rows_of(claim)
    named = np.isin(seen.aus, seen.aus if claim.aus is None else claim.aus)
    compared = np.ones_like(named) if claim.margin == "contrast" else named
    units = [au for au, used in zip(seen.aus, compared, strict=True) if used]
    if dead := [f"{au} of {row}" for row in rows for au in units if (row, au) in seen.dead]:
        return untestable(f"dead: {', '.join(dead)}", len(seen.trainings(rows)))
    if not seen.trainings(rows):
        return untestable("no training is shared")
    folds, by = seen.scores(rows), exceeds(claim, seen.lens)
    if claim.margin == "best_on":
        n = claim.at_least if claim.exactly is None else claim.exactly
        chance = chance_of([on_units(fold[..., named], by) for fold in folds])
        return count(chance, n or 0, claim.exactly is not None, claim.place)
    known = np.all([~np.isnan(fold).any((0, 1, 2)) for fold in folds], axis=0)
    if not (known & named).any() or (claim.margin == "contrast" and not (known & ~named).any()):
        return untestable(TOO_FEW, len(seen.trainings(rows)))
    chance = chance_of(
        [over_each(claim, fold, named & known, known & ~named, by) for fold in folds]
    )
    return lead(chance, None if by else seen.lens.matters)


def on_units(
    scores: Float[np.ndarray, "*batch line au"], by: float
) -> Float[np.ndarray, "*batch au rival"]:
    """By how much the first line exceeds each other one, and ``by``, on each unit."""
    return np.moveaxis(scores[..., :1, :] - scores[..., 1:, :], -2, -1) - by


def over_each(
    claim: Claim,
    scores: Float[np.ndarray, "*batch line au"],
    named: np.ndarray,
    others: np.ndarray,
    by: float,
) -> Float[np.ndarray, "*batch rival"]:
    """By how much a claim is exceeded against each rival, on the mean over units.

    As :data:`dsin_lib.paper.claims.MARGINS`, which take the best rival at once: a row leads the
    best if it leads each. A lead in percent of a rival's score is one over so much more than it.

    Args:
        claim: No count.
        scores: In percent, the claim's row first.
        named: Units that the claim is about (au).
        others: Units that a contrast holds against them (au).
        by: What must be exceeded.
    """
    means = scores[..., named].mean(-1)
    if claim.margin == "contrast":
        gain = means - scores[..., others].mean(-1)
        return gain[..., :1] - gain[..., 1:] - by
    if claim.margin == "trail":
        return means[..., 1:] - means[..., :1] - by
    if claim.margin == "relative":
        return means[..., :1] - (1 + by / 100) * means[..., 1:]
    return means[..., :1] - means[..., 1:] - by


def all_asked(claims: Sequence[Claim], seen: Seen) -> dict[str, Test]:
    """The tests of a table by one lens, by id; those whose rows are not there keep their place."""
    return {
        claim.id: asked(claim, seen)
        if set(rows_of(claim)) <= set(seen.sums)
        else untestable(NOT_RUN)
        for claim in claims
    }
