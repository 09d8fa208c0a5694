"""Subject-exclusive folds as data: who is tested, who stops the training, who is trained on.

Paper: Sec. 4.1.3, "a subject exclusive 3-fold cross-validation". Reading: ``folds`` (the paper
names no lists: the field's and the first author's are both in ``folds.json``, with sources; BP4D+
has one of its own, whichever is asked for) and
``early-stopping`` (the paper's "validation" is never defined; here it is a set of subjects held
out inside the training folds, never the test fold).
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.resources import files

import numpy as np

from dsin_lib.config.corpora import CORPORA

LISTS = json.loads(files("dsin_lib.data").joinpath("folds.json").read_text(encoding="utf-8"))
CORPUS_FOLDS = {name: source.layout for name, source in CORPORA.items()}
"""The open corpora carry the subject names of the corpus whose shape they have."""


@dataclass(frozen=True)
class Split:
    """Subject names of one fold; no name stands in two of the three."""

    train: tuple[str, ...]
    valid: tuple[str, ...]
    test: tuple[str, ...]

    def of(self, subject: str) -> str:
        """``"train"``, ``"valid"`` or ``"test"``."""
        return next(part for part in ("train", "valid", "test") if subject in getattr(self, part))


def fold_lists(corpus: str, lists: str = "field") -> list[list[str]]:
    """The test subjects of folds 1, 2 and 3, as listed.

    Args:
        corpus: A name of :data:`dsin_lib.config.corpora.CORPORA`.
        lists: ``"field"`` or ``"author"``.
    """
    shape = CORPUS_FOLDS[corpus]
    return LISTS[lists].get(shape) or LISTS["dealt"][shape]


def test_subjects(corpus: str, fold: int, lists: str = "field") -> list[str]:
    """The test subjects of a fold, as listed.

    Raises:
        ValueError: A fold that is not 1, 2 or 3.
    """
    if fold not in (1, 2, 3):
        raise ValueError(f"fold: expected 1, 2 or 3, got {fold!r}")
    return fold_lists(corpus, lists)[fold - 1]


test_subjects.__test__ = False  # a reader's word, not a pytest test


def split_subjects(
    subjects: Iterable[str],
    *,
    corpus: str,
    fold: int,
    lists: str = "field",
    valid_fraction: float = 0.2,
    seed: int = 0,
) -> Split:
    """Splits the subjects that a corpus really has.

    Args:
        subjects: Names in the corpus.
        corpus: A name of :data:`dsin_lib.config.corpora.CORPORA`.
        fold: 1, 2 or 3: the list that is tested.
        lists: ``"field"`` or ``"author"``.
        valid_fraction: Share of the training subjects held out for early stopping, at least one.
        seed: Draws the held-out subjects.

    Raises:
        ValueError: A negative seed; a subject in no list; a part of the split that would be empty.
    """
    if not isinstance(seed, int) or seed < 0:
        raise ValueError(f"seed: expected a whole number from 0, got {seed!r}")
    names = sorted(set(subjects))
    known = [name for part in fold_lists(corpus, lists) for name in part]
    if strangers := [name for name in names if name not in known]:
        raise ValueError(f"subjects {strangers} are in no fold of the {lists} lists of {corpus}")
    test = [name for name in names if name in test_subjects(corpus, fold, lists)]
    rest = [name for name in names if name not in test]
    if not test or len(rest) < 2:
        raise ValueError(
            f"fold {fold}: expected at least 1 test and 2 other subjects, got {len(test)} and "
            f"{len(rest)} of {names}"
        )
    n_valid = max(1, round(valid_fraction * len(rest)))
    held_out = set(np.random.default_rng([seed, fold]).permutation(rest)[:n_valid].tolist())
    return Split(
        train=tuple(name for name in rest if name not in held_out),
        valid=tuple(name for name in rest if name in held_out),
        test=tuple(test),
    )


def first_subjects(n: int, corpus: str = "synau_b") -> list[str]:
    """The first ``n`` names taken from the field's folds in turn, so that small corpora balance.

    >>> first_subjects(6)
    ['F001', 'F003', 'F004', 'M001', 'M002', 'M003']
    >>> first_subjects(6, "synau_d")
    ['SN001', 'SN002', 'SN003', 'SN004', 'SN006', 'SN011']
    """
    parts = fold_lists(corpus)
    initials = sorted({name[0] for part in parts for name in part})  # F and M, or S alone
    turns = [
        _round_robin([[name for name in part if name[0] == initial] for part in parts])
        for initial in initials
    ]
    longest = max(map(len, turns))
    order = [name for k in range(0, longest, 3) for turn in turns for name in turn[k : k + 3]]
    return sorted(order[:n])


def _round_robin(parts: list[list[str]]) -> list[str]:
    longest = max(len(part) for part in parts)
    return [part[k] for k in range(longest) for part in parts if k < len(part)]
