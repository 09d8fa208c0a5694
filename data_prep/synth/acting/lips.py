"""How far apart are the lips? AU25's label is read from the gap that is drawn.

Many AUs move the lips: a dropped jaw parts them, a smile and a raised chin close them. So AU25's
latent sets the gap that is wanted; the weight of AU25, or of AU8 (lips toward each other), is
solved so that the whole face shows it, and the label is the level of the gap that comes out.
"""

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from data_prep.synth.acting import contact
from data_prep.synth.acting.action_units import (
    LARGEST,
    MIDDLE,
    SIDED,
    damped,
    unit_weights,
)
from data_prep.synth.mesh.asset import head
from data_prep.synth.people.identity import identity

LIPS_PART, LIPS_TOWARD = 25, 8

GAP_BOUNDS = (0.012, 0.022, 0.040, 0.070, 0.100, 0.140)
"""Gap in dm (1.2 mm ...) at the lower bounds of AU25's levels A to E and at the top of E.

Set by looking: under 1 mm the line between the lips is as dark as a closed mouth's; at 2 mm they
are clearly apart; from 4 mm teeth show; 10 mm is as far as lips part over closed teeth, and 14 mm
goes with a jaw that is well down. Fixed for every subject and frame."""
WIDEST = 2.0
"""Largest intensity of AU25: its units, half used at FACS E of the lips alone, at full weight."""
REST = 0.005
"""Gap of closed lips, dm."""

Intensities = Mapping[int, np.ndarray]
"""AU -> (frame) intensity."""


def signed_gap(face: np.ndarray) -> float:
    """Returns the height between the lips' inner rims (dm) at the middle; negative: they press."""
    upper, lower = face[head().landmarks[[62, 66]]]
    return float(upper[1] - lower[1])


@lru_cache(maxsize=2)
def _closed(subject: str, seed: int) -> float:
    return signed_gap(identity(subject, seed).vertices)


@lru_cache(maxsize=1)
def _gap_by_unit() -> np.ndarray:
    """Returns the change of the gap (unit) at weight 1 of each facial unit."""
    return np.array([signed_gap(moves.reshape(-1, 3)) for moves in head().unit_moves])


def _gap(closed: float, weights: np.ndarray) -> np.ndarray:
    """Returns the signed gap (n), dm, of weights (n unit): what parts no lips opens no gap."""
    return closed + weights @ _gap_by_unit() - contact.opened(weights) @ contact.follows()


@lru_cache(maxsize=1)
def _units_by_au() -> tuple[dict[int, np.ndarray], dict[int, np.ndarray]]:
    """Returns AU -> unit weights (unit) at intensity 1, of the subject's left and right side."""
    half = {au: 0.5 for au in {*SIDED, *MIDDLE}}
    left = {au: 2 * unit_weights({au: v}, {}).astype(float) for au, v in half.items()}
    right = {au: 2 * unit_weights({}, {au: v}).astype(float) for au, v in half.items()}
    return left, right


def part(
    subject: str, seed: int, left: Intensities, right: Intensities, wanted: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Solves for the AUs that give the wanted gap.

    Args:
        subject, seed: whose lips.
        left, right: all other AUs, on the subject's own sides.
        wanted: (frame) gap, dm.

    Returns:
        Intensities (frame) of AU25 and of AU8, and the gap (frame), dm, that the mesh then has:
        from level A on the wanted one, but where AU25 is at its widest. Lips that nothing parts
        may press.
    """
    n = len(wanted)
    weights, opening, closing = np.zeros((n, 1)), np.zeros((n, 1)), 0.0
    for aus, units in zip((left, right), _units_by_au(), strict=True):
        shown = damped({**aus, LIPS_PART: np.ones(n)})
        opening = opening + np.outer(shown.pop(LIPS_PART), units[LIPS_PART])
        weights = weights + sum(np.outer(v, units[au]) for au, v in shown.items())
        closing = closing + units[LIPS_TOWARD]
    closed = _closed(subject, seed)
    tried = np.linspace(0, WIDEST, 11)
    gaps = np.stack([_gap(closed, np.minimum(weights + x * opening, LARGEST)) for x in tried], 1)
    stirred = np.clip((wanted - REST) / (GAP_BOUNDS[0] - REST), 0, 1)
    open_to = gaps[:, 0] + stirred * (wanted - gaps[:, 0])
    apart = np.array([np.interp(w, g, tried) for w, g in zip(open_to, gaps, strict=True)])
    toward = np.maximum(gaps[:, 0] - np.maximum(wanted, REST), 0) / -(closing @ _gap_by_unit())
    weights = np.minimum(weights + apart[:, None] * opening + np.outer(toward, closing), LARGEST)
    return apart, toward, np.maximum(_gap(closed, weights), 0)
