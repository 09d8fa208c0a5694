"""Skin: tone, blush, pores, moles, lips, beard shadow."""

import numpy as np

from data_prep.synth.canvas import canvas, noise, smoothstep
from data_prep.synth.identity import Identity
from data_prep.synth.wrinkles import slopes

TONES = {
    "african": ((0.46, 0.31, 0.23), (0.29, 0.18, 0.13)),
    "asian": ((0.85, 0.66, 0.54), (0.70, 0.50, 0.37)),
    "caucasian": ((0.89, 0.71, 0.62), (0.75, 0.55, 0.44)),
}
"""Lightest and darkest plain skin by ancestry, sRGB 0..1 (typical of photographs in soft light)."""
BLUSH = (
    (0.42, -0.32, 0.17, 0.6), (-0.42, -0.32, 0.17, 0.6), (0.0, -0.36, 0.11, 0.6),
    (0.0, -1.0, 0.16, 0.3), (0.85, -0.2, 0.2, 0.9), (-0.85, -0.2, 0.2, 0.9),
)  # fmt: skip
"""Where blood shows: (x, y, radius dm, strength) of cheeks, nose, chin and ears."""
IRISES = {
    "dark": (0.16, 0.09, 0.05), "brown": (0.30, 0.19, 0.10),
    "green": (0.33, 0.36, 0.22), "blue": (0.36, 0.46, 0.56),
}  # fmt: skip


def linear(srgb: np.ndarray | tuple) -> np.ndarray:
    """Returns linear light from display values (gamma 2.2 throughout the renderer)."""
    return np.clip(np.asarray(srgb, np.float32), 0, 1) ** np.float32(2.2)


def tone(person: Identity, rng: np.random.Generator) -> np.ndarray:
    """Returns plain skin's linear colour (3)."""
    melanin = np.clip(rng.beta(2, 2.5), 0.03, 0.97)
    ends = np.array(list(TONES.values()))
    by_ancestry = ends[:, 0] * (1 - melanin) + ends[:, 1] * melanin
    mixed = person.ancestry @ by_ancestry + rng.normal(0, 0.008, 3)
    return linear(mixed)


def iris(person: Identity, rng: np.random.Generator) -> np.ndarray:
    """Returns the iris's linear colour (3)."""
    light = person.ancestry[2] ** 2
    share = np.array([0.75 - 0.5 * light, 0.25, 0.12 * light, 0.38 * light])
    name = rng.choice(list(IRISES), p=share / share.sum())
    return linear(np.array(IRISES[name]) * rng.uniform(0.85, 1.15)).astype(np.float32)


def spot(x: float, y: float, radius: float, squash: float = 1.0) -> np.ndarray:
    """Returns a soft spot (H W) on the front of the face."""
    c = canvas()
    return np.exp(-((c.x - x) ** 2 + ((c.y - y) / squash) ** 2) / (2 * radius**2))


def beard_zone() -> np.ndarray:
    """Returns where a beard grows (H W), 0..1: jaw, chin, upper lip, not the lips."""
    c = canvas()
    edge = (
        -0.40
        - 0.22 * np.exp(-(((abs(c.x) - 0.30) / 0.18) ** 2))
        + 0.35 * smoothstep(0.45, 0.72, abs(c.x))
    )
    jaw = smoothstep(0.06, -0.10, c.y - edge) * smoothstep(-1.42, -1.15, c.y)
    jaw = jaw * smoothstep(-0.62, -0.45, c.z)
    soul = np.exp(-(((abs(c.x) - 0.13) / 0.07) ** 2 + ((c.y + 0.84) / 0.05) ** 2))
    lip = np.exp(-((c.x / 0.24) ** 4) - ((c.y + 0.535) / 0.045) ** 2)
    return np.clip(np.maximum(jaw * (1 - 0.6 * soul), lip), 0, 1) * (1 - canvas().lips)


def paint(
    person: Identity, plain: np.ndarray, hair_colour: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Paints a subject's skin.

    Args:
        person: who.
        plain: linear colour (3) of plain skin.
        hair_colour: linear (3).
        rng: the subject's stream.

    Returns:
        Linear albedo (H W 3), gloss (H W), slopes of pores (H W 2).
    """
    c = canvas()
    albedo = np.broadcast_to(plain, (*c.x.shape, 3)).astype(np.float32)
    blood = sum(a * spot(x, y, r) for x, y, r, a in BLUSH) * rng.uniform(0.4, 1.3)
    blood = blood + 0.12 * noise(rng, 22) + 0.06 * noise(rng, 7)
    albedo = albedo * (1 + blood[..., None] * np.array([0.06, -0.10, -0.09], np.float32))
    around_eyes = np.exp(-(((abs(c.x) - 0.28) / 0.19) ** 2 + ((c.y + 0.05) / 0.12) ** 2))
    dark = np.array([0.13, 0.20, 0.16]) * rng.uniform(0.3, 1.2 + person.oldness)
    albedo = albedo * (1 - around_eyes[..., None] * dark.astype(np.float32))
    mottle = 1 + 0.03 * noise(rng, 18) + 0.015 * noise(rng, 5) + 0.012 * noise(rng, 1.2)
    albedo = albedo * mottle[..., None]
    albedo = _marks(albedo, person, rng)
    albedo = _shadow_of_beard(albedo, person, hair_colour, rng)
    albedo = _lips(albedo, person, plain, rng)
    shine = 0.5 * spot(0, -0.2, 0.10, 2.5) + 0.45 * spot(0, 0.42, 0.28) + 0.25 * spot(0, -0.95, 0.1)
    gloss = rng.uniform(0.12, 0.26) * (1 + shine * rng.uniform(0.3, 1.6)) + 0.22 * c.lips
    rough = 0.0005 * noise(rng, 1.0) + 0.0006 * noise(rng, 2.2) * (1 + person.oldness)
    creases = 0.004 * noise(rng, 1.3, 5.0) * c.lips
    pores = slopes(((rough + creases) * (abs(c.z) < 1.2)).astype(np.float32))
    return np.clip(albedo, 0.004, 1), gloss.astype(np.float32), pores


def _marks(albedo: np.ndarray, person: Identity, rng: np.random.Generator) -> np.ndarray:
    """Moles on some, freckles on some of the fair."""
    for _ in range(rng.poisson(2.5)):
        x, y, radius = rng.uniform(-0.6, 0.6), rng.uniform(-1, 0.6), rng.uniform(0.005, 0.012)
        mole = rng.uniform(0.2, 0.65) * spot(x, y, radius) * (canvas().z > -0.5)
        albedo = albedo * (1 - mole[..., None] * np.array([0.75, 0.9, 1.0], np.float32))
    if person.ancestry[2] > 0.6 and rng.random() < 0.25:
        field = np.clip(noise(rng, 1.6) - 1.3, 0, 1.2) * rng.uniform(0.15, 0.4)
        field = field * (spot(0.3, -0.25, 0.25) + spot(-0.3, -0.25, 0.25) + spot(0, -0.1, 0.15))
        albedo = albedo * (1 - field[..., None] * np.array([0.6, 0.9, 1.0], np.float32))
    return albedo


BEARDS = {"shaven": 0.38, "shadow": 0.27, "stubble": 0.17, "beard": 0.10, "goatee": 0.08}
"""Share of men by beard."""
BEARD_COVER = {"shaven": 0.06, "shadow": 0.22, "stubble": 0.45, "beard": 0.8, "goatee": 0.75}


def _shadow_of_beard(
    albedo: np.ndarray, person: Identity, colour: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    kind = rng.choice(list(BEARDS), p=list(BEARDS.values()))
    if person.male < 0.5:
        return albedo
    zone = beard_zone()
    if kind == "goatee":
        c = canvas()
        zone = zone * np.exp(-((c.x / 0.27) ** 6)) * smoothstep(-0.3, 0.0, c.z)
    if kind in ("beard", "goatee"):
        strands = np.clip(0.9 + 0.5 * noise(rng, 0.8, 3.5), 0, 1.3)
    else:
        strands = np.clip(0.65 + 0.55 * noise(rng, 0.9), 0, 1.6)
    cover = np.clip(zone * BEARD_COVER[kind] * strands * rng.uniform(0.8, 1.15), 0, 0.93)
    hue = np.clip(colour * 0.9 + 0.01, 0, 1)
    return albedo * (1 - cover[..., None]) + cover[..., None] * hue


def _lips(
    albedo: np.ndarray, person: Identity, plain: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    natural = plain * np.array([0.85, 0.50, 0.50]) + np.array([0.02, 0.002, 0.008])
    if person.male < 0.5 and rng.random() < 0.45:
        lipstick = linear(np.array([rng.uniform(0.5, 0.8), rng.uniform(0.14, 0.42), 0.30]))
        strength = rng.uniform(0.2, 0.75)
        natural = natural * (1 - strength) + strength * lipstick
    cover = canvas().lips[..., None] * rng.uniform(0.6, 0.9)
    shade = 1 + 0.07 * noise(rng, 1.1, 4)[..., None]
    return albedo * (1 - cover) + cover * natural * shade
