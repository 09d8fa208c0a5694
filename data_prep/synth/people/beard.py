"""Beards: where they grow and how they cover the skin."""

from dataclasses import dataclass

import numpy as np

from data_prep.synth.mesh.canvas import canvas, noise, smoothstep
from data_prep.synth.people.identity import Identity


@dataclass(frozen=True)
class Cut:
    """A kind of beard.

    Attributes:
        share: of men.
        cover: opacity where it grows.
        contrast: of single hairs where they half cover the skin; none where they cover it whole.
        length: of the hairs, texels.
        volume: dm over the skin.
        zone: "all", "chin" or "lip".
    """

    share: float
    cover: float
    contrast: float
    length: float
    volume: float
    zone: str


CUTS = {
    "shaven": Cut(0.34, 0.05, 0.08, 0.7, 0.0, "all"),
    "shadow": Cut(0.24, 0.17, 0.15, 0.7, 0.0, "all"),
    "stubble": Cut(0.18, 0.36, 0.27, 0.9, 0.0, "all"),
    "full": Cut(0.12, 0.95, 0.28, 2.4, 0.035, "all"),
    "goatee": Cut(0.07, 0.90, 0.26, 2.2, 0.02, "chin"),
    "moustache": Cut(0.05, 0.90, 0.26, 1.8, 0.02, "lip"),
}
"""Kinds of beard; shares as among students and their teachers, judged from memory."""


@dataclass(frozen=True)
class Beard:
    """One subject's beard: opacity (H W), tone of its hairs (H W), volume (H W) dm."""

    cover: np.ndarray
    tone: np.ndarray
    volume: np.ndarray


def _jaw() -> np.ndarray:
    """Returns where hair grows on jaw and chin (H W), 0..1."""
    c = canvas()
    across = abs(c.x)
    upper = -0.40 - 0.26 * np.exp(-(((across - 0.28) / 0.20) ** 2))
    upper = upper + 0.42 * smoothstep(0.45, 0.70, across)
    under = smoothstep(-1.42, -1.12, c.y)
    jaw = smoothstep(0.09, -0.10, c.y - upper) * under * smoothstep(-0.66, -0.48, c.z)
    bare = np.exp(-(((across - 0.13) / 0.06) ** 2 + ((c.y + 0.84) / 0.045) ** 2))
    return jaw * (1 - 0.7 * bare)


def _lip() -> np.ndarray:
    """Returns where a moustache grows (H W), 0..1."""
    c = canvas()
    droop = -0.535 - 0.25 * np.clip(abs(c.x) - 0.12, 0, 1)
    return np.exp(-((c.x / 0.25) ** 6) - ((c.y - droop) / 0.054) ** 2)


def draw(person: Identity, rng: np.random.Generator) -> Beard:
    """Returns the beard of one subject; none on women."""
    c = canvas()
    name = rng.choice(list(CUTS), p=[cut.share for cut in CUTS.values()])
    cut, thickness = CUTS[str(name)], rng.uniform(0.8, 1.1)
    if not person.male:
        empty = np.zeros(c.x.shape, np.float32)
        return Beard(empty, np.ones_like(empty), empty)
    chin = np.exp(-((c.x / 0.26) ** 6)) * smoothstep(-0.35, 0.0, c.z)
    zones = {"all": np.maximum(_jaw(), _lip()), "chin": np.maximum(_jaw() * chin, _lip()),
             "lip": _lip()}  # fmt: skip
    zone = zones[cut.zone] * (1 - c.lips)
    uneven = 0.10 * noise(rng, 8)
    uneven = uneven + cut.contrast * noise(rng, 0.6, cut.length)
    cover = np.clip(zone * cut.cover * thickness, 0, 0.97)
    cover = np.clip(cover * (1 + 2 * (1 - cover) * uneven), 0, 0.97)
    tone = np.clip(0.95 + 0.4 * noise(rng, 0.7, cut.length + 1), 0.4, 2.2)
    return Beard(cover.astype(np.float32), tone, (zone * cut.volume).astype(np.float32))
