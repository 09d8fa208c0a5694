"""Who is it? Sex, age, ancestry and the shape of a head, drawn once a subject."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from data_prep.synth.mesh import asset
from data_prep.synth.mesh.asset import LOWER_TEETH, TONGUE, UPPER_TEETH, head
from data_prep.synth.plan.seeds import stream
from data_prep.synth.plan.shapes import shape_of

ANCESTRY_ORDER = ("african", "asian", "caucasian")

STRENGTH = 0.5
"""Scale of the shape targets: 1.0 gives caricatures, 0.3 gives siblings (judged by eye)."""

SPREAD = {
    "head": 0.45, "forehead": 0.6, "eyebrows": 0.5, "eyes": 0.35, "nose": 0.6,
    "mouth": 0.45, "cheek": 0.6, "chin": 0.55, "ears": 0.6, "asym": 0.3,
}  # fmt: skip
"""Standard deviation of a target's weight by folder, before STRENGTH (judged by eye)."""
DAMPED = {
    "lip-height": 0.5, "lip-middle": 0.3, "lip-ext": 0.3, "angles": 0.4, "mouth-scale-vert": 0.4,
    "mouth-trans": 0.5, "laugh-lines": 0.4, "head-trans": 0.0, "eye-height": 0.5,
    "eye-scale": 0.5, "eyefold": 0.5, "eye-corner": 0.6, "head-back": 0.2, "ear-wing": 0.5,
    "head-scale-vert": 0.5, "forehead-scale-vert": 0.6,
    "head-diamond": 0.4, "head-square": 0.5, "head-triangular": 0.4, "head-inverted": 0.4,
    "chin-cleft": 0.5, "eyebrows-angle": 0.4, "eyebrows-trans": 0.6, "bag": 0.7,
}  # fmt: skip
"""Targets that look like an expression, or like nobody, when drawn at full spread: a mouth that
opens or a brow that sinks would be an unlabelled Action Unit."""
OPPOSITE = (
    ("-decr", "-incr"), ("-down", "-up"), ("-in", "-out"), ("-backward", "-forward"),
    ("-concave", "-convex"), ("-compress", "-uncompress"),
)  # fmt: skip
DIMORPHISM = 1.25
"""Distance between the sexes' mean shapes, times the targets': hair hides what else tells them."""
ABSENT = 0.4
"""Probability that a shape target stays at zero: most people are average in most respects."""
LIPS_TOUCH = 0.005
"""dm between the inner rims of closed lips: nothing behind them shows."""
TEETH_MOVED = {
    UPPER_TEETH: (0, -0.02, -0.06), LOWER_TEETH: (0, -0.015, -0.085), TONGUE: (0, -0.10, -0.20),
}  # fmt: skip
"""Region -> dm the teeth are moved: back, so that closed lips hide them, the lower behind the
upper; and the upper down, so that they show under a raised lip. The tongue lies behind both."""


@dataclass(frozen=True)
class Identity:
    """One subject.

    Attributes:
        subject: name of one shape.
        male: 0 or 1.
        age: years.
        ancestry: weights of (african, asian, caucasian), sum 1.
        build: -1 thin .. 1 heavy.
        vertices: (V 3) the neutral face, dm, origin between the eyes.
    """

    subject: str
    male: float
    age: float
    ancestry: np.ndarray
    build: float
    vertices: np.ndarray

    @property
    def oldness(self) -> float:
        """0 at 18 years, 1 at 75."""
        return float(np.clip((self.age - 18) / 57, 0, 1))


def draw_ancestry(rng: np.random.Generator, shares: Mapping[str, float]) -> np.ndarray:
    """Returns ancestry weights (3): one main part, drawn by its share, with some of the others."""
    main = rng.choice(list(shares), p=list(shares.values()))
    if main == "mixed":
        return rng.dirichlet([1.2, 1.2, 2.0])
    weights = rng.dirichlet([0.3, 0.3, 0.3]) * rng.uniform(0, 0.3)
    weights[ANCESTRY_ORDER.index(main)] += 1 - weights.sum()
    return weights


def identity(subject: str, seed: int) -> Identity:
    """Returns the subject that this name and seed stand for.

    Raises:
        ValueError: nobody's name.
    """
    people = shape_of(subject)
    rng = stream(seed, "identity", subject)
    male = float(subject not in people.women)
    youngest, oldest = people.ages
    age = youngest + (oldest - youngest) * rng.beta(1.0, 2.2)
    ancestry = draw_ancestry(rng, people.ancestry)
    build = float(np.clip(rng.normal(0, 0.4), -0.8, 0.9))
    softened = 0.5 + DIMORPHISM * (abs(male - rng.beta(1.5, 8)) - 0.5)
    vertices = _macro_shape(softened, (age - 18) / 70, build, ancestry) + _local_shape(rng)
    region = head().vertex_region
    for teeth, moved in TEETH_MOVED.items():
        vertices[region == teeth] += np.float32(moved)
    vertices = _with_closed_lips(vertices)
    vertices = (vertices - asset.eye_centre(vertices)).astype(np.float32)
    return Identity(subject, male, float(age), ancestry, build, vertices)


def _macro_shape(male: float, old: float, build: float, ancestry: np.ndarray) -> np.ndarray:
    """Returns the mean shape (V 3) of a sex, age, build and ancestry, as MakeHuman blends it."""
    h = head()
    out = h.vertices.copy()
    builds = {"min": max(-build, 0), "average": 1 - abs(build), "max": max(build, 0)}
    for sex, by_sex in (("male", male), ("female", 1 - male)):
        for age, by_age in (("young", 1 - old), ("old", old)):
            weight = by_sex * by_age
            for name, share in builds.items():
                out += weight * share * h.morph("macro", f"{sex}/{age}/{name}")
            for name, share in zip(ANCESTRY_ORDER, ancestry, strict=True):
                out += weight * share * h.morph("macro", f"{sex}/{age}/{name}")
    return out


def _with_closed_lips(vertices: np.ndarray) -> np.ndarray:
    """Returns the face (V 3) with its lips brought together: shape targets leave them ajar."""
    close, inner = head().morph("unit", "mouthClose"), head().landmarks[[62, 66]]
    upper, lower = vertices[inner, 1]
    towards = close[inner[1], 1] - close[inner[0], 1]
    weight = max(upper - lower - LIPS_TOUCH, 0) / towards
    return vertices + np.float32(weight) * close


def _axes() -> list[tuple[str, str | None]]:
    """Returns the shape axes: (target at positive weight, target at negative weight or None)."""
    names, axes, taken = head().local, [], set()
    for name in names:
        if name in taken or name.split("/")[1].startswith("r-"):
            continue
        for low, high in OPPOSITE:
            if name.endswith(low) and (other := name.removesuffix(low) + high) in names:
                axes.append((other, name))
                taken |= {name, other}
                break
        else:
            if name not in taken and not any(
                name.endswith(high) and name.removesuffix(high) + low in names
                for low, high in OPPOSITE
            ):
                axes.append((name, None))
    return axes


def _local_shape(rng: np.random.Generator) -> np.ndarray:
    """Returns the personal displacement (V 3); left and right share every drawn weight."""
    h = head()
    out = np.zeros_like(h.vertices)
    for up, down in _axes():
        folder, stem = up.split("/")
        damping = np.prod([v for k, v in DAMPED.items() if k in stem])
        weight = rng.normal(0, SPREAD[folder] * STRENGTH) * (rng.random() > ABSENT) * damping
        weight = float(np.clip(weight, -0.8, 0.8))
        target = up if weight >= 0 else down
        if target is None or weight == 0:
            continue
        out += abs(weight) * h.morph("local", target)
        if stem.startswith("l-"):
            out += abs(weight) * h.morph("local", target.replace("/l-", "/r-"))
    return out
