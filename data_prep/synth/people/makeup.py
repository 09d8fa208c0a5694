"""Make-up: lids, lashes, cheeks, lips. Some women wear it, to differing degrees."""

from dataclasses import dataclass

import numpy as np

from data_prep.synth.mesh.canvas import canvas
from data_prep.synth.people.identity import Identity
from data_prep.synth.people.skin import linear, spot

WEARERS = 0.5
"""Share of women with some make-up."""


@dataclass(frozen=True)
class Makeup:
    """Strengths 0..1 and linear colours.

    Attributes:
        lids, liner, cheeks, lips: strength.
        lid_colour, lip_colour: (3) linear.
    """

    lids: float
    liner: float
    cheeks: float
    lips: float
    lid_colour: np.ndarray
    lip_colour: np.ndarray


def draw(person: Identity, rng: np.random.Generator) -> Makeup:
    """Returns the make-up of one subject; all strengths zero for those who wear none."""
    wears = (not person.male) and rng.random() < WEARERS
    lids, liner, cheeks, lips = rng.uniform(0, 1, 4) ** 1.5 * wears
    red = rng.uniform(0.45, 0.78)
    lip_colour = linear((red, red * rng.uniform(0.22, 0.6), red * rng.uniform(0.35, 0.6)))
    lid = rng.choice([0.2, 0.35, 0.45]) * (1 + rng.normal(0, 0.15, 3))
    return Makeup(lids, liner, cheeks, lips * 0.75, linear(lid), lip_colour)


def apply(albedo: np.ndarray, look: Makeup) -> np.ndarray:
    """Returns the albedo (H W 3) with make-up on."""
    if max(look.lids, look.liner, look.cheeks, look.lips) == 0:
        return albedo
    c = canvas()
    beside = (abs(c.x) - 0.29) / 0.16
    lid_line = -0.005 + 0.05 * (1 - beside**2)
    lids = np.exp(-((beside / 1.1) ** 4) - ((c.y - lid_line - 0.035) / 0.045) ** 2) * (c.z > -0.4)
    liner = np.exp(-((beside / 1.15) ** 6) - ((c.y - lid_line - 0.008) / 0.014) ** 2) * (c.z > -0.4)
    cheeks = spot(0.45, -0.30, 0.14) + spot(-0.45, -0.30, 0.14)
    albedo = _blend(albedo, 0.36 * look.lids * lids, look.lid_colour)
    albedo = _blend(albedo, 0.75 * look.liner * liner, np.full(3, 0.015))
    flush = np.array([0.02, 0.22, 0.16], np.float32)
    albedo = albedo * (1 - np.float32(look.cheeks) * cheeks[..., None] * flush)
    return _blend(albedo, look.lips * c.lips, look.lip_colour)


def _blend(albedo: np.ndarray, cover: np.ndarray, colour: np.ndarray) -> np.ndarray:
    cover = np.clip(cover, 0, 1)[..., None].astype(np.float32)
    return albedo + cover * (colour.astype(np.float32) - albedo)
