"""The corpora that can be made: one row each of who, what is coded, how fast, in which layout.

Everything that differs between SynAU-B and SynAU-D stands here or in the two json files of `labels`
that a row names (`statistics_<reference>.json`, `process_<reference>.json`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from data_prep.synth.plan import layouts
from dsin_lib.facs import BP4D_AUS, DISFA_AUS


@dataclass(frozen=True, eq=False)
class Shape:
    """One corpus.

    Attributes:
        name: the corpus's own name, in its `corpus.json`.
        reference: the licensed corpus whose statistics and layout it has.
        subjects: names; no name belongs to two corpora.
        women: those of them that are drawn as women.
        tasks: names of the sequences that everybody has.
        aus: the coded AUs, in the order of the label files.
        active_from: the lowest label that counts as active.
        fps: video frames a second.
        frames_per_sequence: video frames of a sequence, in the mean; statistics are balanced
            over as many.
        warm_up: video frames run before a sequence starts, so that its first is as any other:
            several times the slowest AU's time constant.
        address: distinguishes the random draws of a whole corpus from another's.
        expressive: standard deviation between subjects of the logarithm of drawn intensity; 0
            where the label is an intensity, whose subject effect is part of the label.
        ages: years, youngest and oldest.
        ancestry: share of subjects by main ancestry; "mixed" stands in for Hispanic.
        layout: where its files lie.
    """

    name: str
    reference: str
    subjects: tuple[str, ...]
    women: frozenset[str]
    tasks: tuple[str, ...]
    aus: tuple[int, ...]
    active_from: int
    fps: int
    frames_per_sequence: int
    warm_up: int
    address: str
    expressive: float
    ages: tuple[int, int]
    ancestry: Mapping[str, float]
    layout: layouts.Layout


WOMEN_B = tuple(f"F{i:03d}" for i in range(1, 24))
MEN_B = tuple(f"M{i:03d}" for i in range(1, 19))
SUBJECTS_D = tuple(
    f"SN{i:03d}" for i in range(1, 33) if i not in (14, 15, 19, 20, 22)
)  # DISFA has no others
WOMEN_D = SUBJECTS_D[1:24:2]
"""DISFA's names do not tell the sex. Stated here: every other name from the second on is a woman,
until there are DISFA's 12."""

SHAPES = {
    shape.name: shape
    for shape in (
        Shape(
            name="synau_b",
            reference="bp4d",
            subjects=WOMEN_B + MEN_B,
            women=frozenset(WOMEN_B),
            tasks=tuple(f"T{i}" for i in range(1, 9)),
            aus=BP4D_AUS,
            active_from=1,
            fps=25,
            frames_per_sequence=448,
            warm_up=600,
            address="",
            expressive=0.15,
            ages=(18, 65),
            ancestry={"caucasian": 20 / 41, "asian": 11 / 41, "african": 6 / 41, "mixed": 4 / 41},
            layout=layouts.BP4D,
        ),
        Shape(
            name="synau_d",
            reference="disfa",
            subjects=SUBJECTS_D,
            women=frozenset(WOMEN_D),
            tasks=("left",),
            aus=DISFA_AUS,
            active_from=2,
            fps=20,
            frames_per_sequence=4845,
            warm_up=2000,
            address="synau_d ",
            expressive=0.0,
            ages=(18, 50),
            ancestry={"caucasian": 21 / 27, "asian": 3 / 27, "mixed": 2 / 27, "african": 1 / 27},
            layout=layouts.DISFA,
        ),
    )
}
"""Participants: BP4D (Zhang et al., Image and Vision Computing 32, 2014, Sec. 3.1): 23 women, 18
men; 20 Euro-American, 11 Asian, 6 African-American, 4 Hispanic. DISFA (Mavadati et al., IEEE Trans.
Affective Computing 4, 2013, Sec. 3): 12 women, 15 men, 18 to 50 years; 21 Euro-American, 3 Asian,
2 Hispanic, 1 African-American. BP4D's are 18 to 29; here they are older too, for furrows."""


def shape_named(name: str) -> Shape:
    """Returns the shape of this name.

    Raises:
        ValueError: there is none.
    """
    if name not in SHAPES:
        raise ValueError(f"shape {name!r}: expected one of {', '.join(SHAPES)}")
    return SHAPES[name]


def shape_of(subject: str) -> Shape:
    """Returns the shape that this subject belongs to.

    Raises:
        ValueError: it belongs to none.
    """
    for shape in SHAPES.values():
        if subject in shape.subjects:
            return shape
    known = "; ".join(f"{s.subjects[0]}..{s.subjects[-1]}" for s in SHAPES.values())
    raise ValueError(f"subject {subject!r}: expected one of {known}")
