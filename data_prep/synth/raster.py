"""Which triangle does a pixel see? A z-buffer on the CPU, compiled by numba.

Convention: a projected point is (x, y, depth) in pixels of the sample grid, y down, pixel centres
at +0.5; a larger depth is nearer; triangles that face away are skipped.
"""

import math

import numpy as np
from numba import njit


@njit(cache=True, fastmath=True)
def normals(vertices, triangles, out):
    """Writes the area-weighted unit normal of every vertex to `out` (V 3)."""
    out[:] = 0
    for t in range(triangles.shape[0]):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        ux = vertices[b, 0] - vertices[a, 0]
        uy = vertices[b, 1] - vertices[a, 1]
        uz = vertices[b, 2] - vertices[a, 2]
        wx = vertices[c, 0] - vertices[a, 0]
        wy = vertices[c, 1] - vertices[a, 1]
        wz = vertices[c, 2] - vertices[a, 2]
        nx = uy * wz - uz * wy
        ny = uz * wx - ux * wz
        nz = ux * wy - uy * wx
        for k in (a, b, c):
            out[k, 0] += nx
            out[k, 1] += ny
            out[k, 2] += nz
    for i in range(out.shape[0]):
        length = math.sqrt(out[i, 0] ** 2 + out[i, 1] ** 2 + out[i, 2] ** 2) + 1e-12
        out[i, 0] /= length
        out[i, 1] /= length
        out[i, 2] /= length


@njit(cache=True, fastmath=True)
def visible(points, triangles, skip, depth, seen, second, third):
    """Fills the z-buffer.

    Args:
        points: (V 3) projected vertices.
        triangles: (F 3).
        skip: (F) bool, triangles to leave out.
        depth: (H W) written: nearest depth.
        seen: (H W) int32 written: triangle index, -1 where there is none.
        second, third: (H W) written: barycentric weights of corners 1 and 2.
    """
    height, width = depth.shape
    depth[:] = -1e30
    seen[:] = -1
    for t in range(triangles.shape[0]):
        if skip[t]:
            continue
        i, j, k = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        x0, y0 = points[i, 0], points[i, 1]
        x1, y1 = points[j, 0], points[j, 1]
        x2, y2 = points[k, 0], points[k, 1]
        area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        if area >= -1e-9:
            continue
        left = max(0, math.ceil(min(x0, x1, x2) - 0.5))
        right = min(width - 1, math.floor(max(x0, x1, x2) - 0.5))
        top = max(0, math.ceil(min(y0, y1, y2) - 0.5))
        bottom = min(height - 1, math.floor(max(y0, y1, y2) - 0.5))
        inverse = 1.0 / area
        z0, z1, z2 = points[i, 2], points[j, 2], points[k, 2]
        e1x, e1y = (y2 - y0) * inverse, -(x2 - x0) * inverse
        e2x, e2y = -(y1 - y0) * inverse, (x1 - x0) * inverse
        for y in range(top, bottom + 1):
            dy = y + 0.5 - y0
            w1 = (left + 0.5 - x0) * e1x + dy * e1y
            w2 = (left + 0.5 - x0) * e2x + dy * e2y
            for x in range(left, right + 1):
                if w1 >= 0 and w2 >= 0 and w1 + w2 <= 1:
                    z = z0 + w1 * (z1 - z0) + w2 * (z2 - z0)
                    if z > depth[y, x]:
                        depth[y, x] = z
                        seen[y, x] = t
                        second[y, x] = w1
                        third[y, x] = w2
                w1 += e1x
                w2 += e2x


@njit(cache=True, fastmath=True)
def depth_map(points, triangles, depth):
    """Fills only the nearest depth (H W), from either side of a triangle: for shadows."""
    height, width = depth.shape
    depth[:] = -1e30
    for t in range(triangles.shape[0]):
        i, j, k = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        x0, y0 = points[i, 0], points[i, 1]
        x1, y1 = points[j, 0], points[j, 1]
        x2, y2 = points[k, 0], points[k, 1]
        area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        if abs(area) < 1e-9:
            continue
        left = max(0, math.ceil(min(x0, x1, x2) - 0.5))
        right = min(width - 1, math.floor(max(x0, x1, x2) - 0.5))
        top = max(0, math.ceil(min(y0, y1, y2) - 0.5))
        bottom = min(height - 1, math.floor(max(y0, y1, y2) - 0.5))
        inverse = 1.0 / area
        z0, z1, z2 = points[i, 2], points[j, 2], points[k, 2]
        e1x, e1y = (y2 - y0) * inverse, -(x2 - x0) * inverse
        e2x, e2y = -(y1 - y0) * inverse, (x1 - x0) * inverse
        for y in range(top, bottom + 1):
            dy = y + 0.5 - y0
            w1 = (left + 0.5 - x0) * e1x + dy * e1y
            w2 = (left + 0.5 - x0) * e2x + dy * e2y
            for x in range(left, right + 1):
                if w1 >= 0 and w2 >= 0 and w1 + w2 <= 1:
                    z = z0 + w1 * (z1 - z0) + w2 * (z2 - z0)
                    if z > depth[y, x]:
                        depth[y, x] = z
                w1 += e1x
                w2 += e2x


@njit(cache=True, fastmath=True)
def veil(points, triangles, opacity, depth, slack, out):
    """Adds thin, partly transparent triangles (lashes, stray hair) in front of what is seen.

    Args:
        points: (V 3) projected vertices.
        triangles: (F 3), drawn from either side.
        opacity: (F 3) at the corners, 0..1.
        depth: (H W) the filled z-buffer.
        slack: depth by which a veil may lie behind a surface and still show.
        out: (H W) float32 written: opacity of what lies in front.
    """
    height, width = depth.shape
    out[:] = 0
    for t in range(triangles.shape[0]):
        i, j, k = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        x0, y0 = points[i, 0], points[i, 1]
        x1, y1 = points[j, 0], points[j, 1]
        x2, y2 = points[k, 0], points[k, 1]
        area = (x1 - x0) * (y2 - y0) - (x2 - x0) * (y1 - y0)
        if abs(area) < 1e-9:
            continue
        left = max(0, math.ceil(min(x0, x1, x2) - 0.5))
        right = min(width - 1, math.floor(max(x0, x1, x2) - 0.5))
        top = max(0, math.ceil(min(y0, y1, y2) - 0.5))
        bottom = min(height - 1, math.floor(max(y0, y1, y2) - 0.5))
        for y in range(top, bottom + 1):
            for x in range(left, right + 1):
                w1 = ((x + 0.5 - x0) * (y2 - y0) - (y + 0.5 - y0) * (x2 - x0)) / area
                w2 = ((y + 0.5 - y0) * (x1 - x0) - (x + 0.5 - x0) * (y1 - y0)) / area
                if w1 >= 0 and w2 >= 0 and w1 + w2 <= 1:
                    w0 = 1 - w1 - w2
                    z = w0 * points[i, 2] + w1 * points[j, 2] + w2 * points[k, 2]
                    if z > depth[y, x] - slack:
                        a = w0 * opacity[t, 0] + w1 * opacity[t, 1] + w2 * opacity[t, 2]
                        out[y, x] = max(out[y, x], np.float32(a))
