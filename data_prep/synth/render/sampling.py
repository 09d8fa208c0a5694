"""Where a picture is sampled: twice as finely as it is written, but only where it matters.

Smooth skin takes one sample a pixel; edges, eyes and loose hair take four.
"""

from data_prep.synth.compiled import njit

EDGE_STEP = 0.05
"""dm between the four samples of a pixel that make it an edge: a surface seen at 75 degrees."""


@njit(cache=True, fastmath=True)
def plan(seen, depth, region, stray, samples, count):
    """Chooses the samples of each pixel.

    Args:
        seen, depth: (2H 2W) filled z-buffer.
        region: (F).
        stray: (2H 2W) opacity of loose hair.
        samples: written: flat index into the sample grid.
        count: (H W) written: 1 or 4.

    Returns:
        How many samples were written.
    """
    height, width = count.shape
    n = 0
    for y in range(height):
        for x in range(width):
            a, b = 2 * y, 2 * x
            t0, t1, t2, t3 = seen[a, b], seen[a, b + 1], seen[a + 1, b], seen[a + 1, b + 1]
            hairs = stray[a, b] + stray[a, b + 1] + stray[a + 1, b] + stray[a + 1, b + 1]
            smooth = t0 < 0 and t1 < 0 and t2 < 0 and t3 < 0 and hairs == 0
            if hairs == 0 and t0 >= 0 and t1 >= 0 and t2 >= 0 and t3 >= 0:
                r = region[t0]
                if (r == 0 or r == 7) and region[t1] == r and region[t2] == r and region[t3] == r:
                    z0, z1 = depth[a, b], depth[a, b + 1]
                    z2, z3 = depth[a + 1, b], depth[a + 1, b + 1]
                    smooth = max(z0, z1, z2, z3) - min(z0, z1, z2, z3) < EDGE_STEP
            samples[n] = a * 2 * width + b
            count[y, x] = 1
            n += 1
            if not smooth:
                samples[n] = a * 2 * width + b + 1
                samples[n + 1] = (a + 1) * 2 * width + b
                samples[n + 2] = (a + 1) * 2 * width + b + 1
                count[y, x] = 4
                n += 3
    return n


@njit(cache=True, fastmath=True)
def gather(colours, count, image):
    """Averages each pixel's samples into the linear image (H W 3)."""
    n = 0
    for y in range(count.shape[0]):
        for x in range(count.shape[1]):
            if count[y, x] == 1:
                for c in range(3):
                    image[y, x, c] = colours[n, c]
                n += 1
            else:
                for c in range(3):
                    a = min(1.2, colours[n, c]) + min(1.2, colours[n + 1, c])
                    b = min(1.2, colours[n + 2, c]) + min(1.2, colours[n + 3, c])
                    image[y, x, c] = 0.25 * (a + b)
                n += 4
