"""One picture of one subject: mesh in, linear image out."""

from collections.abc import Mapping

import numpy as np

from data_prep.synth.acting.action_units import damped
from data_prep.synth.mesh import asset, raster
from data_prep.synth.mesh.asset import GLASSES, LASHES, LENSES, LONG_HAIR, SKIN, STRAY_HAIR, head
from data_prep.synth.mesh.canvas import canvas, smoothstep, tangents
from data_prep.synth.people import wrinkles
from data_prep.synth.people.appearance import Appearance
from data_prep.synth.render import sampling, shading, shadows
from data_prep.synth.render.scene import Light, View

FINER = 2
"""Samples a pixel along each axis."""
CAVITY = 0.9
"""Darkening of concave skin per unit of curvature (edge lengths), judged by eye."""
LASH_SLACK = 0.01
"""dm (times the camera's nearness) that lashes may lie behind a lid and still show."""
NECK = (-1.75, -1.05)
"""Heights (dm) between which the neck takes up the head's turn: shoulders face the camera."""
STRAY_OPACITY = (0.55, 0.55, 0.05)
"""Opacity of a loose hair at its root's two corners and at its tip."""
OFFSET = (
    asset.LEFT_EYE, asset.RIGHT_EYE, asset.UPPER_TEETH, asset.LOWER_TEETH, asset.TONGUE
)  # fmt: skip
"""Regions that are coloured by the offset from their middle."""
LENS_WINDOW, LENS_GLARE, LENS_ROOM = 24, 0.20, 0.045
"""How sharply lenses mirror a lamp, and how much of a lamp and of the room they mirror."""
UPPER_LASHES, LOWER_LASHES = 0.75, 0.2
"""Opacity at the lid."""
SHALLOWEST = 0.01
"""Share of a fold's depth below which it is not drawn."""


class Portrait:
    """Draws one subject; buffers are kept from frame to frame.

    Args:
        look: the subject.
        image_px: side of the square image.
    """

    def __init__(self, look: Appearance, image_px: int):
        side = image_px * FINER
        self.look, self.image_px = look, image_px
        self.n_skin = len(look.vertices)
        self._join(look)
        self._skip = np.isin(self.region, (LASHES, STRAY_HAIR, LENSES))
        casting = np.isin(self.region, (SKIN, LONG_HAIR, GLASSES))
        self._casts = np.ascontiguousarray(self.triangles[casting])
        self._depth = np.empty((side, side), np.float32)
        self._seen = np.empty((side, side), np.int32)
        self._veil = np.zeros((3, side, side), np.float32)
        self._samples = np.empty(side * side, np.int32)
        self._colours = np.empty((side * side, 3), np.float32)
        self._count = np.empty((image_px, image_px), np.uint8)
        self._normals = np.empty_like(self._rest)
        self._skin = look.skin.copy()
        self._folded: list[str] = []
        thin = [self.triangles[self.region == r] for r in (LASHES, STRAY_HAIR, LENSES)]
        self._lashes, self._strays, self._lenses = thin
        self._lash_opacity = np.minimum(_lash_opacity() * look.lashes, 0.95).astype(np.float32)
        self._stray_opacity = np.tile(np.float32(STRAY_OPACITY), (len(self._strays), 1))
        self._table = self._fixed_table()
        self._tangent = tangents(self._rest)
        self._tangent[: self.n_skin] = canvas().tangent
        self._edge = _edge_lengths(look.vertices)
        self._follows = smoothstep(*NECK, self._rest[:, 1])[:, None].astype(np.float32)

    def _join(self, look: Appearance) -> None:
        """Appends what is worn to the head's mesh."""
        h, n = head(), self.n_skin
        vertices, triangles, regions, texels = [look.vertices], [h.triangles], [h.region], []
        texels.append(canvas().texel)
        for worn in look.worn:
            triangles.append(worn.triangles + n)
            vertices.append(worn.vertices)
            regions.append(np.full(len(worn.triangles), worn.region, np.int8))
            texels.append(worn.texel)
            n += len(worn.vertices)
        self.triangles = np.concatenate(triangles).astype(np.int32)
        self.region, self._rest = np.concatenate(regions), np.concatenate(vertices)
        self._texel = np.concatenate(texels)

    def _fixed_table(self) -> np.ndarray:
        """Returns the vertex table with what no frame changes."""
        h, c, n = head(), canvas(), self.n_skin
        table = np.zeros((len(self._rest), shading.N_COLUMNS), np.float32)
        table[:, 6:8] = self._texel
        for region in OFFSET:
            part = np.flatnonzero(h.vertex_region == region)
            table[part, 8:11] = c.mean_face[part] - c.mean_face[part].mean(0)
        raster.normals(self._rest, self.triangles, self._normals)
        occlusion = shadows.ambient_occlusion(self._rest, self._normals, self._casts)
        smooth = asset.neighbours() @ occlusion[:n]
        table[:, 11] = 0.8
        table[:n, 11] = np.where(h.vertex_region == SKIN, 0.5 * occlusion[:n] + 0.5 * smooth, 0.8)
        lining = np.zeros(n, np.float32)
        lining[h.triangles[h.mouth_cavity]] = 1
        table[:n, 14] = np.maximum(h.inner_mouth, lining)
        return table

    def _fold(self, left: Mapping[int, float], right: Mapping[int, float]) -> None:
        """Shows the furrows of these AUs in the live relief."""
        folds, rest = self.look.furrows.folds, self.look.skin
        for name in self._folded:
            top, bottom, first, last = folds[name].box
            self._skin[top:bottom, first:last] = rest[top:bottom, first:last]
        self._folded = []
        left, right = damped(left), damped(right)
        for name, at in folds.items():
            on_left, on_right = wrinkles.depths(at, left), wrinkles.depths(at, right)
            if max(on_left.max(), on_right.max()) < SHALLOWEST:
                continue
            self._folded.append(name)
            wrinkles.fold(
                self._skin, at.box[0], at.box[2], at.relief, at.share, self.look.side,
                on_left, on_right, np.float32(at.rest),
            )  # fmt: skip

    def draw(
        self,
        face: np.ndarray,
        view: View,
        light: Light,
        backdrop: np.ndarray,
        left: Mapping[int, float],
        right: Mapping[int, float],
    ) -> tuple[np.ndarray, np.ndarray]:
        """Draws one frame.

        Args:
            face: (V 3) the expression, dm.
            view: pose and framing.
            light: lamps.
            backdrop: (H W 3) linear.
            left, right: AU -> intensity on the subject's own sides, for furrows.

        Returns:
            The linear image (H W 3), and the 68 landmarks (68 2), pixels (x, y).
        """
        rotation = view.rotation()
        upright = self._rest.copy()
        upright[: self.n_skin] = face
        turned = upright + self._follows * (upright @ rotation.T - upright)
        points = view.project(turned, self.image_px, FINER)
        raster.normals(turned, self.triangles, self._normals)
        self._fold(left, right)
        table = self._lit_table(turned, rotation, light)
        raster.visible(points, self.triangles, self._skip, self._depth, self._seen)
        veils = [(self._lashes, self._lash_opacity), (self._strays, self._stray_opacity)]
        if len(self._lenses):
            veils.append((self._lenses, self._mirrored(turned, light)))
        for out, (thin, opacity) in zip(self._veil, veils, strict=False):
            raster.veil(points, thin, opacity, self._depth, LASH_SLACK, out)
        n = sampling.plan(
            self._seen, self._depth, self.region, self._veil[1], self._samples, self._count
        )
        shading.shade(
            self._samples, n, self._seen, points, self.triangles, self.region,
            table, self._skin, self.look.strands, light.rows,
            self._looks(face, view), self._veil, backdrop, self._colours,
        )  # fmt: skip
        image = np.empty((self.image_px, self.image_px, 3), np.float32)
        sampling.gather(self._colours, self._count, image)
        return image, points[head().landmarks, :2] / FINER

    def _lit_table(self, turned: np.ndarray, rotation: np.ndarray, light: Light) -> np.ndarray:
        """Returns the vertex table of this frame."""
        n, table, around = self.n_skin, self._table, asset.neighbours()
        table[:, 0:3] = self._normals
        table[:, 3:6] = self._tangent @ rotation.T
        lit = shadows.visibility(turned, self._casts, light.key)
        table[:, 12] = lit
        table[:n, 12] = np.where(head().vertex_region == SKIN, around @ lit[:n], lit[:n])
        bend = ((around @ turned[:n] - turned[:n]) * self._normals[:n]).sum(1) / self._edge
        table[:n, 13] = np.clip(CAVITY * bend, -0.12, 0.5)
        return table

    def _mirrored(self, turned: np.ndarray, light: Light) -> np.ndarray:
        """Returns the light that the lenses send to the camera, at triangle corners (F 3)."""
        normal = self._normals[self._lenses]
        sight = normal * (2 * normal[..., 2:]) - np.float32([0, 0, 1])
        lamps = np.maximum(sight @ light.rows[:-2, :3].T, 0)
        glare = (lamps**LENS_WINDOW @ light.rows[:-2, 3:].mean(1)) * LENS_GLARE
        room = 0.5 + 0.5 * sight[..., 1]
        return np.ascontiguousarray(glare + LENS_ROOM * room * light.rows[-1, 3:].mean())

    def _looks(self, face: np.ndarray, view: View) -> np.ndarray:
        """Returns the shader's scalars, see `shading.shade`."""
        scale = view.scale * self.image_px / 256 * FINER
        looks = np.zeros(16, np.float32)
        looks[0:3] = self.look.iris
        looks[3:6] = self.look.hair.colour
        looks[6] = max(2, 0.075 * scale)
        looks[7] = np.clip(lip_gap(face) / 0.06, 0, 1)
        looks[8] = 0.68
        looks[9:12] = self.look.skin_tone
        looks[12], looks[13] = 0.47, 0.17
        looks[14] = scale
        looks[15] = 0.02
        return looks


def lip_gap(face: np.ndarray) -> float:
    """Returns the opening between the lips' inner rims at the middle, dm."""
    upper, lower = face[head().landmarks[[62, 66]]]
    return float(max(upper[1] - lower[1], 0.0))


def _edge_lengths(vertices: np.ndarray) -> np.ndarray:
    """Returns the mean length of the skin edges at each vertex (V), dm."""
    graph = asset.neighbours().tocoo()
    length = np.linalg.norm(vertices[graph.row] - vertices[graph.col], axis=1)
    total = np.bincount(graph.row, weights=length * graph.data, minlength=len(vertices))
    return np.maximum(total, 1e-3).astype(np.float32)


def _lash_opacity() -> np.ndarray:
    """Returns the lashes' opacity at triangle corners (F 3): full at the lid, none at the tip."""
    h = head()
    triangles = h.triangles[h.region == LASHES]
    face = canvas().mean_face
    opacity = np.zeros(triangles.shape, np.float32)
    for region in (asset.LEFT_EYE, asset.RIGHT_EYE):
        centre = face[h.vertex_region == region].mean(0)
        near = np.sign(face[triangles][..., 0].mean(1)) == np.sign(centre[0])
        reach = np.linalg.norm(face[triangles[near]] - centre, axis=-1)
        low, high = np.percentile(reach, 8), np.percentile(reach, 92)
        fade = np.clip(1 - (reach - low) / (high - low), 0, 1) ** 1.2
        below = face[triangles[near]][..., 1] < centre[1]
        opacity[near] = fade * np.where(below, LOWER_LASHES, UPPER_LASHES)
    return opacity
