"""The lines of one person: how many, where, how broken, and the relief that they fold into skin."""

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.interpolate import CubicSpline

from data_prep.synth.compiled import njit
from data_prep.synth.mesh.canvas import TEXELS_PER_DM, TOP, canvas, noise, smoothstep
from data_prep.synth.people.places import Line, Pits, Place

MM = 0.0093
"""dm of the mean face a millimetre, at 63 mm between pupils."""
ASYMMETRY = 0.09
"""S.d. of the difference between left and right depth: 7 % in the mean (OS 7 to 9, SF under 8)."""
JITTER = 0.08
"""How far a line's points move between people, besides the whole set, times their distance."""
WANDER = (0.005, 0.02)
"""How far a line strays from its smooth course, times its length."""
APART = 0.004
"""dm by which either side's line is moved from the other's mirror."""
LINE_DEPTHS = (0.65, 1.15)
"""Range of a line's depth within a set."""
SWELL = 1.5
"""Width of a swelling, times a furrow's."""
TAPER = (0.05, 0.11)
"""Length over which either end of a line fades, dm: blunt ends are spots."""
GAP, LONG = (0.02, 0.05), 0.5
"""Gaps in a line, dm, and its length from which all of them come: a short line's would leave
spots."""
EVEN = 2.0
"""Pits do not cluster: what is wider than this times their size is taken out."""
SHADE, AROUND = 24.0, 0.042
"""Darkening per dm below the skin around it, and how far around reaches, dm (4.5 mm): occlusion."""
STEEPEST = 0.9
"""Limit of the slopes, dm a dm: steeper flanks turn from all light and look like cuts."""
DARKEST, BRIGHTEST = -0.55, 0.06
"""Limits of that shade."""
PER_CURVE = 36
"""Points of a curve."""

Box = tuple[int, int, int, int]
"""(top, bottom, left, right) on the canvas."""


def slopes(height: np.ndarray) -> np.ndarray:
    """Returns (h w 2): height's slope per dm along columns, and upwards."""
    across = cv2.Sobel(height, cv2.CV_32F, 1, 0, ksize=3) / 8 * TEXELS_PER_DM
    upwards = -cv2.Sobel(height, cv2.CV_32F, 0, 1, ksize=3) / 8 * TEXELS_PER_DM
    return np.stack([across, upwards], -1)


def relief_of(height: np.ndarray) -> np.ndarray:
    """Returns (h w 3): slope across, slope up, shade of a height map (h w), dm."""
    tilt = slopes(height)
    tilt = tilt / np.sqrt(1 + (tilt**2).sum(-1, keepdims=True) / STEEPEST**2)
    below = height - cv2.GaussianBlur(height, (0, 0), AROUND * TEXELS_PER_DM)
    limit = np.where(below < 0, -DARKEST, BRIGHTEST)
    shade = limit * np.tanh(below * SHADE / limit)
    return np.ascontiguousarray(np.dstack([tilt, shade]), np.float32)


@dataclass(frozen=True)
class Curve:
    """One line ready to be folded.

    Attributes:
        points: (P 2) dm.
        depth: (P) along it, dm; negative swells.
        sigma: width of its flanks' profile, dm.
        core, flank, lean: as in `Place`; a mirrored curve leans the other way.
    """

    points: np.ndarray
    depth: np.ndarray
    sigma: float
    core: float
    flank: float
    lean: float


@njit(cache=True, fastmath=True)
def _crease(x, y, points, depth, sigma, core, flank, lean, low, high):
    """Deepens `low` and raises `high` (h w) to one curve's furrow and flanks, where they are more.

    The core of a furrow's bottom is 0.6 times as wide as its mouth: a line, and not a stain.
    """
    for r in range(low.shape[0]):
        for c in range(low.shape[1]):
            best, at, part = 1e9, 0, 0.0
            for i in range(points.shape[0] - 1):
                tx, ty = points[i + 1, 0] - points[i, 0], points[i + 1, 1] - points[i, 1]
                dx, dy = x[r, c] - points[i, 0], y[r, c] - points[i, 1]
                t = min(max((dx * tx + dy * ty) / (tx * tx + ty * ty + 1e-12), 0.0), 1.0)
                d = (dx - t * tx) ** 2 + (dy - t * ty) ** 2
                if d < best:
                    best, at, part = d, i, t
            u = best / (2 * sigma * sigma)
            if u > 24:
                continue
            tx, ty = points[at + 1, 0] - points[at, 0], points[at + 1, 1] - points[at, 1]
            side = tx * (y[r, c] - points[at, 1]) - ty * (x[r, c] - points[at, 0])
            side /= np.sqrt(tx * tx + ty * ty) * sigma + 1e-9
            deep = depth[at] + part * (depth[at + 1] - depth[at])
            if deep < 0:
                high[r, c] = max(high[r, c], -deep * np.exp(-u))
                continue
            bottom = deep * ((1 - core) * np.exp(-u) + core * np.exp(-2.8 * u))
            low[r, c] = max(low[r, c], bottom)
            raised = flank * (1 + lean * np.tanh(side)) * deep
            high[r, c] = max(high[r, c], raised * (np.exp(-u / 5.5) - np.exp(-u)))


def _course(line: Line, rng: np.random.Generator) -> np.ndarray:
    """Returns a smooth curve (P 2) through a line's points, straying a little."""
    given = np.array(line.points, float)
    length = np.linalg.norm(np.diff(given, axis=0), axis=1).sum()
    apart = min(length / (len(given) - 1), 0.12)
    given = given + rng.normal(0, JITTER * apart, given.shape)
    if len(given) == 2:
        bend = rng.normal(0, JITTER * apart, 2)
        given = np.array([given[0], given.mean(0) + bend, given[1]])
    t = np.linspace(0, 1, PER_CURVE)
    course = CubicSpline(np.linspace(0, 1, len(given)), given)(t)
    wander = rng.uniform(*WANDER) * min(length, 0.5) * rng.normal(0, 0.7, (2, 2))
    waves = rng.uniform(0.8, 2 + 3 * min(length, 1.0), (2, 1))
    phase = rng.uniform(0, 2 * np.pi, (2, 1))
    return course + (wander.T @ np.sin(2 * np.pi * waves * t + phase)).T


def _along(breaks: float, length: float, rng: np.random.Generator) -> np.ndarray:
    """Returns a line's depth along it (P), 0..1: own ends, own deepest part, and gaps."""
    t = np.linspace(0, 1, PER_CURVE)
    start, end = rng.uniform(-0.02, 0.12), rng.uniform(0.88, 1.02)
    reach = np.minimum(rng.uniform(*TAPER, 2) / length, 0.45)
    out = smoothstep(start, start + reach[0], t) * smoothstep(end, end - reach[1], t)
    out = out * (1 - 0.3 * np.cos(2 * np.pi * (t - rng.uniform())) ** 2)
    for _ in range(rng.poisson(breaks * min(length / LONG, 1) ** 2)):
        wide = rng.uniform(*GAP) / length
        gap = np.exp(-0.5 * ((t - rng.uniform(0.15, 0.85)) / wide) ** 2)
        out = out * (1 - rng.uniform(0.6, 1.0) * gap)
    return out


def chosen(place: Place, european: float, rng: np.random.Generator) -> tuple[str, int]:
    """Returns a person's pattern in a place, and how many of its lines there are."""
    names = list(place.patterns)
    share = [a * european + b * (1 - european) for a, b, _ in place.patterns.values()]
    name = str(rng.choice(names, p=np.array(share) / sum(share)))
    n = int(rng.choice(len(place.count), p=np.array(place.count) / sum(place.count)))
    return name, min(n, len(place.patterns[name][2]))


def curves(place: Place, european: float, rng: np.random.Generator) -> list[Curve]:
    """Returns the lines of one person in a place, of both sides."""
    name, n = chosen(place, european, rng)
    lines = place.patterns[name][2][:n]
    if not lines:
        return []
    middle = np.mean([p for line in lines for p in line.points], 0) * (place.both, 1)
    shift, size = rng.normal(0, place.shift), rng.uniform(*place.size)
    out = []
    for line in lines:
        own = Line(tuple((np.array(line.points) - middle) * size + middle + shift), line.rise)
        alone = rng.random() < place.one_sided
        only = rng.integers(2)
        course = _course(own, rng)
        length = np.linalg.norm(np.diff(course, axis=0), axis=1).sum()
        along = _along(place.breaks, length, rng)
        sigma = rng.uniform(*place.width) * MM / 1.05 * (SWELL if line.rise < 0 else 1)
        depth = along * place.depth * line.rise * rng.uniform(*LINE_DEPTHS)
        for k, sign in enumerate((1, -1) if place.both else (1,)):
            if alone and k != only:
                continue
            moved = course * (sign, 1) + rng.normal(0, APART, 2)
            out.append(Curve(moved, depth, sigma, place.core, place.flank, sign * place.lean))
    return out


def _box(points: np.ndarray, margin: float) -> Box:
    """Returns the window of the canvas around points (P 2), dm."""
    texels = np.array([canvas().locate(*p) for p in points])
    tall, wide = canvas().x.shape
    (left, top), (right, bottom) = texels.min(0) - margin, texels.max(0) + margin
    return max(int(top), 0), min(int(bottom), tall), max(int(left), 0), min(int(right), wide)


def folded(lines: list[Curve], rng: np.random.Generator) -> tuple[np.ndarray, Box]:
    """Returns the height map (h w), dm, of these lines at full depth, and where it lies.

    Where lines meet, the deeper counts.
    """
    c = canvas()
    widest = max(line.sigma for line in lines)
    box = _box(np.concatenate([line.points[::4] for line in lines]), 6 * widest * TEXELS_PER_DM)
    top, bottom, left, right = box
    low = np.zeros((bottom - top, right - left), np.float32)
    high = np.zeros_like(low)
    for line in lines:
        a, b, first, last = _box(line.points[::4], 6 * line.sigma * TEXELS_PER_DM)
        part = np.s_[a - top : b - top, first - left : last - left]
        _crease(
            c.x[a:b, first:last], c.y[a:b, first:last], line.points.astype(np.float32),
            line.depth.astype(np.float32), line.sigma, line.core, line.flank, line.lean,
            low[part], high[part],
        )  # fmt: skip
    uneven = rng.normal(0, ASYMMETRY) * (smoothstep(-0.06, 0.06, c.x[top:bottom, left:right]) - 0.5)
    return ((high - low) * (1 + uneven)).astype(np.float32), box


def pitted(pits: Pits, rng: np.random.Generator) -> tuple[np.ndarray, Box]:
    """Returns the height map (h w), dm, of one person's pitted skin, and where it lies."""
    c = canvas()
    x, y = np.array(pits.centre) + rng.normal(0, 0.012, 2) * (0.5, 1)
    rx, ry = np.array(pits.radii) * rng.uniform(0.85, 1.15, 2)
    rows = [int((TOP - y - side * 2 * ry) * TEXELS_PER_DM) for side in (1, -1)]
    columns = [int(c.locate(x + side * 2 * rx, y)[0]) for side in (-1, 1)]
    box = np.s_[rows[0] : rows[1], columns[0] : columns[1]]
    size = rng.uniform(*pits.size)
    rough = noise(rng, size)[box]
    rough = rough - cv2.GaussianBlur(rough, (0, 0), EVEN * size)
    away = ((c.x[box] - x) / rx) ** 2 + ((c.y[box] - y) / ry) ** 2
    height = pits.deep * np.clip(rough, -1.8, 0.5) * np.exp(-(away**1.5))
    return height.astype(np.float32), (*rows, *columns)


def share_of(units: dict[int, tuple | None], box: Box) -> np.ndarray:
    """Returns (h w U): how much of the lines' depth each unit brings, by place."""
    top, bottom, left, right = box
    axes = {"x": abs(canvas().x[top:bottom, left:right]), "y": canvas().y[top:bottom, left:right]}
    out = np.ones((bottom - top, right - left, len(units)), np.float32)
    for k, course in enumerate(units.values()):
        if course:
            at, share = np.array(course[1]).T
            out[..., k] = np.interp(axes[course[0]], at, share)
    return out
