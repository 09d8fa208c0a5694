"""Folded skin: the lines of one subject, deepened by Action Units.

Each person has lines of an own number, place and pattern, and a depth that depends on age, sex and
ancestry; some people's skin does not fold at all. Units of one place share its lines and the
deepest counts. Old skin keeps a part of the same lines at rest. So no fold says a label by itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from data_prep.synth.compiled import njit
from data_prep.synth.people.folds import Box, curves, folded, pitted, relief_of, share_of, slopes
from data_prep.synth.people.folds_table import PITS, PLACES, UNITS
from data_prep.synth.people.identity import Identity
from data_prep.synth.people.places import REGIONS, Region

__all__ = ["UNITS", "Fold", "Furrows", "bare", "fold", "furrows", "resting", "slopes", "strength"]

STEEPNESS = 1.35
"""Depth grows as intensity to this power: little at levels A and B, much from C on."""
NEVER = (0.28, 0.04)
"""Share of people whose skin does not fold at all, at 18 and from 60 years of skin on. Some people
have no lines (BO); how many, nobody counted: by eye."""
LATER = {"african": 8.0, "asian": 10.0}
"""Years that skin of an ancestry is behind: NR (Chinese women, 10 years); VS (darker: fewer)."""
GAIN_YOUNG, GAIN_BY_AGE, GAIN_SPREAD = 0.72, 0.30, 0.16
"""Depth of folding skin at 18, its growth to 75, and its spread, over people and over places."""
SMOOTH = 0.05
"""Largest depth of skin that does not fold."""
PITS_AT_LEAST = 0.35
"""Depth of the pits of skin that does not fold: they come at any age (FA)."""
AT_REST = 0.55
"""Share of a line's depth that 75-year-old skin keeps at rest; grows as age to the power 1.5."""


@dataclass(frozen=True)
class Fold:
    """The lines of one place.

    Attributes:
        gain: how deep they get, 0..1.
        rest: how deep they are at rest, 0..1, never more than `gain`.
        units: AUs that deepen them.
        relief: (h w 3) slope across, slope up, shade; at full depth.
        share: (h w U) how much of the depth each unit brings.
        box: where they lie on the canvas.
    """

    gain: float
    rest: float
    units: tuple[int, ...]
    relief: np.ndarray
    share: np.ndarray
    box: Box


@dataclass(frozen=True)
class Furrows:
    """One subject's lines, by place.

    Attributes:
        folds: name of a place -> its lines; places without any are missing.
    """

    folds: dict[str, Fold]

    def full(self) -> "Furrows":
        """Returns the same lines at full depth."""
        return Furrows({name: replace(fold, gain=1.0) for name, fold in self.folds.items()})


def strength(intensity: float) -> float:
    """Returns how deep an intensity folds, 0..1."""
    return max(intensity, 0.0) ** STEEPNESS


def skin_years(person: Identity, region: Region | None = None) -> float:
    """Returns the age of somebody's skin, in a region: years ahead by sex, behind by ancestry."""
    late = person.ancestry[:2] @ np.array([LATER["african"], LATER["asian"]])
    ahead = (region.men if person.male else region.women) if region else 0.0
    return float(person.age - late + ahead)


def _between(ends: tuple[float, float], years: float, until: float) -> float:
    """Returns the value at an age, between that at 18 and that at `until`."""
    return float(np.interp(years, (18, until), ends))


def never_share(person: Identity) -> float:
    """Returns the probability that skin like this person's does not fold at all."""
    return _between(NEVER, skin_years(person), 60)


def gains(person: Identity, rng: np.random.Generator) -> dict[str, float]:
    """Returns how deep this person's skin folds by region, and `pits`."""
    smooth = rng.random() < never_share(person)
    own, out = rng.normal(0, GAIN_SPREAD * 0.7), {}
    for name, region in REGIONS.items():
        years = skin_years(person, region)
        mean = _between((GAIN_YOUNG, GAIN_YOUNG + GAIN_BY_AGE), years, 75)
        deep = region.depth * np.clip(rng.normal(mean + own, GAIN_SPREAD * 0.7), 0.3, 1.1)
        folds = rng.random() < _between((region.young, region.old), years, 55)
        flat = rng.uniform(0, SMOOTH)
        out[name] = float(deep) if folds and not smooth else float(flat)
    pits = np.clip(rng.normal(0.75 + own, 0.15), 0.45, 1.1)
    out["pits"] = float(PITS_AT_LEAST * pits if smooth else pits)
    return out


def furrows(person: Identity, rng: np.random.Generator) -> Furrows:
    """Returns the lines of one subject."""
    deep, out = gains(person, rng), {}
    aged = AT_REST * person.oldness**1.5
    for name, place in PLACES.items():
        lines = curves(place, person.ancestry[2], rng)
        gain, lasting = deep[place.region], aged * rng.uniform(0.4, 1.6)
        if not lines:
            continue
        height, box = folded(lines, rng)
        share = share_of(place.units, box)
        rest = gain * min(lasting, 0.8)
        out[name] = Fold(gain, rest, tuple(place.units), relief_of(height), share, box)
    for au, pits in PITS.items():
        height, box = pitted(pits, rng)
        relief = relief_of(height)
        share = np.ones((*height.shape, 1), np.float32)
        out[f"pits of {au}"] = Fold(deep["pits"], 0.0, (au,), relief, share, box)
    return Furrows(out)


def bare(lines: Furrows, hair: np.ndarray) -> Furrows:
    """Returns the lines where skin is bare; `hair` (H W) covers them, 0..1."""
    out = {}
    for name, at in lines.folds.items():
        top, bottom, left, right = at.box
        seen = (1 - hair[top:bottom, left:right, None]).astype(np.float32)
        out[name] = replace(at, relief=np.ascontiguousarray(at.relief * seen))
    return Furrows(out)


def resting(lines: Furrows, relief: np.ndarray) -> None:
    """Adds to `relief` (H W 3) the lines that this subject's skin shows at rest."""
    for at in lines.folds.values():
        top, bottom, left, right = at.box
        kept = np.float32(at.rest) * at.share.max(-1, keepdims=True)
        relief[top:bottom, left:right] += kept * at.relief


def depths(at: Fold, aus: Mapping[int, float]) -> np.ndarray:
    """Returns how deep these intensities fold a place on one side (U), by unit."""
    return np.array([at.gain * strength(aus.get(au, 0.0)) for au in at.units], np.float32)


@njit(cache=True, fastmath=True)
def fold(live, top, left, relief, share, side, on_left, on_right, rest):
    """Deepens the lines of one place in the live relief of the face: the deepest unit counts.

    Args:
        live: (H W 8) the skin, whose channels from 5 on are changed in place.
        top, left: where the relief lies.
        relief: (h w 3).
        share: (h w U).
        side: (H W) 1 on the subject's left, 0 on the right, a soft step between.
        on_left, on_right: (U) depth on either side.
        rest: depth that the skin has at rest.
    """
    for r in range(relief.shape[0]):
        for c in range(relief.shape[1]):
            s = side[top + r, left + c]
            most, kept = np.float32(0), np.float32(0)
            for u in range(share.shape[2]):
                part = share[r, c, u]
                most = max(most, part * (s * on_left[u] + (1 - s) * on_right[u]))
                kept = max(kept, part * rest)
            if most > kept:
                for k in range(3):
                    live[top + r, left + c, 5 + k] += (most - kept) * relief[r, c, k]
