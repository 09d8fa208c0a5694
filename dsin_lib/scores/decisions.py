"""What may be said of a claim: one of five words, at a level that the whole table pays for.

A word is read off an interval (:mod:`dsin_lib.scores.chance`) of how far a claim is exceeded:

* *no difference that matters*: all of it lies within the margins. This goes before the next two:
  with enough people and trainings any trifle is above or below zero.
* *supported*: all of it lies above zero; *contradicted*: all of it lies below.
* *undecided*: none of these. Beside it stands from how many trainings the word would be another, if
  the margin stayed as measured, or that no number of them would do, since the chance of who is
  tested is too wide alone.
* *cannot be tested here*: a dead or an empty cell is compared, or there are fewer than three
  trainings.

A claim that states a size is exceeded or not; no margins apply, since the size is one.

Forty intervals of 95 % miss two truths on average. So the claims of a table are one family, and the
level of each comes from Holm's procedure (:mod:`dsin_lib.scores.holm`). Then the chance of any
wrong word in the table is at most 5 %, as far as intervals hold what they say. That the procedure
also guards a word's direction is proven for independent claims (Shaffer 1980), and assumed here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, isnan, nan

from dsin_lib.scores.asked import CONTRADICTED, SAME, Test
from dsin_lib.scores.holm import ALPHA, holm
from dsin_lib.scores.verdicts import NOT_RUN, SUPPORTED, UNDECIDED, UNTESTABLE

WORDS = (SUPPORTED, CONTRADICTED, SAME, UNDECIDED, UNTESTABLE, NOT_RUN)
DEPENDS = "depends on the lens"


@dataclass(frozen=True)
class Decision:
    """A word and what it rests on.

    Attributes:
        word: One of :data:`WORDS`.
        margin: By how much the claim is exceeded.
        low: Lower end of the interval that the word was read off.
        high: Upper end.
        level: One less what that interval holds: 5 % over the claims left in Holm's procedure.
        trainings: From how many.
        needed: How many would decide, if undecided; infinite: none, people's chance is too wide.
        why: Why it cannot be tested, if so.
    """

    word: str
    margin: float = nan
    low: float = nan
    high: float = nan
    level: float = nan
    trainings: int = 0
    needed: float = nan
    why: str = ""

    @property
    def would_decide(self) -> str:
        """``at least 12 trainings``, ``none: people``, or nothing where there is a word already.

        >>> Decision(UNDECIDED, needed=inf).would_decide
        'none: people'
        """
        if self.word != UNDECIDED or isnan(self.needed):
            return ""
        return "none: people" if self.needed == inf else f"at least {self.needed:.0f} trainings"


def decide(family: Mapping[str, Test], alpha: float = ALPHA) -> dict[str, Decision]:
    """Words for the claims of a table by one lens.

    Args:
        family: Every claim that the table is asked about by this lens, those that cannot be tested
            included.
        alpha: The chance of any wrong word.
    """
    of_each = holm([min(one.p.values(), default=1.0) for one in family.values()], alpha)
    return {
        name: _decided(one, float(level))
        for (name, one), level in zip(family.items(), of_each, strict=True)
    }


def headline(words: Sequence[str]) -> str:
    """What a claim comes to over lenses: the word that all say, or that it depends.

    All lenses must say it, which is harder than for one; so nothing is paid for their number.

    >>> headline([SUPPORTED, SUPPORTED, SUPPORTED]), headline([SUPPORTED, UNDECIDED, SUPPORTED])
    ('supported', 'depends on the lens')
    """
    return words[0] if len(set(words)) == 1 else DEPENDS


def _decided(one: Test, level: float) -> Decision:
    if one.why:
        word = NOT_RUN if one.why == NOT_RUN else UNTESTABLE
        return Decision(word, one.margin, trainings=one.trainings, why=one.why)
    said = (word for word in (SAME, SUPPORTED, CONTRADICTED) if one.p.get(word, 1) <= level)
    word = next(said, UNDECIDED)
    needed = one.needed(level) if word == UNDECIDED else nan
    return Decision(word, one.margin, *one.ends(level), level, one.trainings, needed)
