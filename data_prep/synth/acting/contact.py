"""Lips meet: no lip passes through the other, and only what parts lips opens a gap.

Units add up, so a raised lower lip would rise through the upper one. Where the lips of a face have
crossed, both give way by as much as they have: the upper one up, the lower one down. And an upper
lip that a unit raises takes the lower one along, unless the unit is one that parts them (AU25 and
AU26): the gap of all other units may not grow over that of the face at rest.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from data_prep.synth.mesh.asset import SKIN, head
from data_prep.synth.mesh.canvas import canvas
from data_prep.synth.mesh.fields import jaw_share

KNOTS = np.linspace(-1, 1, 13)
"""Where along the mouth lips are compared: -1 and 1 are its corners, where they are one."""
JOIN = 1.24
"""Where lips join, over the place of dlib's inner corners."""
PRESS = 0.3
"""Share by which the lower lip follows further than the upper one rose, beside the corners: lips
roll there, and the rims' heights alone would leave a sliver."""
RIMS = {"upper": (60, 61, 62, 63, 64), "lower": (60, 67, 66, 65, 64)}
"""dlib's points along the inner rims, from the subject's right corner to the left."""
NEAR_LINE = 0.06
"""dm above and below the line between the lips within which they can meet."""
GIVES_WAY = {"upper": 0.7, "lower": -0.3}
"""Share of a crossing by which a lip moves up: it is the lower one that pushes (AU17)."""
REACH = 0.15
"""dm above and below the mouth over which the push fades (standard deviation)."""
PARTING = ("jawOpen", "jawForward", "mouthClose", "mouthLowerDownLeft", "mouthLowerDownRight")
"""Units that set the gap: of AU25 and AU26, and of the lips that go toward each other (AU8)."""
UPPER_SHARE = 1 / 3
"""Weight of `mouthUpperUp` over that of `mouthLowerDown` when lips part (AU25)."""


@dataclass(frozen=True)
class _Lip:
    """One lip.

    Attributes:
        ends: (2 knot) vertices of the edges on its rim.
        share: (knot) weight of their second end.
        moved: the vertices that a push moves.
        follow: (moved knot) how far each follows a push at a knot.
    """

    ends: np.ndarray
    share: np.ndarray
    moved: np.ndarray
    follow: np.ndarray

    def heights(self, face: np.ndarray) -> np.ndarray:
        """Returns the height (knot) of the rim, dm."""
        start, end = face[self.ends, 1]
        return start + self.share * (end - start)


@lru_cache(maxsize=1)
def _lips() -> dict[str, _Lip]:
    h, face = head(), canvas().mean_face
    corner = face[h.landmarks[[60, 64]], 0]
    along = (2 * (face[:, 0] - corner[0]) / (corner[1] - corner[0]) - 1) / JOIN
    line = face[h.landmarks[[62, 66]]].mean(0)
    lower = jaw_share(h.morph("unit", "jawOpen"))
    out = {}
    for name, share in (("upper", 1 - lower), ("lower", lower)):
        beyond = (face[:, 1] - line[1]) * (1 if name == "upper" else -1)
        near = (abs(beyond) < NEAR_LINE) & (share > 0.5)
        ends, at = _on_rim(along, near, h.landmarks[list(RIMS[name])])
        fade = np.exp(-(np.maximum(beyond, 0) ** 2) / 2 / REACH**2)
        fade *= np.exp(-((np.minimum(face[:, 2] - line[2], 0) / (3 * REACH)) ** 2) / 2)
        share = share * fade * (abs(along) < 1) * (h.vertex_region == SKIN)
        moved = np.flatnonzero(share > 0.01)
        hats = np.stack([np.interp(along[moved], KNOTS, one) for one in np.eye(len(KNOTS))], 1)
        follow = share[moved, None] * hats * GIVES_WAY[name]
        out[name] = _Lip(ends, at, moved, follow.astype(np.float32))
    return out


def _on_rim(along: np.ndarray, near: np.ndarray, rim: np.ndarray) -> tuple:
    """Returns the edges (2 knot) that cross the inner knots nearest to dlib's points `rim`."""
    h, face = head(), canvas().mean_face
    skin = h.triangles[(h.region == SKIN) & ~h.mouth_cavity]
    edges = np.vstack([skin[:, [0, 1]], skin[:, [1, 2]], skin[:, [2, 0]]])
    edges = np.unique(np.sort(edges[near[edges].all(1)], 1), axis=0)
    ends, shares = [], []
    for knot in KNOTS[1:-1]:
        wanted = [np.interp(knot, along[rim], face[rim, axis]) for axis in (1, 2)]
        start, end = along[edges].T
        with np.errstate(divide="ignore", invalid="ignore"):
            share = (knot - start) / (end - start)
        share = np.where(start == end, np.where(start == knot, 0.0, np.nan), share)
        hit = np.flatnonzero((share >= 0) & (share <= 1))
        first, second = edges[hit].T
        at = face[first, 1:] + share[hit, None] * (face[second, 1:] - face[first, 1:])
        best = hit[np.linalg.norm(at - wanted, axis=1).argmin()]
        ends.append(edges[best])
        shares.append(share[best])
    return np.array(ends).T, np.array(shares, np.float32)


def crossing(face: np.ndarray) -> np.ndarray:
    """Returns how far (knot) the lower rim stands above the upper one, dm; negative: apart."""
    lips = _lips()
    return np.pad(lips["lower"].heights(face) - lips["upper"].heights(face), 1)


@lru_cache(maxsize=1)
def _gap_by_unit() -> np.ndarray:
    """Returns the change of the gap (unit knot), dm, at weight 1 of each facial unit."""
    return -np.array([crossing(moves.reshape(-1, 3)) for moves in head().unit_moves])


@lru_cache(maxsize=1)
def _parting_units() -> tuple[np.ndarray, list[tuple[int, int]]]:
    """Returns which units (unit) part lips, and the rows of (upper, lower) lip of both sides."""
    rows = head().unit
    parting = np.isin(np.arange(len(rows)), [rows[name] for name in PARTING])
    pairs = [(rows[f"mouthUpperUp{s}"], rows[f"mouthLowerDown{s}"]) for s in ("Left", "Right")]
    return parting.astype(np.float32), pairs


def opened(weights: np.ndarray) -> np.ndarray:
    """Returns the gap (.. knot), dm, that units (.. unit) would open that do not part the lips."""
    parting, pairs = _parting_units()
    others = weights * (1 - parting)
    for upper, lower in pairs:
        parted = np.minimum(weights[..., upper], UPPER_SHARE * weights[..., lower])
        others[..., upper] -= parted
    return np.maximum(others @ _gap_by_unit(), 0)


@lru_cache(maxsize=1)
def _closing() -> np.ndarray:
    """Returns how far (moved knot) the lower lip follows so that its rim closes a gap at a knot."""
    lip = _lips()["lower"]
    follow = np.zeros((len(head().vertices), len(KNOTS)))
    follow[lip.moved] = lip.follow / GIVES_WAY["lower"]
    even = follow.sum(1)
    rim = (1 - lip.share) * even[lip.ends[0]] + lip.share * even[lip.ends[1]]
    follow[:, 1:-1] *= (1 + PRESS * abs(KNOTS[1:-1])) / rim
    return follow[lip.moved].astype(np.float32)


@lru_cache(maxsize=1)
def follows() -> np.ndarray:
    """Returns how far (knot) the middle of the lower lip follows a gap at a knot."""
    return _closing()[_lips()["lower"].moved == head().landmarks[66]][0]


def sealed(face: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Returns the face (V 3) whose lower lip has followed what units (unit) raised; the same."""
    gap = opened(weights)
    if gap.any():
        face[_lips()["lower"].moved, 1] += _closing() @ gap
    return face


def touching(face: np.ndarray, neutral: np.ndarray) -> np.ndarray:
    """Returns the face (V 3) with lips that touch where they had crossed; the same array.

    Args:
        face: the expression, dm.
        neutral: the same head at rest; where its own lips overlap, they may.
    """
    crossed = np.maximum(crossing(face) - np.maximum(crossing(neutral), 0), 0)
    if crossed.any():
        for lip in _lips().values():
            face[lip.moved, 1] += lip.follow @ crossed
    return face
