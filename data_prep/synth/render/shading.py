"""Light on skin, eyes, teeth and hair, sample by sample.

Skin scatters light under its surface: red light wraps further around
the form than blue and feels less of the pores, but nearly all of a fold. Hair shines along its
strands, not at a point.
"""

import math

import numpy as np

from data_prep.synth.compiled import njit
from data_prep.synth.mesh import raster
from data_prep.synth.render.parts import beneath, edge, eye, tongue, tooth

N_COLUMNS = 16
"""Columns of the vertex table: normal 0-2, tangent 3-5, texel 6-7, offset from the middle of the
eyeball or of the teeth 8-10, ambient occlusion 11, key light's visibility 12, cavity 13, inner
mouth 14; 16 in all, because that many are mixed at once."""
N_CHANNELS = 8
"""Channels of a texel of skin: albedo 0-2, gloss 3, hair 4, slopes 5-6, shade 7."""

BEHIND = -0.42
"""Cosine to a lamp under which no light wraps around to a sample."""
LOOSE = 0.7
"""Light on loose hair, times its colour."""
LID_MARGIN = 0.012
"""Height of the lower lid's margin as seen from the front, dm: lids are 1 to 2 mm thick."""
RIM, LINING = 0.2, 0.85
"""Share of a mouth's inside (table column 14) from which a lip's rim is wet, and is the dark."""
LIP_LINE = 0.02
"""Height of the shade under the lip that lies on another, dm."""
CLOSED_LINE, SLIVER = 0.8, 0.5
"""How dark the line between closed lips is, and the inside that shows between such lips."""
RED_PORES, RED_FOLDS, LESS_WRAP, FOLD_SLOPE = 0.35, 0.92, 0.16, 0.04
"""How much of a slope red light feels: of pores, finer than it travels under the skin (2 to 4 mm),
and of folds, wider than that; how much less it wraps around a fold's flanks, which are smaller than
a face; and the square of the slope halfway between the two. So a crease is dark, not sore."""
STRAND_LIFT = 0.28
"""How far a strand's own tilt moves its highlight along it, per unit of its brightness."""


@njit(cache=True, fastmath=True)
def shade(
    samples, n, seen, points, triangles, region, table, skin, strands,
    lights, looks, veil, background, out,
):  # fmt: skip
    """Computes the linear colour of every sample.

    Args:
        samples, n: what `plan` wrote.
        seen: (2H 2W) the triangle under a sample.
        points: (V 3) projected vertices.
        triangles, region: the mesh.
        table: (V N_COLUMNS) vertex attributes in camera space.
        skin: (H W N_CHANNELS) what is painted.
        strands: (h w) brightness of long hair by texel.
        lights: (L 6) direction and colour; row 0 is the key and casts shadows; the last two rows
            are the ambient light from below and above (colour in columns 3-5).
        looks: (16) iris 0-2, hair 3-5, lid's reach in samples 6, mouth's opening 7, sclera 8,
            plain skin 9-11, iris radius 12, pupil radius 13, scale px a dm 14, glasses 15.
        veil: (3 2H 2W) opacity of lashes, of loose hair, and what lenses mirror.
        background: (H W 3) linear.
        out: (n 3) written.
    """
    tall, wide = skin.shape[0], skin.shape[1]
    columns = seen.shape[1]
    n_lights = lights.shape[0] - 2
    low, high = n_lights, n_lights + 1
    halfway = np.empty((n_lights, 3), np.float32)
    for q in range(n_lights):
        hx, hy, hz = lights[q, 0], lights[q, 1], lights[q, 2] + 1.0
        length = 1.0 / math.sqrt(hx * hx + hy * hy + hz * hz)
        halfway[q, 0], halfway[q, 1], halfway[q, 2] = hx * length, hy * length, hz * length
    apart = min(1.0, SLIVER + 3 * looks[7])
    at, texel = np.empty(N_COLUMNS, np.float32), np.empty(N_CHANNELS, np.float32)
    for m in range(n):
        y = samples[m] // columns
        x = samples[m] % columns
        t = seen[y, x]
        cover, mirror = 1 - veil[1, y, x], veil[2, y, x]
        if t < 0:
            for c in range(3):
                behind = background[y // 2, x // 2, c] * cover
                out[m, c] = behind + looks[3 + c] * LOOSE * (1 - cover) + mirror
            continue
        i, j, k = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        u, v, w = raster.weights(points, triangles, t, y, x)
        for c in range(N_COLUMNS):
            at[c] = u * table[i, c] + v * table[j, c] + w * table[k, c]
        nx, ny, nz = at[0], at[1], at[2]
        occlusion, lit = at[11], at[12]
        length = 1.0 / math.sqrt(nx * nx + ny * ny + nz * nz + 1e-12)
        nx, ny, nz = nx * length, ny * length, nz * length
        sx, sy, sz = nx, ny, nz
        tx, ty, tz = at[3], at[4], at[5]
        bx, by, bz = ny * tz - nz * ty, nz * tx - nx * tz, nx * ty - ny * tx
        gloss, hair, wrap_r, wrap_g, wrap_b = 0.2, 0.0, 0.42, 0.20, 0.12
        strand = 0.0
        sharp = False
        r = region[t]
        red, green, blue = looks[9], looks[10], looks[11]
        if r == 0:
            fx = min(max(at[6] - 0.5, 0.0), wide - 1.001)
            fy = min(max(at[7] - 0.5, 0.0), tall - 1.001)
            p, q = int(fx), int(fy)
            dx, dy = np.float32(fx - p), np.float32(fy - q)
            ex, ey = np.float32(1) - dx, np.float32(1) - dy
            for c in range(N_CHANNELS):
                upper = ex * skin[q, p, c] + dx * skin[q, p + 1, c]
                texel[c] = ey * upper + dy * (ex * skin[q + 1, p, c] + dx * skin[q + 1, p + 1, c])
            red, green, blue, gloss, hair = texel[0], texel[1], texel[2], texel[3], texel[4]
            nx -= texel[5] * tx + texel[6] * bx
            ny -= texel[5] * ty + texel[6] * by
            nz -= texel[5] * tz + texel[6] * bz
            length = 1.0 / math.sqrt(nx * nx + ny * ny + nz * nz + 1e-12)
            nx, ny, nz = nx * length, ny * length, nz * length
            steep = texel[5] * texel[5] + texel[6] * texel[6]
            folded = steep / (steep + FOLD_SLOPE)
            felt = RED_PORES + (RED_FOLDS - RED_PORES) * folded
            wrap_r -= LESS_WRAP * folded
            sx, sy, sz = sx + felt * (nx - sx), sy + felt * (ny - sy), sz + felt * (nz - sz)
            occlusion *= max(0.3, 1 + texel[7]) * min(1.12, max(0.45, 1 - at[13]))
            if at[14] > 0.02:
                inner = min(1.0, max(0.0, (at[14] - RIM) / (1 - RIM)))
                wet = 1.0 - 0.55 * inner
                deep_in = min(1.0, max(0.0, (at[14] - LINING) / (1 - LINING)))
                line = beneath(seen, triangles, region, table, y, x, int(LIP_LINE * looks[14]))
                if sy < 0:
                    line = max(line, 0.6)
                hidden = max(deep_in * apart, CLOSED_LINE * min(1.0, 2 * inner) * line)
                red *= wet * (1 - 0.95 * hidden)
                green *= wet * (1 - 0.985 * hidden)
                blue *= wet * (1 - 0.98 * hidden)
                gloss *= 1 - hidden
            wrap_r -= 0.3 * hair
            strand = gloss
        elif r == 1 or r == 2:
            red, green, blue = eye(at[8], at[9], at[10], 2.0 * r - 3.0, looks)
            under = edge(seen, region, y, x, int(looks[6]), -1)
            occlusion = 0.95 * (1 - 0.46 * under)
            lit = min(1.0, lit + 0.35) * (1 - 0.50 * under)
            gloss, sharp = 1.3, True
            wrap_r, wrap_g, wrap_b = 0.35, 0.35, 0.35
            margin = min(1.0, 2 * edge(seen, region, y, x, 2 + int(LID_MARGIN * looks[14]), 1))
            if margin > 0:
                red = red * (1 - margin) + margin * looks[9] * 1.05
                green = green * (1 - margin) + margin * looks[10] * 0.80
                blue = blue * (1 - margin) + margin * looks[11] * 0.75
                gloss *= 1 - 0.7 * margin
        elif r == 3 or r == 4:
            red, green, blue = tooth(at[8], at[9], at[10], 7.0 - 2.0 * r)
            under = edge(seen, region, y, x, int(looks[6] * 0.6), -1)
            shaded = (1 - 0.55 * under) * min(1.0, 0.15 + 1.5 * looks[7])
            # the side of teeth that faces the tongue gets little light
            outside = sx * at[8] + sz * (at[10] + 0.1)
            shaded *= min(1.0, max(0.12, 0.9 + 8 * outside))
            red, green, blue = red * shaded, green * shaded, blue * shaded * (0.9 + 0.1 * shaded)
            occlusion = 0.70
            lit = 0.5 + 0.5 * lit
            gloss = 0.6 * looks[7] * (1 - under)
        elif r == 5:
            under = edge(seen, region, y, x, int(looks[6] * 2.2), -1)
            red, green, blue = tongue(at[8], at[10], under, looks[7])
            occlusion = 0.5
            gloss = 0.6 * red * looks[7]
        elif r == 7:
            row, column = int(max(at[7], 0.0)), int(max(at[6], 0.0))
            strand = strands[row % strands.shape[0], column % strands.shape[1]]
            red, green, blue = looks[3] * strand, looks[4] * strand, looks[5] * strand
            hair, wrap_r = 1.0, 0.1
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
            if soft < BEHIND and hard < BEHIND and not sharp:
                continue
            light_r += lights[q, 3] * reach * max(0.0, soft + wrap_r) * by_r
            light_g += lights[q, 4] * reach * max(0.0, hard + wrap_g) * by_g
            light_b += lights[q, 5] * reach * max(0.0, hard + wrap_b) * by_b
            facing = nx * halfway[q, 0] + ny * halfway[q, 1] + nz * halfway[q, 2]
            f2 = max(0.0, facing)
            f2 *= f2
            f8 = f2 * f2 * f2 * f2
            f16 = f8 * f8
            if sharp:
                f64 = f16 * f16 * f16 * f16
                glint = gloss * f64 * f64 * f64
            else:
                glint = gloss * (0.30 * f8 + 0.45 * f16 * f16) * max(0.0, hard) * reach * 0.6
            if q == 0 and sharp:
                glint *= 0.3 + 0.7 * lit
            if hair > 0.05:
                lean = bx * halfway[q, 0] + by * halfway[q, 1] + bz * halfway[q, 2]
                lean += STRAND_LIFT * (strand - 0.85)
                across = max(0.0, 1 - lean * lean)
                across *= across
                across *= across
                band = across * across * across * (0.35 + 0.65 * across * across * across)
                band *= reach * max(0.0, hard + 0.3) * strand
                glint = glint * (1 - hair) + hair * band * (0.035 + 0.45 * red)
            glint_r += lights[q, 3] * glint
            glint_g += lights[q, 4] * glint
            glint_b += lights[q, 5] * glint
        bare = (1 - veil[0, y, x]) * cover
        out[m, 0] = (red * light_r + glint_r) * bare + looks[3] * LOOSE * (1 - cover) + mirror
        out[m, 1] = (green * light_g + glint_g) * bare + looks[4] * LOOSE * (1 - cover) + mirror
        out[m, 2] = (blue * light_b + glint_b) * bare + looks[5] * LOOSE * (1 - cover) + mirror
