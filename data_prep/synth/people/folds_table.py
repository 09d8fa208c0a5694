"""Where skin folds: a place is a set of lines that one or more Action Units deepen.

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
        flank: height of the raised skin beside it, times the depth.
        lean: -1..1, on which side of the line the flank is higher, 1: left of its direction.
        both: mirrored to the other side.
        shift: s.d. of the whole set's place between people, dm along x and y.
        breaks: mean number of gaps in a line.
        one_sided: probability that a line is missing on one side.
    """

    region: str
    units: dict[int, tuple | None]
    patterns: dict[str, tuple[float, float, tuple[Line, ...]]]
    count: tuple[float, ...]
    depth: float
    width: tuple[float, float]
    flank: float = 0.45
    lean: float = 0.0
    both: bool = True
    shift: tuple[float, float] = (0.012, 0.012)
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
    "eye": Region(0.70, 1.0, women=4),
    "nose": Region(0.80, 0.95),
    "cheek": Region(0.92, 1.0, men=3, women=2),
    "mouth": Region(0.80, 1.0, men=2),
    "lip": Region(0.60, 1.0, women=10),
    "chin": Region(0.90, 1.0, men=2),
}
"""Men's forehead and women's eyes first, men ahead elsewhere (LU, TS); upright lip lines are
women's (PW); nasolabial folds of both, men's jump at 35 (NL). Shares by eye: no count was seen."""


def _rows(heights: tuple[float, ...], course: Points) -> tuple[Line, ...]:
    """Returns lines across the forehead: one course at several heights."""
    return tuple(Line(tuple((x, h + y) for x, y in course)) for h in heights)


def _across(*offsets: float) -> Points:
    """Returns a course across the forehead, alike on both sides, from its offsets (dm) outwards."""
    half = tuple(zip((0.0, 0.14, 0.28, 0.40, 0.50), offsets, strict=True))
    return tuple((-x, y) for x, y in half[:0:-1]) + half


def _fan(*angles: tuple[float, float, float]) -> tuple[Line, ...]:
    """Returns lines from the eye's outer corner: (end's x, start's y, end's y), dm."""
    return tuple(
        Line(((0.462, y0), (0.5 * (0.462 + x), 0.5 * (y0 + y1) + 0.006), (x, y1)))
        for x, y0, y1 in angles
    )


FOREHEAD = (0.44, 0.53, 0.36, 0.61, 0.30, 0.68)
PLACES = {
    # BO: none to six and more, long dip in the middle, ends bending down; CO, YU: wavy lines.
    "forehead": Place(
        "forehead",
        {
            1: ("x", ((0.0, 1.0), (0.16, 0.95), (0.30, 0.25), (0.42, 0.0))),
            2: ("x", ((0.0, 0.12), (0.12, 0.2), (0.27, 1.0), (0.6, 1.0))),
        },
        {
            "straight": (0.3, 0.3, _rows(FOREHEAD, _across(0.0, 0.003, 0.0, -0.02, -0.05))),
            "wavy": (0.3, 0.3, _rows(FOREHEAD, _across(-0.022, 0.012, 0.03, 0.0, -0.05))),
            "dip": (0.25, 0.25, _rows(FOREHEAD, _across(-0.05, -0.02, 0.02, 0.01, -0.05))),
            "arch": (0.15, 0.15, _rows(FOREHEAD, _across(0.012, 0.008, -0.01, -0.045, -0.1))),
        },
        count=(0.06, 0.10, 0.20, 0.26, 0.20, 0.12, 0.06),
        depth=0.035, width=(2.0, 3.0), flank=0.6, both=False,
        shift=(0.01, 0.03), breaks=0.9,
    ),
    # AL: U, V, omega, arrows, inverted omega; U and V about a third each, the others by eye.
    "frown": Place(
        "frown",
        {4: None},
        {
            "U": (0.33, 0.33, (
                Line(((0.060, 0.045), (0.058, 0.13), (0.080, 0.25))),
                Line(((0.105, 0.12), (0.115, 0.23))))),
            "V": (0.33, 0.33, (
                Line(((0.040, 0.06), (0.066, 0.15), (0.118, 0.27))),
                Line(((0.100, 0.10), (0.155, 0.22))))),
            "omega": (0.12, 0.12, (
                Line(((0.085, 0.06), (0.045, 0.14), (0.115, 0.245))),
                Line(((0.012, 0.09), (0.010, 0.20))))),
            "arrows": (0.11, 0.11, (
                Line(((0.062, 0.10), (0.055, 0.17), (0.068, 0.22))),
                Line(((0.10, 0.205), (0.135, 0.18), (0.18, 0.175))))),
            "inverted omega": (0.11, 0.11, (
                Line(((0.120, 0.03), (0.065, 0.075), (0.050, 0.20))),
                Line(((0.105, 0.09), (0.095, 0.19))))),
        },
        count=(0.0, 0.45, 0.55), depth=0.046, width=(2.0, 3.0), flank=0.7,
        shift=(0.010, 0.012), breaks=0.15, one_sided=0.22,
    ),
    # BO, UD: the line of procerus across the root; 9 brings it too.
    "root": Place(
        "frown",
        {4: ("x", ((0.0, 0.8), (0.2, 0.8))), 9: None},
        {
            "one": (0.6, 0.4, (
                Line(((-0.065, 0.035), (0.0, 0.026), (0.065, 0.035))),)),
            "two": (0.4, 0.6, (
                Line(((-0.060, 0.045), (0.0, 0.038), (0.060, 0.045))),
                Line(((-0.055, 0.000), (0.0, -0.010), (0.055, 0.000))))),
        },
        count=(0.2, 0.45, 0.35), depth=0.028, width=(2.0, 3.0), flank=0.6, both=False,
        shift=(0.004, 0.012), breaks=0.2,
    ),
    # CA: upper 5 %, central, lower and full fan about a third each; PA: on the cheek's side.
    "fan": Place(
        "eye",
        {6: None},
        {
            "upper": (0.05, 0.05, _fan((0.58, 0.010, 0.05), (0.57, 0.030, 0.10))),
            "central": (0.32, 0.32, _fan(
                (0.62, -0.010, -0.005), (0.61, -0.035, -0.065), (0.59, 0.015, 0.05))),
            "lower": (0.32, 0.32, _fan(
                (0.61, -0.030, -0.06), (0.59, -0.055, -0.125), (0.56, -0.075, -0.18))),
            "full": (0.31, 0.31, _fan(
                (0.62, -0.020, -0.03), (0.60, -0.045, -0.10), (0.60, 0.012, 0.055),
                (0.57, -0.070, -0.165), (0.57, 0.035, 0.11))),
        },
        count=(0.08, 0.12, 0.25, 0.30, 0.15, 0.10), depth=0.045, width=(1.6, 2.4), flank=0.6,
        shift=(0.010, 0.010), breaks=0.3, one_sided=0.1,
    ),
    # FA, UD: the furrow under the eye deeper, a curved fold over the lifted cheek.
    "under the eye": Place(
        "eye",
        {6: None},
        {
            "curved": (0.6, 0.6, (
                Line(((0.15, -0.105), (0.25, -0.165), (0.36, -0.165), (0.45, -0.12))),
                Line(((0.24, -0.205), (0.35, -0.225), (0.46, -0.185))))),
            "short": (0.4, 0.4, (
                Line(((0.13, -0.095), (0.20, -0.145), (0.30, -0.170))),
                Line(((0.34, -0.15), (0.46, -0.125))))),
        },
        count=(0.0, 0.65, 0.35), depth=0.036, width=(2.4, 3.5), flank=0.5, lean=-0.7,
        shift=(0.012, 0.012), breaks=0.1,
    ),
    # FA, UD: 7 bulges the lower lid above its line.
    "lid": Place(
        "eye",
        {7: None, 6: ("x", ((0.0, 0.6), (0.6, 0.6)))},
        {
            "whole": (0.6, 0.6, (
                Line(((0.175, -0.085), (0.27, -0.118), (0.37, -0.108), (0.43, -0.075))),
                Line(((0.20, -0.120), (0.29, -0.140), (0.36, -0.130))))),
            "inner": (0.4, 0.4, (
                Line(((0.170, -0.080), (0.235, -0.113), (0.33, -0.122))),
                Line(((0.37, -0.105), (0.45, -0.085))))),
        },
        count=(0.0, 0.6, 0.4), depth=0.026, width=(1.6, 2.2), flank=0.7, lean=0.7,
        shift=(0.008, 0.006), breaks=0.1,
    ),
    # FW, BP: slanting pairs, to 3 cm; thin fair skin fine and down to the lid, other thick.
    "nose": Place(
        "nose",
        {9: None},
        {
            "fine": (0.75, 0.25, (
                Line(((0.030, -0.055), (0.065, -0.085), (0.100, -0.130))),
                Line(((0.035, -0.105), (0.072, -0.140), (0.105, -0.190))),
                Line(((0.040, -0.010), (0.080, -0.045), (0.125, -0.085))),
                Line(((0.085, -0.095), (0.135, -0.120))),
                Line(((0.045, -0.160), (0.080, -0.200), (0.105, -0.250))))),
            "thick": (0.25, 0.75, (
                Line(((0.016, -0.055), (0.055, -0.075), (0.100, -0.120))),
                Line(((0.020, -0.120), (0.060, -0.150), (0.090, -0.200))),
                Line(((0.018, -0.005), (0.050, -0.022), (0.085, -0.060))))),
        },
        count=(0.0, 0.05, 0.30, 0.35, 0.20, 0.10), depth=0.036, width=(1.5, 2.4), flank=0.7,
        shift=(0.006, 0.014), breaks=0.2, one_sided=0.08,
    ),
    # PS: upper end by 9, middle by 10 (pouch), WP: side of the nose to the corner; FA: 15 low.
    "nasolabial": Place(
        "cheek",
        {
            9: ("y", ((-0.60, 0.0), (-0.50, 0.25), (-0.42, 1.0), (-0.3, 1.0))),
            10: ("y", ((-0.74, 0.0), (-0.64, 0.45), (-0.54, 1.0), (-0.43, 1.0), (-0.35, 0.6))),
            12: ("y", ((-0.85, 0.6), (-0.72, 0.9), (-0.64, 1.0), (-0.48, 1.0), (-0.40, 0.6),
                       (-0.34, 0.3))),
            15: ("y", ((-0.85, 0.8), (-0.72, 0.6), (-0.62, 0.2), (-0.52, 0.0))),
        },
        {
            "straight": (0.35, 0.35, (
                Line(((0.165, -0.350), (0.205, -0.44), (0.245, -0.56), (0.285, -0.69),
                      (0.305, -0.77))),
                Line(((0.345, -0.55), (0.370, -0.66), (0.365, -0.76))))),
            "convex": (0.4, 0.4, (
                Line(((0.165, -0.345), (0.218, -0.44), (0.262, -0.56), (0.292, -0.69),
                      (0.285, -0.78))),
                Line(((0.350, -0.54), (0.380, -0.65), (0.370, -0.76))))),
            "concave": (0.25, 0.25, (
                Line(((0.165, -0.350), (0.192, -0.44), (0.228, -0.56), (0.285, -0.68),
                      (0.325, -0.74))),
                Line(((0.355, -0.56), (0.375, -0.66), (0.385, -0.74))))),
        },
        count=(0.0, 0.85, 0.15), depth=0.058, width=(2.6, 3.5), flank=0.6, lean=0.8,
        shift=(0.012, 0.012), breaks=0.05,
    ),
    # FA: a dimple at the cheek's side, usually deeper on one; short crease (14), brackets (20).
    "dimple": Place(
        "mouth",
        {12: None},
        {"pit": (1.0, 1.0, (Line(((0.365, -0.575), (0.380, -0.61), (0.372, -0.645))),))},
        count=(0.8, 0.2), depth=0.024, width=(2.2, 3.2), flank=0.4,
        shift=(0.015, 0.02), breaks=0.0, one_sided=0.45,
    ),
    "corner": Place(
        "mouth",
        {
            14: ("y", ((-0.80, 0.1), (-0.74, 0.8), (-0.71, 1.0), (-0.62, 1.0), (-0.57, 0.3))),
            20: None,
        },
        {
            "slanting": (0.4, 0.4, (
                Line(((0.232, -0.585), (0.262, -0.655), (0.278, -0.765))),
                Line(((0.318, -0.62), (0.335, -0.68), (0.338, -0.75))))),
            "bracket": (0.35, 0.35, (
                Line(((0.235, -0.580), (0.268, -0.670), (0.248, -0.770))),
                Line(((0.322, -0.60), (0.345, -0.68), (0.332, -0.77))))),
            "pinch": (0.25, 0.25, (
                Line(((0.242, -0.610), (0.264, -0.680), (0.252, -0.750))),
                Line(((0.312, -0.645), (0.325, -0.685), (0.318, -0.73))))),
        },
        count=(0.0, 0.75, 0.25), depth=0.032, width=(1.8, 2.6), flank=0.5, lean=0.4,
        shift=(0.008, 0.010), breaks=0.05,
    ),
    # FA: brackets of 20, long with age.
    "brackets": Place(
        "mouth",
        {20: None},
        {
            "one": (0.6, 0.6, (Line(((0.345, -0.60), (0.378, -0.69), (0.365, -0.79))),)),
            "two": (0.4, 0.4, (
                Line(((0.335, -0.61), (0.365, -0.69), (0.350, -0.78))),
                Line(((0.405, -0.60), (0.435, -0.70), (0.415, -0.80))))),
        },
        count=(0.35, 0.4, 0.25), depth=0.028, width=(2.2, 3.2), flank=0.5,
        shift=(0.012, 0.012), breaks=0.2,
    ),
    # FA: a row of swellings under the corner, a short slanting crease; long beside the chin late.
    "under the corner": Place(
        "mouth",
        {15: None},
        {
            "pouch": (0.6, 0.6, (
                Line(((0.160, -0.765), (0.190, -0.788), (0.230, -0.795), (0.275, -0.770))),
                Line(((0.175, -0.738), (0.215, -0.752), (0.250, -0.742)), -0.6),
                Line(((0.250, -0.800), (0.268, -0.86), (0.268, -0.95)), 0.5))),
            "slanting": (0.4, 0.4, (
                Line(((0.222, -0.700), (0.258, -0.755), (0.280, -0.820), (0.283, -0.88))),
                Line(((0.185, -0.755), (0.215, -0.765), (0.240, -0.790)), -0.6),
                Line(((0.190, -0.790), (0.220, -0.825), (0.235, -0.86)), 0.5))),
        },
        count=(0.0, 0.2, 0.65, 0.15), depth=0.026, width=(1.8, 2.6), flank=0.5, lean=0.5,
        shift=(0.008, 0.010), breaks=0.05,
    ),
    # clinics, FA: the crease under the lip, of 17; 24's pressed lips bulge above it.
    "under the lip": Place(
        "chin",
        {17: None, 24: ("x", ((0.0, 0.55), (0.3, 0.55)))},
        {
            "arch": (0.4, 0.4, (
                Line(((-0.150, -0.905), (-0.08, -0.888), (0.0, -0.882), (0.08, -0.888),
                      (0.150, -0.905))),)),
            "flat": (0.35, 0.35, (
                Line(((-0.145, -0.880), (-0.05, -0.892), (0.05, -0.892), (0.145, -0.880))),)),
            "wave": (0.25, 0.25, (
                Line(((-0.135, -0.890), (-0.07, -0.878), (0.0, -0.898), (0.07, -0.878),
                      (0.135, -0.890))),)),
        },
        count=(0.0, 1.0), depth=0.026, width=(2.2, 3.2), flank=0.6, both=False,
        shift=(0.006, 0.008), breaks=0.0,
    ),
    # FA, UD: skin above and below pressed lips bulges.
    "pressed": Place(
        "chin",
        {24: None},
        {
            "both": (1.0, 1.0, (
                Line(((-0.115, -0.825), (0.0, -0.820), (0.115, -0.825)), -0.55),
                Line(((-0.120, -0.575), (-0.06, -0.535), (0.0, -0.545), (0.06, -0.535),
                      (0.120, -0.575)), -0.4))),
        },
        count=(0.0, 0.0, 1.0), depth=0.030, width=(2.6, 3.5), flank=0.0, both=False,
        shift=(0.004, 0.006), breaks=0.0,
    ),
    # PW: upright lines, women's more and deeper; OZ4: wrinkled skin around tight lips.
    "upper lip": Place(
        "lip",
        {23: None, 24: ("x", ((0.0, 0.7), (0.3, 0.7)))},
        {
            "upright": (0.6, 0.6, tuple(
                Line(((x, -0.595 - 0.20 * max(x - 0.05, 0)), (1.06 * x, -0.535 - 0.1 * x)))
                for x in (0.060, 0.105, 0.145, 0.025, 0.180))),
            "fanned": (0.4, 0.4, tuple(
                Line(((x, -0.595 - 0.20 * max(x - 0.05, 0)), (1.28 * x, -0.540 - 0.1 * x)))
                for x in (0.085, 0.130, 0.045, 0.170))),
        },
        count=(0.0, 0.10, 0.20, 0.30, 0.25, 0.15), depth=0.018, width=(1.2, 1.8), flank=0.5,
        shift=(0.008, 0.006), breaks=0.1, one_sided=0.2,
    ),
    "lower lip": Place(
        "lip",
        {23: None},
        {
            "upright": (1.0, 1.0, tuple(
                Line(((x, -0.800 + 0.25 * max(x - 0.05, 0)), (1.05 * x, -0.850 + 0.15 * x)))
                for x in (0.090, 0.045, 0.135, 0.165))),
        },
        count=(0.15, 0.2, 0.3, 0.25, 0.1), depth=0.012, width=(1.3, 1.8), flank=0.4,
        shift=(0.010, 0.006), breaks=0.1, one_sided=0.25,
    ),
}  # fmt: skip
"""Name -> lines of a place."""


@dataclass(frozen=True)
class Pits:
    """Pitted skin: depth, centre and radii of the patch, dm, and the pits' size, texels."""

    deep: float
    centre: tuple[float, float]
    radii: tuple[float, float]
    size: tuple[float, float]


PITS = {17: Pits(0.0125, (0.0, -0.995), (0.17, 0.085), (1.4, 2.2))}
"""AU -> pits where fibres enter the skin, at any age (FA)."""
UNITS = tuple(sorted({au for place in PLACES.values() for au in place.units} | set(PITS)))
"""Units that fold skin."""
