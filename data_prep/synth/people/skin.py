"""Skin: tone, blush, pores, moles, lips."""

import numpy as np

from data_prep.synth.mesh.canvas import canvas, noise
from data_prep.synth.people.identity import Identity
from data_prep.synth.people.wrinkles import slopes

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
    away = (c.x - x) ** 2 + ((c.y - y) * np.float32(1 / squash)) ** 2
    return np.exp(away * np.float32(-0.5 / radius**2))


def paint(
    person: Identity, plain: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Paints a subject's skin.

    Args:
        person: who.
        plain: linear colour (3) of plain skin.
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
    albedo = _lips(albedo, plain, rng)
    shine = 0.5 * spot(0, -0.2, 0.10, 2.5) + 0.45 * spot(0, 0.42, 0.28) + 0.25 * spot(0, -0.95, 0.1)
    gloss = rng.uniform(0.12, 0.26) * (1 + shine * rng.uniform(0.3, 1.2)) + 0.10 * c.lips
    rough = 0.0005 * noise(rng, 1.0) + 0.0006 * noise(rng, 2.2) * (1 + person.oldness)
    creases = 0.0022 * noise(rng, 1.3, 5.0) * c.lips
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


def _lips(albedo: np.ndarray, plain: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Returns the albedo with lips: skin with less melanin on top and more blood below."""
    pinker = rng.uniform(0.85, 1.1)
    natural = plain * (0.66, 0.38 * pinker, 0.42 * pinker) + (0.015, 0.002, 0.007)
    cover = canvas().lips[..., None] * np.float32(rng.uniform(0.65, 0.95))
    shade = 1 + 0.07 * noise(rng, 1.1, 4)[..., None]
    return albedo + cover * (natural.astype(np.float32) * shade - albedo)
