"""What a place is where skin folds: a place is a set of lines that one or more Action Units deepen.

Points are (x, y) in dm from between the eyes on the mean face, where 1 dm is 107 mm at 63 mm
between pupils. Sources: the codes of `facs-facts.md` (section c); what has none is placed by eye.
"""

from dataclasses import dataclass

Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Line:
    """One line, on the subject's left where the place has two sides.

    Attributes:
        points: its course.
        rise: 1 a furrow, negative a swelling, times the place's depth.
    """

    points: Points
    rise: float = 1.0


@dataclass(frozen=True)
class Place:
    """A set of lines.

    Attributes:
        region: which of `REGIONS` its people and ages follow.
        units: AU -> (axis, points (coordinate, share)): how much of the lines' depth it brings
            along |x| or y; nothing: all of it everywhere.
        patterns: name -> (share in European, share in other skin, lines by importance).
        count: probability of 0, 1, 2 ... lines among people whose skin folds here.
        depth: of a furrow at intensity 1 and gain 1, dm.
        width: range of half width at half depth, mm.
        core: share of a furrow's depth that its narrow bottom has: 0 a hollow, 0.6 a sharp line.
        flank: height of the raised skin beside it, times the depth.
        lean: -1..1, on which side of the line the flank is higher, 1: left of its direction.
        both: mirrored to the other side.
        shift: s.d. of the whole set's place between people, dm along x and y.
        size: range of the whole set's size between people, about its middle.
        breaks: mean number of gaps in a line.
        one_sided: probability that a line is missing on one side.
    """

    region: str
    units: dict[int, tuple | None]
    patterns: dict[str, tuple[float, float, tuple[Line, ...]]]
    count: tuple[float, ...]
    depth: float
    width: tuple[float, float]
    core: float = 0.5
    flank: float = 0.45
    lean: float = 0.0
    both: bool = True
    shift: tuple[float, float] = (0.012, 0.012)
    size: tuple[float, float] = (0.82, 1.25)
    breaks: float = 0.3
    one_sided: float = 0.0


@dataclass(frozen=True)
class Region:
    """Who folds here, and how deep.

    Attributes:
        young, old: share of folding people whose skin folds here, at 18 and from 55 on.
        men, women: years by which skin of that sex is ahead.
        depth: times everybody's depth.
    """

    young: float
    old: float
    men: float = 0.0
    women: float = 0.0
    depth: float = 1.0


REGIONS = {
    "forehead": Region(0.75, 1.0, men=6),
    "frown": Region(0.70, 1.0, men=4),
    "eye": Region(0.85, 1.0, women=6),
    "nose": Region(0.80, 0.95),
    "cheek": Region(0.92, 1.0, men=3, women=2),
    "mouth": Region(0.88, 1.0, men=2),
    "lip": Region(0.60, 1.0, women=10),
    "stretch": Region(0.30, 0.95, men=2),
    "chin": Region(0.90, 1.0, men=2),
}
"""Men's forehead and women's eyes first, men ahead elsewhere (LU, TS); upright lip lines are
women's (PW); nasolabial folds of both, men's jump at 35 (NL). Shares by eye: no count was seen."""


@dataclass(frozen=True)
class Pits:
    """Pitted skin: depth, centre and radii of the patch, dm, and the pits' size, texels."""

    deep: float
    centre: tuple[float, float]
    radii: tuple[float, float]
    size: tuple[float, float]
