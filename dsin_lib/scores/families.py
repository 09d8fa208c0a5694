"""Which comparisons are made, by which lenses, and which of them pay for each other.

Fixed and committed before any run on SynAU 2.0 was looked at. A family is what one table is asked
by one lens: the claims of ``dsin_lib/paper/claims.yaml`` that its rows can answer, and the controls
below. What the paper says beside a table (``observations.yaml``) is a family of its own: sentences
about curves, thresholds and messages, each with a measure of its own, so that neither list makes
the other's levels harder. `book/rules_of_evidence.md` prints all of them.
"""

from dsin_lib.config import Place
from dsin_lib.paper.claims import Claim, as_ours, claims, measured_on, rows_of
from dsin_lib.paper.observations import Observation, observations
from dsin_lib.runs.rows import TABLE_3, TABLE_4
from dsin_lib.scores.lenses import LENSES, OWN, Lens

LONGER = "PP+F, trained on"
RECALIBRATED = "f of DSIN_10, recalibrated"
AT_THEIR_MEAN = "DSIN_10, messages at their mean"
"""Lines that the paper does not have: PP+F trained on with the epochs, the stopping rule and the
start of step 5, without Omega; the fused predictions inside DSIN_10, each unit's through a sigmoid
fitted on held-out training people; DSIN_10 with every message held at its mean over the training
frames."""


def _control(name: str, says: str, row: str, over: str) -> Claim:
    return Claim(
        id=f"control-{name}",
        section="control",
        says=says,
        tables=("table3", "table4"),
        margin="lead",
        row=row,
        over=(over,),
    )


CONTROLS = {
    one.id: one
    for one in (
        _control("length", "training PP+F for longer gains by itself", LONGER, "PP+F"),
        _control(
            "structure", "DSIN_10 leads PP+F that was trained as long", "DSIN_10", LONGER
        ),
        _control(
            "recalibrated", "y_hat leads its own f, recalibrated per unit", "DSIN_10", RECALIBRATED
        ),
        _control(
            "messages", "what messages say of a frame is worth more than their mean", "DSIN_10",
            AT_THEIR_MEAN,
        ),
    )
}  # fmt: skip
"""What messages are worth is said against these."""
FIXED = ("individual-parameters",)
"""Observations that are the same in every run."""
EXTRA = (LONGER, RECALIBRATED, AT_THEIR_MEAN)


def family(place: Place) -> dict[str, Claim]:
    """The claims and controls that the rows of a table are asked about, by id.

    Args:
        place: ``table_3`` or ``table_4``.

    Returns:
        Claims with the rows of that table, as it names them: not those about other systems.
    """
    rows = {row.label: row for row in (TABLE_3 if place == "table_3" else TABLE_4)}
    ours = {*rows, *EXTRA}
    return {
        name: as_ours(claim)
        for name, claim in {**claims(), **CONTROLS}.items()
        if place in map(measured_on, claim.tables) and {*rows_of(as_ours(claim))} <= ours
    }


def beside(place: Place) -> dict[str, Observation]:
    """What the paper says beside a table and its runs can tell, by id: a family of its own.

    One about both corpora belongs to Table 3's. The number of a network's parameters has no chance
    in it, and pays for nothing.
    """
    return {
        name: one
        for name, one in observations().items()
        if not one.unmeasured and one.needs and one.needs[0] == place and name not in FIXED
    }


def lenses_of(claim: Claim, place: Place) -> tuple[Lens, ...]:
    """The lenses that a claim is asked by.

    One that compares tuned thresholds with others is about thresholds: by the other lenses both
    rows are the same. One with a size that the paper prints is about F1, and AUC has no such size.

    Args:
        claim: Of :func:`family`.
        place: Of the same.
    """
    rows = {row.label: row for row in (TABLE_3 if place == "table_3" else TABLE_4)}
    if any(rows[name].thresholds == "tuned" for name in rows_of(claim) if name in rows):
        return (OWN,)
    return tuple(lens for lens in LENSES if lens.of_f1) if prints_size(claim) else LENSES


def prints_size(claim: Claim) -> bool:
    """Whether the size that a claim must exceed is the paper's, and no reading of its words."""
    return claim.by != 0 and "%" in claim.says


def exceeds(claim: Claim, lens: Lens) -> float:
    """By how much a row must lead, in percent of a lens.

    A size that is a reading of words is worth in AUC what a margin is: half of that in F1.
    """
    return claim.by * lens.matters / OWN.matters
