"""A table of ours held against what the paper says of its own: margins, intervals, verdicts."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from operator import add

import numpy as np
import pandas as pd
from jaxtyping import Float

from dsin_lib.config.sections import VGG
from dsin_lib.paper.claims import (
    HALVES,
    ROUNDING,
    Claim,
    arithmetic,
    as_ours,
    claims,
    margin,
    margins,
    measured_on,
    rows_of,
)
from dsin_lib.paper.published import joined
from dsin_lib.reporting.health import in_words
from dsin_lib.reporting.page.tables import INTERVAL, ends, number, small
from dsin_lib.reporting.tables import paper_table, shown_row
from dsin_lib.runs.rows import ROWS, Row
from dsin_lib.scores.bootstrap import interval
from dsin_lib.scores.measured import Measured
from dsin_lib.scores.verdicts import NOT_RUN, UNTESTABLE, against_zero, verdict

NOTHING = {"margin": np.nan, "low": np.nan, "high": np.nan, "basis": ""}


@dataclass(frozen=True)
class Held:
    """Rows of ours, as claims read them.

    Attributes:
        about: The corpus, by its place in the paper, whose Action Units they have.
        rows: As the paper prints them.
        aus: Column names.
        scores: F1 in percent.
        resampled: The same in each resampling of the test subjects.
        dead: Row and unit of each score with a network behind it that is dead for a fed unit.
    """

    about: str
    rows: list[str]
    aus: list[str]
    scores: Float[np.ndarray, "row au"]
    resampled: Float[np.ndarray, "resample row au"]
    dead: frozenset[tuple[str, str]] = frozenset()

    def has(self, claim: Claim) -> bool:
        """Whether all rows of a claim are there."""
        return set(rows_of(claim)) <= set(self.rows)

    def dead_of(self, rows: Iterable[str], aus: Iterable[str] | None = None) -> list[str]:
        """The dead units of some rows, in words; those of ``aus`` alone if it names any."""
        named = self.aus if aus is None else list(aus)
        pairs = [(row, au) for row in rows for au in named if (row, au) in self.dead]
        return [f"{au} of {shown_row(row)}" for row, au in pairs]

    def margin(self, claim: Claim) -> dict[str, float | str]:
        """By how much the claim is exceeded, and the ends of the interval of that.

        None of it where a dead unit is one that the claim compares; ``basis`` names it.
        """
        every = claim.margin == "contrast"  # the units that it names against all others
        if dead := self.dead_of(rows_of(claim), None if every else claim.aus):
            return {**NOTHING, "basis": in_words(dead)}
        low, high = interval(margins(claim, self.resampled, self.rows, self.aus))
        here = float(margins(claim, self.scores, self.rows, self.aus))
        return {**NOTHING, "margin": here, "low": float(low), "high": float(high)}


def held(measured: Measured, vgg: VGG) -> Held:
    """What is measured of rows, by the names that claims find them by.

    Args:
        measured: The rows; predictors that look at no image are left out.
        vgg: What VGG was trained from. From random weights it is not the tuned network of the
            paper, so no claim is about it.
    """
    lines = [line for line in measured.lines if line in ROWS]
    at = [measured.lines.index(line) for line in lines]
    named = {line: _as_trained(ROWS[line], vgg) for line in lines}
    scores = (100 * measured.mean("f1")).loc[lines].to_numpy(float)
    dead = frozenset((named[line], au) for line, au in measured.dead() if line in named)
    about = measured_on(paper_table(measured.aus))
    return Held(about, list(named.values()), measured.aus, scores, measured.resampled[:, at], dead)


def differences(ours: Held) -> pd.DataFrame:
    """Every difference that the paper bases a conclusion on, by what is compared on which units.

    Returns:
        F1 points here, the ends of their interval, the paper's, and in words whether the interval
        spans zero, or which dead units leave nothing to compare.
    """
    lines = {}
    for claim in claims().values():
        plain = replace(as_ours(claim), by=0)
        for printed_in in claim.tables:
            of_corpus = measured_on(printed_in) == ours.about
            if claim.margin == "lead" and of_corpus and ours.has(plain):
                lead = ours.margin(plain)
                lines[_compared(plain, ours.aus)] = {
                    "here": lead["margin"],
                    "low": lead["low"],
                    "high": lead["high"],
                    "paper": margin(replace(claim, by=0), joined(printed_in)),
                    "interval": f"{UNTESTABLE}, {lead['basis']}"
                    if lead["basis"]
                    else against_zero(lead["low"], lead["high"]),
                }
    return pd.DataFrame(lines).T


def claim_line(claim: Claim, printed_in: str, ours: Held | None) -> dict[str, object]:
    """A claim held against the paper's own table, and against ours where we have its rows.

    Returns:
        id, section, claim, reads, table, the margin in print (``paper``) and what ``arithmetic``
        says of it, our ``margin`` with ``low`` and ``high``, ``basis`` (empty, or the dead units
        that leave no margin), and the verdict.
    """
    of_paper, own = margin(claim, joined(printed_in)), as_ours(claim)
    known = ours is not None and ours.has(own)
    here = ours.margin(own) if known else NOTHING
    reached = UNTESTABLE if here["basis"] else verdict(here["low"], here["high"])
    return {
        "id": claim.id,
        "section": claim.section,
        "claim": claim.says,
        "reads": claim.reads,
        "table": printed_in.replace("table", "").replace("+", " and "),
        "paper": of_paper,
        "arithmetic": arithmetic(of_paper, ROUNDING[claim.margin]),
        **here,
        "verdict": reached if known else NOT_RUN,
    }


def in_book(lines: pd.DataFrame) -> pd.DataFrame:
    """The ledger as the book prints it: what is claimed, in print, here, and the verdict."""
    in_print, here = ([number(x, 2) for x in lines[name]] for name in ("paper", "margin"))
    columns = {
        "Table": lines["table"],
        "paper": list(map(add, in_print, lines["arithmetic"].map(small))),
        "this run": here,
        INTERVAL: ends(lines, 2).where(lines["basis"] == "", lines["basis"]),
        "verdict": lines["verdict"],
    }
    says = list(map(add, lines["claim"], lines["reads"].map(small)))
    return pd.DataFrame(columns).set_axis(says, axis=0)


def _as_trained(row: Row, vgg: VGG) -> str:
    """The name by which claims find a row: in print, unless it was trained as another thing."""
    return (
        f"{row.label}, from scratch" if row.network == "vgg" and vgg.weights is None else row.label
    )


def _compared(claim: Claim, aus: list[str]) -> str:
    """``DSIN_10 over PP+F, AU02 AU14``: what a lead compares, on which units."""
    over = (
        shown_row(claim.over[0])
        if len(claim.over) == 1
        else f"the best of {len(claim.over)} others"
    )
    words = f"{shown_row(claim.row)} over {over}"
    if claim.aus is None:
        return words
    named = [au for au in claim.aus if au in aus]
    halves = {f"{half} face": [au for au in of if au in aus] for half, of in HALVES.items()}
    return f"{words}, {next((half for half in halves if halves[half] == named), ' '.join(named))}"
