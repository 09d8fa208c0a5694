"""Colours of an eyeball and of teeth, and how near the edge of what is seen a sample lies."""

import math

from data_prep.synth.compiled import njit

IRIS_LEAST, IRIS_DARK = 0.055, 0.08
"""Linear red of the darkest iris: brown, so that it stands out from the pupil; and the red from
which an iris needs but two thirds of it."""
CARUNCLE = 0.44
"""Share of the eyeball's radius, towards the nose, from which it is pink (the caruncle)."""
TOOTH = 0.082
"""Width of a tooth, dm."""


@njit(cache=True, fastmath=True)
def edge(seen, region, y, x, reach, down):
    """Returns how near the upper (`down` is -1) or lower (1) edge of what is seen lies.

    1 at the edge, 0 from `reach` samples on: the upper lid shades the eyeball and the upper teeth
    the tongue; the lower lid has a margin.
    """
    own = region[seen[y, x]]
    for step in range(1, reach):
        row = y + down * step
        if row < 0 or row >= seen.shape[0]:
            return 0.0
        t = seen[row, x]
        if t < 0 or region[t] != own:
            return 1.0 - step / reach
    return 0.0


@njit(cache=True, fastmath=True)
def eye(x, y, z, inward, looks):
    """Returns the colour of an eyeball at an offset from its middle; `inward` times x is nasal."""
    radius = math.sqrt(x * x + y * y + z * z) + 1e-9
    angle = math.acos(min(1.0, max(-1.0, z / radius)))
    white = looks[8]
    edge = min(1.0, max(0.0, (angle - 0.75) / 0.5))
    red, green, blue = white, white * (0.95 - 0.16 * edge), white * (0.91 - 0.18 * edge)
    pink = min(1.0, max(0.0, (inward * x / radius - CARUNCLE) / 0.10))
    red, green, blue = red - 0.14 * pink, green - 0.36 * pink, blue - 0.34 * pink
    iris = min(1.0, max(0.0, (looks[12] - angle) / 0.05))
    if iris > 0:
        ring = angle / looks[12]
        limbus = 1 - 0.50 * min(1.0, max(0.0, (ring - 0.72) / 0.28))
        fibres = 1 + 0.22 * math.sin(math.atan2(y, x) * 37) + 0.35 * (1 - ring)
        pupil = min(1.0, max(0.0, (angle - looks[13]) / 0.04))
        shine = limbus * fibres * pupil
        least = IRIS_LEAST * (0.65 + 0.35 * max(0.0, 1 - looks[0] / IRIS_DARK))
        red = red * (1 - iris) + iris * ((looks[0] + least) * shine + 0.004)
        green = green * (1 - iris) + iris * ((looks[1] + least / 2) * shine + 0.004)
        blue = blue * (1 - iris) + iris * ((looks[2] + least / 4) * shine + 0.004)
    return red, green, blue


@njit(cache=True, fastmath=True)
def beneath(seen, triangles, region, table, y, x, reach):
    """Returns how near above a sample of the lips' inside the outside of a lip is seen.

    1 at the line where lips meet, 0 from `reach` samples on or where something else is above.
    """
    for step in range(1, reach):
        t = seen[max(y - step, 0), x]
        if t < 0 or region[t] != 0:
            return 0.0
        inside = max(table[triangles[t, 0], 14], table[triangles[t, 1], 14])
        if max(inside, table[triangles[t, 2], 14]) < 0.3:
            return 1.0 - step / reach
    return 0.0


@njit(cache=True, fastmath=True)
def tooth(x, y, z, up):
    """Returns the colour of the teeth at an offset from their middle; `up` is 1 for the upper.

    Teeth stand on an arc, so the way along it separates them; gums grow between them, and
    cheeks shade the hindmost. The upper teeth stand before the lower ones and shade them.
    """
    along = 0.30 * abs(math.atan2(x, z + 0.12)) / TOOTH
    between = abs(2 * (along - math.floor(along)) - 1)
    gap = min(1.0, max(0.0, (between - 0.84) / 0.16))
    gum = min(1.0, max(0.0, (up * y - 0.005 + 0.02 * between * between) / 0.012))
    back = max(0.02, 1 - 20 * x * x) * (0.80 + 0.20 * up)
    dark = (1 - 0.10 * between * between - 0.26 * gap) * back
    return (
        (1 - gum) * 0.84 * dark + gum * 0.34 * back,
        (1 - gum) * 0.72 * dark + gum * 0.12 * back,
        (1 - gum) * 0.56 * dark + gum * 0.11 * back,
    )


@njit(cache=True, fastmath=True)
def tongue(x, z, under, opening):
    """Returns the colour of the tongue at an offset from its middle.

    Light falls on its tip, not far back nor under the teeth (`under` is 1 below their edge), nor
    into the furrow along its middle, and little where lips hardly part.
    """
    lit = min(1.0, max(0.1, 2.3 * (z + 0.22)))
    lit *= lit * (1 - 0.95 * under) * max(0.1, 1 - 14 * x * x)
    lit *= (1 - 0.30 * math.exp(-((x / 0.02) ** 2))) * (0.15 + 0.85 * opening)
    return 0.56 * lit, 0.17 * lit, 0.15 * lit
