"""A collar: bare shoulders would be the first thing a viewer notices."""

import numpy as np

from data_prep.synth.mesh.canvas import canvas, noise, smoothstep


def dress(albedo: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Returns the albedo (H W 3) with a plain shirt from the collar down."""
    c = canvas()
    neck = np.hypot(c.x, (c.z + 0.75) * 0.9)
    drop = rng.uniform(0.0, 0.22)
    collar = -1.42 - drop * np.exp(-((c.x / 0.3) ** 2)) - 0.55 * np.clip(0.62 - neck, 0, 1)
    inside = smoothstep(0.012, -0.012, c.y - collar)[..., None]
    hem = np.exp(-(((c.y - collar) / 0.02) ** 2))[..., None]
    hue = rng.uniform(0.03, 0.55) * (1 + rng.normal(0, 0.25, 3))
    cloth = (
        np.clip(hue, 0.02, 0.75) * (1 + 0.06 * noise(rng, 1.0) + 0.05 * noise(rng, 9))[..., None]
    )
    return albedo * (1 - inside) + inside * cloth * (1 - 0.3 * hem)
