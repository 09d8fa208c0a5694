"""Hair strand by strand, on the canvas: the ragged edge of a haircut, a fringe, curls."""

import cv2
import numpy as np

from data_prep.synth.mesh.canvas import FRONT, HEIGHT, TEXELS_PER_DM, TOP, WIDTH, canvas, smoothstep

FINER = 2
"""Strands are drawn this many times finer than the canvas, then averaged."""
SUBTEXEL = 4
"""Bits of a texel's fraction that OpenCV draws with."""

COLUMNS = np.arange(FRONT.start, FRONT.stop)

Drawing = tuple[np.ndarray, np.ndarray]
"""Opacity and brightness of what was drawn, (H W) each."""


def draw(paths: np.ndarray, tone: np.ndarray, thick: np.ndarray, tips: int = 0) -> Drawing:
    """Draws strands over each other, in their order.

    Args:
        paths: (N P 2) columns and rows.
        tone: (N) brightness, 0..2.
        thick: (N) width, steps of 1 / FINER texel.
        tips: how many of a path's last points are a tip, of the least width.
    """
    size = (HEIGHT * FINER, WIDTH * FINER)
    cover, bright = np.zeros(size, np.uint8), np.full(size, 108, np.uint8)
    points = np.round(paths * (FINER << SUBTEXEL)).astype(np.int32)
    level = np.clip(tone * 127, 0, 255)
    last = paths.shape[1] - tips
    for line, shade, width in zip(points, level, thick, strict=True):
        for part, wide in ((line[:last], int(width)), (line[last - 1 :], 1))[: 1 + (tips > 0)]:
            cv2.polylines(cover, [part], False, 255, wide, cv2.LINE_AA, SUBTEXEL)
            cv2.polylines(bright, [part], False, float(shade), wide, cv2.LINE_AA, SUBTEXEL)
    small = [cv2.resize(a, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA) for a in (cover, bright)]
    return small[0].astype(np.float32) / 255, small[1].astype(np.float32) / 127


def line_rows(over: np.ndarray) -> np.ndarray:
    """Returns the lowest row (W) of each column where `over` (H W) is positive."""
    return HEIGHT - 1 - np.argmax(over[::-1] > 0, axis=0)


def edge(over: np.ndarray, length: float, rng: np.random.Generator) -> Drawing:
    """Draws the short hairs of a hairline, combed up and back from it.

    Args:
        over: (H W) height over the hairline, dm.
        length: of the hairs, dm.
        rng: the subject's stream.
    """
    n, rows = 800, line_rows(over)
    column = rng.uniform(WIDTH * 0.12, WIDTH * 0.88, n)
    below = 0.05 * rng.random(n) ** 3 - 0.06
    root = rows[column.astype(int)] + below * TEXELS_PER_DM
    step = np.linspace(0, 1, 4)
    reach = length * TEXELS_PER_DM * rng.uniform(0.4, 1.1, n)[:, None]
    outwards = np.sign(column - WIDTH / 2) * rng.uniform(0.0, 0.35, n) + rng.normal(0, 0.12, n)
    x = column[:, None] + outwards[:, None] * reach * step**1.5
    y = root[:, None] - reach * step
    cover, tone = draw(np.stack([x, y], -1), rng.normal(0.9, 0.25, n), np.ones(n))
    return 0.8 * cover, tone


PART = 0.45
"""Share of its fall that a lock right at the parting has: hair covers the forehead there too."""
TEMPLE = (0.36, 0.60)
"""|x| (dm) between which a fringe gets shorter: at the temple it would hang before the face."""


def fringe(over: np.ndarray, drop: float, rng: np.random.Generator) -> Drawing:
    """Draws locks that fall over the forehead, away from a parting, each to a thin tip.

    Args:
        over: (H W) height over the hairline, dm.
        drop: how far the locks fall at most, dm.
        rng: the subject's stream.
    """
    n, locks, rows = 1600, 70, line_rows(over)
    c = canvas()
    parting, sweep = rng.uniform(0.05, 0.30) * rng.choice([-1, 1]), rng.uniform(0.25, 0.8)
    lock = np.sort(rng.uniform(-0.62, 0.62, locks))
    longer, drift = rng.normal(1, 0.10, locks), rng.normal(0, 0.03, locks)
    longer = np.convolve(np.pad(longer, 2, "edge"), [0.15, 0.2, 0.3, 0.2, 0.15], "valid")
    mine = rng.integers(0, locks, n)
    mine = mine[np.argsort(-abs(lock[mine] - parting) + rng.normal(0, 0.1, n))]
    root_x = lock[mine] + rng.normal(0, 0.045, n)
    away = root_x - parting
    fall = (PART + (1 - PART) * np.clip(abs(away) / 0.3, 0, 1)) * drop * longer[mine]
    fall *= rng.uniform(0.62, 1.06, n) * (1 - 0.75 * smoothstep(*TEMPLE, abs(root_x)))
    tip_x = lock[mine] + 0.55 * (root_x - lock[mine]) + drift[mine]
    tip_x = tip_x + sweep * np.clip(away, -0.25, 0.25) * (drop / 0.25)
    start, step = 0.16, np.linspace(0, 1, 6)
    x = root_x[:, None] + (tip_x - root_x)[:, None] * step**1.4
    column = np.interp(x, c.x[int((TOP - 0.45) * TEXELS_PER_DM), FRONT], COLUMNS)
    root = rows[column[:, 0].astype(int)] - start * TEXELS_PER_DM
    y = root[:, None] + ((start + fall) * TEXELS_PER_DM)[:, None] * step**0.9
    tone = rng.normal(0.85, 0.16, n) + rng.normal(0, 0.16, locks)[mine]
    return draw(np.stack([column, y], -1), tone, rng.integers(1, 3, n), tips=2)


CURLS = 9000
"""Small curls under the large ones: they fill what would else look like single wires."""


def curls(over: np.ndarray, rng: np.random.Generator) -> Drawing:
    """Draws curls: many small ones, larger ones over them, none that stands alone on the skin.

    Args:
        over: (H W) height over the hairline, dm.
        rng: the subject's stream.
    """
    n, fine = 4200, rng.spawn(1)[0]
    column, row = rng.uniform(0, WIDTH, n), rng.uniform(0, HEIGHT * 0.8, n)
    column, row = column.astype(int), row.astype(int)
    kept = over[row, column] > rng.uniform(-0.02, 0.03, n)
    large = _arcs(over, column[kept], row[kept], (2.0, 5.0), 4.2, rng)
    column, row = fine.uniform(0, WIDTH, CURLS), fine.uniform(0, HEIGHT * 0.8, CURLS)
    column, row = column.astype(int), row.astype(int)
    kept = over[row, column] > fine.uniform(-0.02, 0.01, CURLS)
    small = _arcs(over, column[kept], row[kept], (1.2, 2.6), 3.0, fine)
    return draw(*(np.concatenate(both) for both in zip(small, large, strict=True)))


def _arcs(
    over: np.ndarray,
    column: np.ndarray,
    row: np.ndarray,
    radii: tuple[float, float],
    turns: float,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns paths (N 8 2), tone (N) and width (N) of arcs lit on their outer side.

    Args:
        over: (H W) height over the hairline, dm.
        column, row: (N) their middles.
        radii: least and largest radius, texels.
        turns: radians that an arc runs.
        rng: the subject's stream.
    """
    radius = rng.uniform(*radii, len(row))
    turn = rng.uniform(0, 2 * np.pi, len(row))[:, None] + np.linspace(0, turns, 8)
    deep = over[row, column] * TEXELS_PER_DM / radius
    radius = (radius * np.clip(0.5 + 0.25 * deep, 0.5, 1))[:, None]
    x, y = column[:, None] + radius * np.cos(turn), row[:, None] + radius * np.sin(turn)
    tone = 0.78 - 0.28 * np.sin(turn[:, 3]) + rng.normal(0, 0.16, len(row))
    thick = np.where(deep > 2.5, np.minimum(rng.integers(2, 5, len(row)), 3), 1)
    shown = (deep > 1.0) | (radii[1] < 3)
    return np.stack([x, y], -1)[shown], tone[shown], thick[shown]
