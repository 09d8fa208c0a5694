"""Three ways of scoring the same predictions, each a sum over test people.

*F1 at the row's own point* is the paper's: active from 0.5 upwards, or from where a tuned row says.
*F1 at held-out thresholds* gives every row the thresholds that only some have in the paper, chosen
on held-out training people. *AUC*, the area under the ROC curve, asks how well active frames rank
above others, with no threshold at all; average precision, its neighbour that heeds rare units more,
is printed beside it (:func:`dsin_lib.scores.f1.scores`) and decides nothing.

A row that is right about order and wrong about the threshold loses by the first and not by the
third, so a conclusion that only one lens sees is one about thresholds.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Num

from dsin_lib.runs.predictions import PARTS, subjects_of
from dsin_lib.scores.bootstrap import by_subject, counts
from dsin_lib.scores.chance import leaving_out
from dsin_lib.scores.f1 import f1_of
from dsin_lib.scores.measured import Name, Scored
from dsin_lib.scores.thresholds import best_taus

Training = tuple[int, int]
"""A fold and a seed."""
Times = Num[np.ndarray, "draw subject"]
"""How often each draw takes each person."""
SHOWN_BY = 2
"""How many test people of a fold must show a unit, and how many must lack it in some frame, for it
to be scored there: with one, whoever is left out takes the score along."""


@dataclass(frozen=True)
class Lens:
    """A way of scoring.

    Attributes:
        name: In the book.
        matters: The margin, in percent, from where on a difference matters.
        sums: From what is scored to sums of each person (subject ... au), or each two.
        score: From those and :data:`Times` to scores, 0..1 (draw au).
        of_f1: Whether it scores F1, as every size that the paper prints does.
    """

    name: str
    matters: float
    sums: Callable[[Scored], np.ndarray]
    score: Callable[[np.ndarray, np.ndarray], np.ndarray]
    of_f1: bool = True


def pairs(
    scores: Float[np.ndarray, "frame au"],
    labels: Float[np.ndarray, "frame au"],
    subjects: np.ndarray,
) -> Float[np.ndarray, "subject other 2 au"]:
    """What an AUC is made of: pairs of an active frame of a subject and another's inactive frame.

    Counted are those in which the active frame has the higher score, equal ones by half (Mann and
    Whitney 1947), then all. An AUC on some people is the first over the second, summed over their
    pairs: exact, without bins, however the people are drawn.

    Args:
        scores: Any numbers.
        labels: 0, 1 or nan, which counts nowhere.
        subjects: The subject of each frame (frame); those of a pair are in the order of names.
    """
    names, whose = np.unique(subjects, return_inverse=True)
    n, found = len(names), []
    for y, p in zip(labels.T, scores.T, strict=True):
        values, at = np.unique(p, return_inverse=True)
        active, inactive = (_counted(at[y == k], whose[y == k], len(values), n) for k in (1, 0))
        lower = inactive.cumsum(0) - inactive / 2
        found.append([active.T @ lower, np.outer(active.sum(0), inactive.sum(0))])
    return np.moveaxis(np.array(found), 0, -1).transpose(1, 2, 0, 3)


def auc_of(of: Float[np.ndarray, "subject other 2 au"], times: Times) -> np.ndarray:
    """AUC, 0..1, of each draw of people (draw au); missing where a draw shows one state alone.

    Args:
        of: From :func:`pairs`.
        times: How often each draw takes each person.
    """
    n = len(of)
    once = (times @ of.reshape(n, -1)).reshape(len(times), n, -1)
    total = (times[:, None] @ once)[:, 0].reshape(len(times), 2, -1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return total[:, 0] / total[:, 1]


def f1_of_draws(of: Num[np.ndarray, "subject 4 au"], times: Times) -> np.ndarray:
    """F1, 0..1, of each draw of people (draw au).

    Args:
        of: From :func:`dsin_lib.scores.bootstrap.counts`.
        times: How often each draw takes each person.
    """
    return f1_of(np.tensordot(times, of, 1))


def held_out_taus(one: Scored) -> Float[np.ndarray, " au"]:
    """The thresholds of the highest F1 on held-out training people, whatever the row's own are."""
    part = PARTS["held_out"]
    return best_taus(one.values(part), one.labels(part), one.run.provenance["point"])


def _counted(at: np.ndarray, whose: np.ndarray, values: int, people: int) -> np.ndarray:
    """How many frames of each person have each value (value subject)."""
    flat = np.bincount(at * people + whose, minlength=values * people)
    return flat.reshape(values, people).astype(float)


def _counts(one: Scored, taus: np.ndarray) -> np.ndarray:
    return counts(one.values("test"), one.labels("test"), subjects_of(one.run, "test"), taus)


def _own(one: Scored) -> np.ndarray:
    return _counts(one, one.taus)


def _tuned(one: Scored) -> np.ndarray:
    return _counts(one, held_out_taus(one))


def _ranked(one: Scored) -> np.ndarray:
    return pairs(one.values("test"), one.labels("test"), subjects_of(one.run, "test"))


OWN = Lens("F1 at the row's own point", 1.0, _own, f1_of_draws)
TUNED = Lens("F1 at held-out thresholds", 1.0, _tuned, f1_of_draws)
AUC = Lens("AUC", 0.5, _ranked, auc_of, of_f1=False)
LENSES = (OWN, TUNED, AUC)
"""With the margins from where on a difference matters.

One point of F1: the size that this book's readings already take for "minimal" and "not
significant" (the claims about r), and the last whole digit of the paper's tables. Half a point of
AUC: knowing nothing is worth 50 there and next to 0 in F1, so it has half the room."""


@dataclass(frozen=True)
class Seen:
    """Lines by one lens, from every training of each.

    Attributes:
        lens: Which.
        sums: Of each line, by training: what the lens sums (subject ... au).
        known: Of the same: which units are predicted and shown by enough people (au).
        dead: Line and unit of each cell with a dead network behind it, from any training.
        aus: Column names of the Action Units.
    """

    lens: Lens
    sums: Mapping[Name, Mapping[Training, np.ndarray]]
    known: Mapping[Name, Mapping[Training, np.ndarray]]
    dead: frozenset[tuple[Name, str]]
    aus: tuple[str, ...]

    def trainings(self, lines: Sequence[Name]) -> list[Training]:
        """The trainings that all these lines have, in order."""
        return sorted(set.intersection(*(set(self.sums[line]) for line in lines)))

    def scores(
        self, lines: Sequence[Name], times: Callable[[int], np.ndarray] = leaving_out
    ) -> list[Float[np.ndarray, "seed draw line au"]]:
        """Scores in percent of the trainings that all these lines have, one array a fold.

        Missing for a unit that a line does not predict, or that too few people show.

        Args:
            lines: Some lines.
            times: From a number of people to draws of them (draw subject), the same for all seeds
                and lines of a fold: each left out once, unless it is another function.
        """
        shared = self.trainings(lines)
        found = []
        for fold in dict.fromkeys(fold for fold, _ in shared):
            of_fold = [one for one in shared if one[0] == fold]
            draws = times(len(self.sums[lines[0]][of_fold[0]]))
            by_seed = [[self._score(line, one, draws) for line in lines] for one in of_fold]
            found.append(np.moveaxis(np.array(by_seed), 1, 2))
        return found

    def _score(self, line: Name, training: Training, times: np.ndarray) -> np.ndarray:
        score = self.lens.score(self.sums[line][training], times)
        return 100 * np.where(self.known[line][training], score, np.nan)


def seen(lens: Lens, lines: Mapping[Name, Iterable[Scored]]) -> Seen:
    """Looks at lines through a lens.

    Args:
        lens: Which.
        lines: By name. Lines need not have the same seeds; what is compared later is what they
            share.

    Raises:
        ValueError: Two lines of one fold are tested on other people or of another corpus; names
            the second.
    """
    people: dict[int, tuple[np.ndarray, list[str]]] = {}
    sums, known, dead = {}, {}, set()
    aus: tuple[str, ...] = ()
    for name, line in lines.items():
        sums[name], known[name] = {}, {}
        for one in line:
            subjects, fold = subjects_of(one.run, "test"), one.run.fold
            tested, aus = np.unique(subjects), tuple(one.aus)
            before, units = people.setdefault(fold, (tested, one.aus))
            if not np.array_equal(before, tested) or units != one.aus:
                raise ValueError(f"{name}: expected the people and units of the lines above it")
            sums[name][fold, one.run.seed] = lens.sums(one)
            known[name][fold, one.run.seed] = _known(one.labels("test"), subjects)
            dead |= {(name, au) for au, of in zip(one.aus, one.dead, strict=True) if of}
    return Seen(lens, sums, known, frozenset(dead), aus)


def _known(labels: np.ndarray, subjects: np.ndarray) -> np.ndarray:
    """Which units enough people show and enough lack (au); none that is not predicted."""
    states = np.stack([by_subject((labels == state).astype(int), subjects) > 0 for state in (0, 1)])
    return (states.sum(1) >= SHOWN_BY).all(0)
