"""Light on skin, eyes, teeth and hair, sample by sample.

Skin scatters light under its surface: red light wraps further around
the form than blue and feels less of the pores.
"""

import math

import numpy as np
from numba import njit

N_COLUMNS = 15
"""Columns of the vertex table: normal 0-2, tangent 3-5, texel 6-7, eye offset 8-10, ambient
occlusion 11, key light's visibility 12, cavity 13, inner mouth 14."""

LOOSE = 0.7
"""Light on loose hair, times its colour."""


@njit(cache=True, fastmath=True)
def _under_lid(seen, region, y, x, reach):
    """Returns how much the upper lid shades an eyeball sample: 1 at the lid, 0 `reach` below."""
    for step in range(1, reach):
        row = y - step
        if row < 0:
            return 0.0
        t = seen[row, x]
        if t < 0 or (region[t] != 1 and region[t] != 2):
            return 1.0 - step / reach
    return 0.0


@njit(cache=True, fastmath=True)
def shade(
    samples, n, seen, second, third, triangles, region, table, paint, relief, strands,
    lights, looks, veil, background, out,
):  # fmt: skip
    """Computes the linear colour of every sample.

    Args:
        samples, n: what `plan` wrote.
        seen, second, third: the z-buffer.
        triangles, region: the mesh.
        table: (V N_COLUMNS) vertex attributes in camera space.
        paint: (H W 5) albedo, gloss, hair.
        relief: (H W 3) slopes and shade.
        strands: (h w) brightness of long hair by texel.
        lights: (L 6) direction and colour; row 0 is the key and casts shadows; the last two rows
            are the ambient light from below and above (colour in columns 3-5).
        looks: (16) iris 0-2, hair 3-5, lid's reach in samples 6, mouth's opening 7, sclera 8,
            plain skin 9-11, iris radius 12, pupil radius 13, scale px a dm 14.
        veil: (2 2H 2W) opacity of lashes, and of loose hair.
        background: (H W 3) linear.
        out: (n 3) written.
    """
    tall, wide = paint.shape[0], paint.shape[1]
    columns = seen.shape[1]
    n_lights = lights.shape[0] - 2
    low, high = n_lights, n_lights + 1
    halfway = np.empty((n_lights, 3), np.float32)
    for q in range(n_lights):
        hx, hy, hz = lights[q, 0], lights[q, 1], lights[q, 2] + 1.0
        length = 1.0 / math.sqrt(hx * hx + hy * hy + hz * hz)
        halfway[q, 0], halfway[q, 1], halfway[q, 2] = hx * length, hy * length, hz * length
    for m in range(n):
        y = samples[m] // columns
        x = samples[m] % columns
        t = seen[y, x]
        cover = 1 - veil[1, y, x]
        if t < 0:
            for c in range(3):
                out[m, c] = background[y // 2, x // 2, c] * cover + looks[3 + c] * LOOSE * (
                    1 - cover
                )
            continue
        i, j, k = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        v, w = second[y, x], third[y, x]
        u = 1 - v - w
        nx = u * table[i, 0] + v * table[j, 0] + w * table[k, 0]
        ny = u * table[i, 1] + v * table[j, 1] + w * table[k, 1]
        nz = u * table[i, 2] + v * table[j, 2] + w * table[k, 2]
        occlusion = u * table[i, 11] + v * table[j, 11] + w * table[k, 11]
        lit = u * table[i, 12] + v * table[j, 12] + w * table[k, 12]
        length = 1.0 / math.sqrt(nx * nx + ny * ny + nz * nz + 1e-12)
        nx *= length
        ny *= length
        nz *= length
        sx, sy, sz = nx, ny, nz
        gloss, hair, wrap_r, wrap_g, wrap_b = 0.2, 0.0, 0.42, 0.20, 0.12
        sharp = False
        r = region[t]
        red, green, blue = looks[9], looks[10], looks[11]
        if r == 0:
            fx = u * table[i, 6] + v * table[j, 6] + w * table[k, 6] - 0.5
            fy = u * table[i, 7] + v * table[j, 7] + w * table[k, 7] - 0.5
            fx = min(max(fx, 0.0), wide - 1.001)
            fy = min(max(fy, 0.0), tall - 1.001)
            c, q = int(fx), int(fy)
            dx, dy = fx - c, fy - q
            w00, w10, w01, w11 = (1 - dx) * (1 - dy), dx * (1 - dy), (1 - dx) * dy, dx * dy
            red = (
                w00 * paint[q, c, 0]
                + w10 * paint[q, c + 1, 0]
                + w01 * paint[q + 1, c, 0]
                + w11 * paint[q + 1, c + 1, 0]
            )
            green = (
                w00 * paint[q, c, 1]
                + w10 * paint[q, c + 1, 1]
                + w01 * paint[q + 1, c, 1]
                + w11 * paint[q + 1, c + 1, 1]
            )
            blue = (
                w00 * paint[q, c, 2]
                + w10 * paint[q, c + 1, 2]
                + w01 * paint[q + 1, c, 2]
                + w11 * paint[q + 1, c + 1, 2]
            )
            gloss = (
                w00 * paint[q, c, 3]
                + w10 * paint[q, c + 1, 3]
                + w01 * paint[q + 1, c, 3]
                + w11 * paint[q + 1, c + 1, 3]
            )
            hair = (
                w00 * paint[q, c, 4]
                + w10 * paint[q, c + 1, 4]
                + w01 * paint[q + 1, c, 4]
                + w11 * paint[q + 1, c + 1, 4]
            )
            across = (
                w00 * relief[q, c, 0]
                + w10 * relief[q, c + 1, 0]
                + w01 * relief[q + 1, c, 0]
                + w11 * relief[q + 1, c + 1, 0]
            )
            up = (
                w00 * relief[q, c, 1]
                + w10 * relief[q, c + 1, 1]
                + w01 * relief[q + 1, c, 1]
                + w11 * relief[q + 1, c + 1, 1]
            )
            dark = (
                w00 * relief[q, c, 2]
                + w10 * relief[q, c + 1, 2]
                + w01 * relief[q + 1, c, 2]
                + w11 * relief[q + 1, c + 1, 2]
            )
            tx = u * table[i, 3] + v * table[j, 3] + w * table[k, 3]
            ty = u * table[i, 4] + v * table[j, 4] + w * table[k, 4]
            tz = u * table[i, 5] + v * table[j, 5] + w * table[k, 5]
            bx, by, bz = ny * tz - nz * ty, nz * tx - nx * tz, nx * ty - ny * tx
            nx -= across * tx + up * bx
            ny -= across * ty + up * by
            nz -= across * tz + up * bz
            length = 1.0 / math.sqrt(nx * nx + ny * ny + nz * nz + 1e-12)
            nx *= length
            ny *= length
            nz *= length
            sx, sy, sz = 0.65 * sx + 0.35 * nx, 0.65 * sy + 0.35 * ny, 0.65 * sz + 0.35 * nz
            cavity = u * table[i, 13] + v * table[j, 13] + w * table[k, 13]
            occlusion *= max(0.3, 1 + dark) * min(1.12, max(0.45, 1 - cavity))
            inner = u * table[i, 14] + v * table[j, 14] + w * table[k, 14]
            if inner > 0.02:
                inner = min(1.0, inner * 1.5)
                red = red * (1 - inner) + inner * 0.08
                green = green * (1 - inner) + inner * 0.015
                blue = blue * (1 - inner) + inner * 0.015
                occlusion *= 1 - 0.9 * inner
                lit *= 1 - 0.9 * inner
                gloss *= 1 - inner
            wrap_r -= 0.3 * hair
        elif r == 1 or r == 2:
            ex = u * table[i, 8] + v * table[j, 8] + w * table[k, 8]
            ey = u * table[i, 9] + v * table[j, 9] + w * table[k, 9]
            ez = u * table[i, 10] + v * table[j, 10] + w * table[k, 10]
            length = math.sqrt(ex * ex + ey * ey + ez * ez) + 1e-9
            angle = math.acos(min(1.0, max(-1.0, ez / length)))
            white = looks[8]
            edge = min(1.0, max(0.0, (angle - 0.75) / 0.5))
            red, green, blue = white, white * (0.95 - 0.16 * edge), white * (0.91 - 0.18 * edge)
            iris = min(1.0, max(0.0, (looks[12] - angle) / 0.05))
            if iris > 0:
                ring = angle / looks[12]
                limbus = 1 - 0.65 * min(1.0, max(0.0, (ring - 0.72) / 0.28))
                fibres = 1 + 0.22 * math.sin(math.atan2(ey, ex) * 37) + 0.35 * (1 - ring)
                pupil = min(1.0, max(0.0, (angle - looks[13]) / 0.04))
                shine = limbus * fibres * pupil
                red = red * (1 - iris) + iris * (looks[0] * shine + 0.004)
                green = green * (1 - iris) + iris * (looks[1] * shine + 0.004)
                blue = blue * (1 - iris) + iris * (looks[2] * shine + 0.004)
            under = _under_lid(seen, region, y, x, int(looks[6]))
            occlusion = 0.92 * (1 - 0.62 * under)
            lit = min(1.0, lit + 0.35) * (1 - 0.72 * under)
            gloss, sharp = 1.3, True
            wrap_r, wrap_g, wrap_b = 0.35, 0.35, 0.35
        elif r == 3 or r == 4:
            red, green, blue = 0.60, 0.55, 0.46
            occlusion = 0.04 + 0.66 * looks[7]
            lit *= 0.10 + 0.80 * looks[7]
            gloss = 0.3 * looks[7]
        elif r == 5:
            red, green, blue = 0.30, 0.09, 0.09
            occlusion = 0.08 + 0.25 * looks[7]
            lit *= 0.10 + 0.35 * looks[7]
        elif r == 7:
            c = int(u * table[i, 6] + v * table[j, 6] + w * table[k, 6])
            q = int(u * table[i, 7] + v * table[j, 7] + w * table[k, 7])
            tone = strands[max(q, 0) % strands.shape[0], max(c, 0) % strands.shape[1]]
            red, green, blue = looks[3] * tone, looks[4] * tone, looks[5] * tone
            hair, gloss, wrap_r = 1.0, 0.0, 0.1
        elif r == 8:
            red, green, blue = looks[15], looks[15], looks[15]
            gloss, sharp = 0.6, True
        above = 0.5 + 0.5 * ny
        light_r = (lights[low, 3] * (1 - above) + lights[high, 3] * above) * occlusion
        light_g = (lights[low, 4] * (1 - above) + lights[high, 4] * above) * occlusion
        light_b = (lights[low, 5] * (1 - above) + lights[high, 5] * above) * occlusion
        glint_r, glint_g, glint_b = 0.0, 0.0, 0.0
        deep = 0.4 + 0.6 * occlusion
        by_r, by_g, by_b = 1 / (1 + wrap_r), 1 / (1 + wrap_g), 1 / (1 + wrap_b)
        for q in range(n_lights):
            lx, ly, lz = lights[q, 0], lights[q, 1], lights[q, 2]
            reach = deep
            if q == 0:
                reach = deep * lit
            soft = sx * lx + sy * ly + sz * lz
            hard = nx * lx + ny * ly + nz * lz
            light_r += lights[q, 3] * reach * max(0.0, soft + wrap_r) * by_r
            light_g += lights[q, 4] * reach * max(0.0, hard + wrap_g) * by_g
            light_b += lights[q, 5] * reach * max(0.0, hard + wrap_b) * by_b
            facing = nx * halfway[q, 0] + ny * halfway[q, 1] + nz * halfway[q, 2]
            facing = max(0.0, facing)
            f2 = facing * facing
            f4 = f2 * f2
            f8 = f4 * f4
            f16 = f8 * f8
            if sharp:
                f64 = f16 * f16 * f16 * f16
                glint = gloss * f64 * f64 * f64
            else:
                glint = gloss * (0.30 * f8 + 0.45 * f16 * f16) * max(0.0, hard) * reach * 0.6
            if q == 0 and sharp:
                glint *= 0.3 + 0.7 * lit
            if hair > 0.05:
                glint = glint * (1 - hair) + hair * 0.10 * f8 * reach * (0.25 + red)
            glint_r += lights[q, 3] * glint
            glint_g += lights[q, 4] * glint
            glint_b += lights[q, 5] * glint
        glint_r = (red * light_r + glint_r) * (1 - veil[0, y, x])
        glint_g = (green * light_g + glint_g) * (1 - veil[0, y, x])
        glint_b = (blue * light_b + glint_b) * (1 - veil[0, y, x])
        out[m, 0] = glint_r * cover + looks[3] * LOOSE * (1 - cover)
        out[m, 1] = glint_g * cover + looks[4] * LOOSE * (1 - cover)
        out[m, 2] = glint_b * cover + looks[5] * LOOSE * (1 - cover)
