"""Lines of forehead, eyes and nose: points (x, y) in dm from between the eyes, see `places`."""

from data_prep.synth.people.places import Line, Place, Points


def _rows(heights: tuple[float, ...], course: Points) -> tuple[Line, ...]:
    """Returns lines across the forehead: one course at several heights."""
    return tuple(Line(tuple((x, h + y) for x, y in course)) for h in heights)


def _across(*offsets: float) -> Points:
    """Returns a course across the forehead, alike on both sides, from its offsets (dm) outwards."""
    half = tuple(zip((0.0, 0.14, 0.28, 0.42, 0.54), offsets, strict=True))
    return tuple((-x, y) for x, y in half[:0:-1]) + half


def _fan(*angles: tuple[float, float, float]) -> tuple[Line, ...]:
    """Returns lines from the eye's outer corner: (end's x, start's y, end's y), dm."""
    return tuple(
        Line(((0.462, y0), (0.5 * (0.462 + x), 0.5 * (y0 + y1) + 0.006), (x, y1)))
        for x, y0, y1 in angles
    )


FOREHEAD = (0.38, 0.46, 0.31, 0.54, 0.61, 0.68)
UPPER = {
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
        depth=0.033, width=(1.5, 2.2), flank=0.6, both=False,
        shift=(0.01, 0.03), breaks=0.9,
    ),
    # AL: U, V, omega, arrows, inverted omega; U and V about a third each, the others by eye.
    "frown": Place(
        "frown",
        {4: None},
        {
            "U": (0.33, 0.33, (
                Line(((0.062, 0.025), (0.056, 0.13), (0.080, 0.27))),
                Line(((0.102, 0.085), (0.106, 0.17), (0.124, 0.26))))),
            "V": (0.33, 0.33, (
                Line(((0.040, 0.035), (0.064, 0.14), (0.120, 0.28))),
                Line(((0.086, 0.070), (0.118, 0.15), (0.166, 0.235))))),
            "omega": (0.12, 0.12, (
                Line(((0.090, 0.045), (0.045, 0.14), (0.118, 0.26))),
                Line(((0.013, 0.065), (0.008, 0.14), (0.016, 0.225))))),
            "arrows": (0.11, 0.11, (
                Line(((0.064, 0.050), (0.054, 0.15), (0.070, 0.26))),
                Line(((0.088, 0.225), (0.135, 0.200), (0.200, 0.205))))),
            "inverted omega": (0.11, 0.11, (
                Line(((0.122, 0.025), (0.066, 0.085), (0.050, 0.23))),
                Line(((0.108, 0.075), (0.092, 0.14), (0.096, 0.225))))),
        },
        count=(0.0, 0.45, 0.55), depth=0.045, width=(1.6, 2.3), flank=0.7,
        shift=(0.008, 0.012), size=(0.95, 1.2), breaks=0.15, one_sided=0.18,
    ),
    # BO, UD: the line of procerus across the root; 9 brings it too.
    "root": Place(
        "frown",
        {4: ("x", ((0.0, 0.8), (0.2, 0.8))), 9: None},
        {
            "one": (0.6, 0.4, (
                Line(((-0.090, 0.040), (0.0, 0.026), (0.090, 0.040))),)),
            "two": (0.4, 0.6, (
                Line(((-0.085, 0.052), (0.0, 0.040), (0.085, 0.052))),
                Line(((-0.080, 0.005), (0.0, -0.010), (0.080, 0.005))))),
        },
        count=(0.2, 0.45, 0.35), depth=0.023, width=(1.5, 2.2), flank=0.6, both=False,
        shift=(0.004, 0.012), size=(0.9, 1.15), breaks=0.2,
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
        count=(0.08, 0.12, 0.25, 0.30, 0.15, 0.10), depth=0.045, width=(1.2, 1.8), flank=0.6,
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
                Line(((0.13, -0.090), (0.20, -0.145), (0.29, -0.172), (0.38, -0.165))),
                Line(((0.16, -0.170), (0.24, -0.215), (0.34, -0.230))))),
        },
        count=(0.0, 0.65, 0.35), depth=0.034, width=(1.8, 2.6), core=0.4, flank=0.5, lean=-0.7,
        shift=(0.010, 0.010), size=(0.92, 1.12), breaks=0.1,
    ),
    # FA, UD: 7 bulges the lower lid above its line.
    "lid": Place(
        "eye",
        {7: None, 6: ("x", ((0.0, 0.6), (0.6, 0.6)))},
        {
            "whole": (0.6, 0.6, (
                Line(((0.175, -0.085), (0.27, -0.118), (0.37, -0.108), (0.43, -0.075))),
                Line(((0.21, -0.150), (0.29, -0.166), (0.38, -0.150))))),
            "inner": (0.4, 0.4, (
                Line(((0.170, -0.080), (0.235, -0.113), (0.33, -0.122))),
                Line(((0.24, -0.160), (0.34, -0.165), (0.43, -0.130))))),
        },
        count=(0.0, 0.6, 0.4), depth=0.017, width=(1.2, 1.7), flank=0.7, lean=0.7,
        shift=(0.008, 0.005), size=(0.95, 1.1), breaks=0.1,
    ),
    # FW, BP: slanting pairs, to 3 cm; thin fair skin fine and down to the lid, other thick.
    "nose": Place(
        "nose",
        {9: None},
        {
            "fine": (0.75, 0.25, (
                Line(((0.048, -0.068), (0.085, -0.103), (0.122, -0.150), (0.155, -0.190))),
                Line(((0.052, -0.125), (0.086, -0.165), (0.116, -0.215), (0.142, -0.260))),
                Line(((0.046, -0.018), (0.088, -0.052), (0.135, -0.092), (0.175, -0.125))),
                Line(((0.072, -0.095), (0.115, -0.140), (0.160, -0.165))),
                Line(((0.058, -0.185), (0.088, -0.222), (0.110, -0.275))))),
            "thick": (0.25, 0.75, (
                Line(((0.042, -0.062), (0.080, -0.095), (0.122, -0.148), (0.152, -0.190))),
                Line(((0.048, -0.135), (0.082, -0.175), (0.112, -0.232), (0.136, -0.270))),
                Line(((0.040, -0.012), (0.078, -0.040), (0.122, -0.085), (0.160, -0.118))))),
        },
        count=(0.0, 0.05, 0.30, 0.35, 0.20, 0.10), depth=0.030, width=(1.3, 2.0), flank=0.5,
        shift=(0.004, 0.014), size=(0.95, 1.15), breaks=0.05, one_sided=0.08,
    ),
}  # fmt: skip
"""Name -> lines of a place."""
