"""Lines of cheeks, lips and chin: points (x, y) in dm from between the eyes, see `places`.

Lines of 9, 10, 12 and 15 lie where the moved skin carries them to where they are seen.
"""

from data_prep.synth.people.places import Line, Place

LOWER = {
    # PS: upper end by 9, middle by 10 (pouch), WP: side of the nose to the corner; FA: 15 low.
    "nasolabial": Place(
        "cheek",
        {
            9: ("y", ((-0.60, 0.0), (-0.50, 0.25), (-0.42, 1.0), (-0.3, 1.0))),
            10: ("y", ((-0.74, 0.0), (-0.64, 0.45), (-0.54, 1.0), (-0.43, 1.0), (-0.35, 0.6))),
            12: ("y", ((-0.82, 0.1), (-0.74, 0.5), (-0.66, 0.9), (-0.58, 1.0), (-0.32, 0.8))),
            15: ("y", ((-0.88, 0.6), (-0.74, 0.5), (-0.60, 0.3), (-0.42, 0.1))),
        },
        {
            "straight": (0.35, 0.35, (
                Line(((0.142, -0.310), (0.200, -0.41), (0.258, -0.54), (0.312, -0.67),
                      (0.335, -0.83))),
                Line(((0.350, -0.50), (0.405, -0.62), (0.420, -0.76)), 0.4))),
            "convex": (0.4, 0.4, (
                Line(((0.142, -0.305), (0.215, -0.41), (0.280, -0.54), (0.325, -0.67),
                      (0.312, -0.83))),
                Line(((0.360, -0.50), (0.420, -0.62), (0.415, -0.76)), 0.4))),
            "concave": (0.25, 0.25, (
                Line(((0.142, -0.310), (0.188, -0.41), (0.240, -0.54), (0.308, -0.67),
                      (0.358, -0.80))),
                Line(((0.345, -0.52), (0.395, -0.62), (0.430, -0.73)), 0.4))),
        },
        count=(0.0, 0.85, 0.15), depth=0.062, width=(2.3, 3.1), core=0.4, flank=0.45, lean=0.8,
        shift=(0.008, 0.008), size=(0.95, 1.07), breaks=0.05,
    ),
    # FA: a dimple at the cheek's side, usually deeper on one: a soft hollow, taller than wide.
    "dimple": Place(
        "mouth",
        {12: None},
        {"pit": (1.0, 1.0, (Line(((0.350, -0.565), (0.368, -0.645), (0.356, -0.725))),))},
        count=(0.8, 0.2), depth=0.016, width=(3.0, 4.2), core=0.0, flank=0.25,
        shift=(0.015, 0.02), breaks=0.0, one_sided=0.45,
    ),
    # FA: a short slanting crease just beyond the corner, skin bulging beyond it.
    "corner": Place(
        "mouth",
        {14: None},
        {
            "slanting": (0.4, 0.4, (
                Line(((0.246, -0.620), (0.274, -0.675), (0.286, -0.750))),
                Line(((0.345, -0.615), (0.358, -0.68), (0.350, -0.74)), -0.38))),
            "bracket": (0.35, 0.35, (
                Line(((0.250, -0.620), (0.280, -0.680), (0.264, -0.755))),
                Line(((0.350, -0.61), (0.362, -0.68), (0.346, -0.745)), -0.38))),
            "pinch": (0.25, 0.25, (
                Line(((0.258, -0.635), (0.274, -0.680), (0.268, -0.730))),
                Line(((0.340, -0.63), (0.352, -0.68), (0.342, -0.73)), -0.4))),
        },
        count=(0.0, 0.25, 0.75), depth=0.040, width=(1.9, 2.7), core=0.3, flank=0.5, lean=-0.4,
        shift=(0.006, 0.010), size=(0.9, 1.15), breaks=0.0,
    ),
    # FA: brackets of 20 around the mouth, shallow, long with age; one beside the chin.
    "brackets": Place(
        "stretch",
        {20: None},
        {
            "one": (0.6, 0.6, (
                Line(((0.310, -0.50), (0.372, -0.62), (0.385, -0.74), (0.350, -0.87))),
                Line(((0.235, -0.80), (0.262, -0.88), (0.250, -0.97)), 0.7))),
            "two": (0.4, 0.4, (
                Line(((0.325, -0.55), (0.360, -0.64), (0.362, -0.75), (0.325, -0.86))),
                Line(((0.395, -0.53), (0.440, -0.65), (0.430, -0.79))))),
        },
        count=(0.0, 0.6, 0.4), depth=0.024, width=(1.9, 2.7), core=0.35, flank=0.5,
        shift=(0.012, 0.012), breaks=0.15,
    ),
    # FA: a row of swellings under the corner, a short slanting crease; long beside the chin late.
    "under the corner": Place(
        "mouth",
        {15: None},
        {
            "pouch": (0.6, 0.6, (
                Line(((0.212, -0.705), (0.245, -0.745), (0.272, -0.820), (0.276, -0.905))),
                Line(((0.185, -0.775), (0.210, -0.800), (0.225, -0.830)), -0.6),
                Line(((0.262, -0.840), (0.275, -0.90), (0.268, -0.97)), 0.5))),
            "slanting": (0.4, 0.4, (
                Line(((0.218, -0.690), (0.258, -0.750), (0.288, -0.825), (0.296, -0.910))),
                Line(((0.195, -0.760), (0.225, -0.785), (0.245, -0.820)), -0.6),
                Line(((0.190, -0.830), (0.222, -0.855), (0.235, -0.89)), 0.5))),
        },
        count=(0.0, 0.2, 0.65, 0.15), depth=0.030, width=(1.5, 2.2), flank=0.5, lean=0.5,
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
        count=(0.0, 1.0), depth=0.024, width=(2.0, 2.8), core=0.3, flank=0.6, both=False,
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
        count=(0.0, 0.0, 1.0), depth=0.022, width=(1.7, 2.3), flank=0.0, both=False,
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
        count=(0.0, 0.10, 0.20, 0.30, 0.25, 0.15), depth=0.014, width=(1.0, 1.5), flank=0.5,
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
        count=(0.15, 0.2, 0.3, 0.25, 0.1), depth=0.014, width=(1.0, 1.4), flank=0.4,
        shift=(0.010, 0.006), breaks=0.1, one_sided=0.25,
    ),
}  # fmt: skip
"""Name -> lines of a place."""
