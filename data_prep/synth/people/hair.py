"""Hair on the head: where it grows, its colour and volume."""

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np

from data_prep.synth.mesh import asset, raster
from data_prep.synth.mesh.asset import SKIN, head
from data_prep.synth.mesh.canvas import HEIGHT, WIDTH, canvas, noise, smoothstep
from data_prep.synth.people import strands
from data_prep.synth.people.identity import Identity
from data_prep.synth.people.wrinkles import slopes as skin_slopes

COLOURS = {
    "black": (0.07, 0.06, 0.055), "dark brown": (0.17, 0.11, 0.08), "brown": (0.31, 0.20, 0.13),
    "blond": (0.58, 0.45, 0.28), "red": (0.42, 0.19, 0.09), "grey": (0.58, 0.57, 0.56),
}  # fmt: skip
"""sRGB."""


@dataclass(frozen=True)
class Hair:
    """A haircut.

    Attributes:
        style: one of `STYLES`.
        colour: (3) linear.
        front: height of the hairline over the eyes, dm.
        recession: how far the temples recede, dm.
        top, sides: volume over the skin, dm.
        density: 0 bald .. 1.
        long: whether hair falls to the shoulders (the hair hull is drawn).
        fringe: how far hair falls over the forehead, dm.
        parted: how much of the temples is covered by hair that falls from a parting, 0..1.
        sideburns: 1 where hair grows down before the ear (men), 0 where it ends at its top.
    """

    style: str
    colour: np.ndarray
    front: float
    recession: float
    top: float
    sides: float
    density: float
    long: bool
    fringe: float
    parted: float
    sideburns: float


STYLES = {
    "bald": (0.0, 0.0, 0.0, False), "buzz": (0.015, 0.01, 0.8, False),
    "short": (0.10, 0.04, 1.0, False), "full": (0.20, 0.10, 1.0, False),
    "tied": (0.04, 0.03, 1.0, False), "curly": (0.20, 0.17, 1.0, False),
    "long": (0.09, 0.06, 1.0, True),
}  # fmt: skip
"""Style -> volume on top, at the sides (dm), density, long."""
SHARES = {
    "F": {"short": 0.10, "full": 0.10, "tied": 0.25, "curly": 0.10, "long": 0.45},
    "M": {"bald": 0.10, "buzz": 0.20, "short": 0.40, "full": 0.20, "curly": 0.10},
}
"""Share of styles by sex letter."""


FRINGES = {"long": 0.3, "short": 0.15, "full": 0.5, "tied": 0.35, "curly": 0.0, "buzz": 0.0,
           "bald": 0.0}  # fmt: skip
"""Share of heads of a style with hair over the forehead."""
EDGE = {"short": (0.014, 0.05), "full": (0.022, 0.045), "curly": (0.012, 0.05),
        "buzz": (0.010, 0.06), "bald": (0.0, 0.1)}  # fmt: skip
"""Style -> (raggedness, softness) of the hairline, dm; combed-back hair is in between."""
UNEVEN = {"curly": 0.09, "full": 0.06, "short": 0.03}
"""Style -> relative unevenness of the volume."""


def _colour(person: Identity, rng: np.random.Generator) -> np.ndarray:
    fair = person.ancestry[2] ** 2
    share = np.array([0.75 - 0.6 * fair, 0.25 + 0.1 * fair, 0.25 * fair, 0.15 * fair, 0.05 * fair])
    name = rng.choice(list(COLOURS)[:5], p=share / share.sum())
    rgb = np.array(COLOURS[name]) * rng.uniform(0.8, 1.25)
    grey = np.clip(smoothstep(0.35, 0.95, person.oldness) + rng.normal(0, 0.12), 0, 1)
    rgb = rgb * (1 - grey) + np.array(COLOURS["grey"]) * grey
    return np.clip(rgb, 0, 1).astype(np.float32) ** np.float32(2.2)


def draw(person: Identity, rng: np.random.Generator) -> Hair:
    """Returns a haircut that this person may have."""
    shares = SHARES["M" if person.male else "F"]
    style = str(rng.choice(list(shares), p=list(shares.values())))
    top, sides, density, is_long = STYLES[style]
    balding = person.male * person.oldness
    return Hair(
        style=style,
        colour=_colour(person, rng),
        front=rng.uniform(0.50, 0.63) + 0.03 * person.male + 0.1 * balding * rng.random(),
        recession=rng.uniform(0, 0.08) + 0.25 * balding * rng.random(),
        top=top * rng.uniform(0.8, 1.25),
        sides=sides * rng.uniform(0.8, 1.25),
        density=density,
        long=is_long,
        fringe=rng.uniform(0.16, 0.30) * (rng.random() < FRINGES[style]),
        parted=rng.uniform(0.3, 1.0) if is_long else rng.uniform(0, 0.3) * (1 - person.male),
        sideburns=person.male,
    )


def _azimuth() -> np.ndarray:
    """Returns how far to the side each texel lies (H W), radians; ears from 1.2 on."""
    return np.arctan2(abs(canvas().x), canvas().z + 0.60)


def _hairline(style: Hair) -> np.ndarray:
    """Returns the height of each texel over the hairline (H W), dm."""
    c, azimuth = canvas(), _azimuth()
    knots = np.array([0.0, 0.35, 0.62, 0.80, 0.98, 1.12, 1.30, 1.55, 1.9, 2.4])
    line = np.array([0.0, 0.015, 0.0, -0.08, -0.30, -0.80, -0.92, -0.62, -1.05, -1.2])
    line = style.front + line
    line = line + style.recession * np.exp(-(((knots - 0.55) / 0.22) ** 2))
    if style.style in ("buzz", "short", "bald"):
        line[1:7] += (0.02, 0.05, 0.04, 0, 0.15, 0.15)
    line = line - style.parted * np.array([0, 0.10, 0.26, 0.34, 0.2, 0, 0, 0, 0, 0])
    return c.y - np.interp(azimuth, knots, line).astype(np.float32)


SIDEBURN = (0.08, -0.24)
"""Heights (dm) between which hair before the ear ends where there are no sideburns."""


def cover(style: Hair, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Returns the hair's opacity and the brightness of its strands, both (H W)."""
    grain = noise(rng, 0.7, 16.0) * 0.6 + noise(rng, 2.2, 30.0) * 0.4
    if style.style in ("buzz", "bald"):
        grain = noise(rng, 0.8)
    ragged, soft = EDGE.get(style.style, (0.008, 0.07))
    over = _hairline(style) + 0.010 * noise(rng, 9)
    alpha = smoothstep(-soft, soft, over - 0.5 * soft + ragged * grain) * style.density
    shade = 0.85 + 0.28 * grain
    for drawn, tone in _strands(style, over, rng):
        shade = shade + np.minimum(2 * drawn, 1) * (0.25 * (shade - 0.85) + tone - shade)
        alpha = np.maximum(alpha, drawn)
    before_ear = smoothstep(0.95, 1.05, _azimuth()) * smoothstep(1.62, 1.50, _azimuth())
    low = smoothstep(*SIDEBURN, canvas().y + 0.06 * grain) * (1 - style.sideburns)
    alpha = alpha * (1 - low * before_ear) * (1 - smoothstep(0.15, 0.5, canvas().ears))
    return alpha.astype(np.float32), np.clip(shade, 0.2, 1.9).astype(np.float32)


def _strands(
    style: Hair, over: np.ndarray, rng: np.random.Generator
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yields opacity and brightness (H W) of what is drawn strand by strand, from below."""
    if style.style == "curly":
        yield strands.curls(over, rng)
    elif style.top > 0.02:
        yield strands.edge(over, 0.06 + style.top, rng)
    if style.fringe:
        yield strands.fringe(over, style.fringe, rng)


STRAND_HEIGHT = 0.006
"""dm between a dark strand and a bright one."""
CONTACT = 0.30
"""Darkening of the skin right beside hair."""


def slopes(shade: np.ndarray) -> np.ndarray:
    """Returns the relief (H W 2) of strands of this brightness (H W): bright ones lie on top."""
    return skin_slopes(STRAND_HEIGHT * cv2.GaussianBlur(shade, (0, 0), 1.0))


def contact(alpha: np.ndarray) -> np.ndarray:
    """Returns the shade (H W) that hair of this opacity (H W) casts around its edge."""
    return -CONTACT * np.clip(cv2.GaussianBlur(alpha, (0, 0), 4.5) - 0.15, 0, 1) * (1 - alpha)


def strand_tone(style: Hair, rng: np.random.Generator) -> np.ndarray:
    """Returns the brightness of long hair by texel (H W), mean about 0.85."""
    if not (style.long or style.style == "tied"):
        return np.ones((1, 1), np.float32)
    fine = 0.55 * noise(rng, 0.8, 40.0) + 0.45 * noise(rng, 3.0, 60.0)
    return np.clip(0.85 + 0.30 * fine, 0.3, 1.9)


def _texels() -> tuple[np.ndarray, np.ndarray]:
    """Returns row and column (V) of the texel under each vertex."""
    texel = canvas().texel.astype(int)
    return np.clip(texel[:, 1], 0, HEIGHT - 1), np.clip(texel[:, 0], 0, WIDTH - 1)


def grows(alpha: np.ndarray) -> np.ndarray:
    """Returns at which vertices (V) the opacity `alpha` (H W) says hair."""
    on_skin = (head().vertex_region == SKIN) & (head().ears < 0.1)
    return (alpha[_texels()] > 0.6) & on_skin


RISE = 12
"""Texels over which hair gains its volume from its edge inwards (s.d. of a blur)."""
SHORTER = (-0.6, 0.35)
"""Heights over the hairline (dm) between which hair gets thicker: cut short around the ears."""

ROUNDED = 4
"""Times that hair is drawn half-way to its neighbours' mean (what it shrinks by for it is given
back): the head's mesh is coarse under hair, and an outline of hair has no corners."""


def grow(
    neutral: np.ndarray,
    alpha: np.ndarray,
    beard: np.ndarray,
    style: Hair,
    rng: np.random.Generator,
) -> np.ndarray:
    """Returns the vertices (V 3) with the volume of hair and beard.

    Args:
        neutral: (V 3) the bare head, dm.
        alpha: (H W) opacity of the hair.
        beard: (H W) volume of the beard, dm.
        style: the haircut.
        rng: the subject's stream.
    """
    h, c = head(), canvas()
    normal = np.empty_like(neutral)
    raster.normals(neutral, h.triangles[h.region == SKIN], normal)
    soft = cv2.GaussianBlur(alpha, (0, 0), RISE)
    row, column = _texels()
    full = soft[row, column] / max(style.density, 0.1)
    here = smoothstep(0.6, 1.0, full) * (1 - h.ears) * (h.vertex_region == SKIN)
    up = smoothstep(0.1, 1.1, c.mean_face[:, 1])
    here = here * (0.4 + 0.6 * smoothstep(*SHORTER, c.mean_face[:, 1] - style.front))
    volume = here * (style.sides * (1 - up) + style.top * up)
    lumps = asset.neighbours() @ rng.standard_normal(len(volume)).astype(np.float32)
    volume = volume * (1 + 1.6 * UNEVEN.get(style.style, 0) * lumps)
    skin = (h.vertex_region == SKIN) & (h.lips < 0.1) & (h.inner_mouth < 0.1)
    volume = volume + cv2.GaussianBlur(beard, (0, 0), 4)[row, column] * skin
    grown = (neutral + normal * volume[:, None]).astype(np.float32)
    rounded = grown
    for _ in range(ROUNDED):
        out = ((asset.neighbours() @ rounded - rounded) * normal).sum(1)
        rounded = rounded + normal * (0.5 * here * out)[:, None]
    lost = np.average(((grown - rounded) * normal).sum(1), weights=here + 1e-6)
    return (rounded + normal * (lost * here)[:, None]).astype(np.float32)
