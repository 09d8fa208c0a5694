"""The baked head, as the renderer sees it: geometry in decimetres, origin between the eyes."""

from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from scipy import sparse

from data_prep.synth.mesh import fields
from data_prep.synth.mesh.stored import QUANTUM, load

ASSET = Path(__file__).with_name("head.npz.xz")

SKIN, RIGHT_EYE, LEFT_EYE = 0, 2, 1
UPPER_TEETH, LOWER_TEETH, TONGUE, LASHES = 3, 4, 5, 6
LONG_HAIR, GLASSES, STRAY_HAIR, LENSES = 7, 8, 9, 10
"""Region numbers. `helper-l-eye` is the subject's own left eye (x > 0, right in the image)."""


@dataclass(frozen=True)
class Head:
    """The mesh and its morph targets.

    Convention: x towards the subject's left (right in the image), y up, z towards the camera; dm.

    Attributes:
        vertices: (V 3) the template; every identity adds macro targets to it.
        triangles: (F 3) vertex indices, counter-clockwise seen from outside.
        region: (F) what a triangle belongs to, see the constants above.
        vertex_region: (V) the same by vertex.
        uv: (F 3 2) texture coordinates of the corners, 0..1.
        unit, macro, local: name -> row of the targets; units are the stored 52 and `fields`.
        unit_moves, macro_moves, local_moves: (M V*3) displacement at weight 1.
        lips, lids, ears, inner_mouth: (V) masks, 0..1.
        lips_texture: (1024 1024) lip mask in texture space, 0..1.
        mouth_cavity, eye_cavity: (F) triangles that line the mouth and the sockets.
        landmarks: (68) vertex of each of dlib's 68 points.
    """

    vertices: np.ndarray
    triangles: np.ndarray
    region: np.ndarray
    vertex_region: np.ndarray
    uv: np.ndarray
    unit: dict[str, int]
    macro: dict[str, int]
    local: dict[str, int]
    unit_moves: np.ndarray
    macro_moves: np.ndarray
    local_moves: np.ndarray
    lips: np.ndarray
    lids: np.ndarray
    ears: np.ndarray
    inner_mouth: np.ndarray
    lips_texture: np.ndarray
    mouth_cavity: np.ndarray
    eye_cavity: np.ndarray
    landmarks: np.ndarray

    def morph(self, kind: str, name: str) -> np.ndarray:
        """Returns the displacement (V 3) of one target; zero where the wheel has an empty one."""
        row = getattr(self, kind).get(name)
        if row is None:
            return np.zeros_like(self.vertices)
        return getattr(self, f"{kind}_moves")[row].reshape(-1, 3)


def _moves(stored: np.ndarray) -> np.ndarray:
    moves = stored.transpose(0, 2, 1).astype(np.float32) * np.float32(QUANTUM)
    return np.ascontiguousarray(moves).reshape(len(stored), -1)


@lru_cache(maxsize=1)
def head() -> Head:
    """Returns the baked head with our own units (loaded once a process, about 0.3 s)."""
    baked = _baked()
    face = mean_face(baked)
    face = face - eye_centre(face, baked)
    jaw = baked.morph("unit", "jawOpen")
    own = dict(fields.own_units(face, baked.vertex_region, jaw))
    rows = {name: len(baked.unit) + i for i, name in enumerate(own)}
    moves = np.array([m.ravel() for m in own.values()])
    return replace(
        baked, unit=baked.unit | rows, unit_moves=np.concatenate([baked.unit_moves, moves])
    )


def _baked() -> Head:
    stored = load(ASSET)
    triangles = stored["triangles"].astype(np.int32)
    vertices = (stored["vertices"] * QUANTUM).astype(np.float32)
    vertex_region = np.zeros(len(vertices), np.int8)
    vertex_region[triangles.ravel()] = np.repeat(stored["region"], 3)
    masks = {k: stored[k] / np.float32(255) for k in ("lips", "lids", "ears", "inner_mouth")}
    kinds = ("unit", "macro", "local")
    return Head(
        vertices=vertices,
        triangles=triangles,
        region=stored["region"],
        vertex_region=vertex_region,
        uv=stored["uv"] / np.float32(65535),
        lips_texture=stored["lips_texture"] / np.float32(255),
        mouth_cavity=stored["mouth_cavity"],
        eye_cavity=stored["eye_cavity"],
        landmarks=stored["landmarks"].astype(int),
        **masks,
        **{k: {str(n): i for i, n in enumerate(stored[f"{k}_names"])} for k in kinds},
        **{f"{k}_moves": _moves(stored[f"{k}_moves"]) for k in kinds},
    )


def mean_face(h: Head) -> np.ndarray:
    """Returns the mean of the young adult macros (V 3), dm, not centred."""
    out = h.vertices.copy()
    for sex in ("male", "female"):
        out += 0.5 * h.morph("macro", f"{sex}/young/average")
        for ancestry in ("african", "asian", "caucasian"):
            out += 0.5 / 3 * h.morph("macro", f"{sex}/young/{ancestry}")
    return out


def eye_centre(vertices: np.ndarray, h: Head | None = None) -> np.ndarray:
    """Returns the point (3) midway between the two eyeballs' centres."""
    region = (h or head()).vertex_region
    eyes = [vertices[region == r].mean(0) for r in (LEFT_EYE, RIGHT_EYE)]
    return (eyes[0] + eyes[1]) / 2


@lru_cache(maxsize=1)
def neighbours() -> sparse.csr_matrix:
    """Returns the (V V) row-normalised adjacency of the skin mesh."""
    h = head()
    skin = h.triangles[h.region == SKIN]
    edges = np.vstack([skin[:, [0, 1]], skin[:, [1, 2]], skin[:, [2, 0]]])
    edges = np.vstack([edges, edges[:, ::-1]])
    n = len(h.vertices)
    graph = sparse.coo_matrix((np.ones(len(edges), np.float32), edges.T), (n, n)).tocsr()
    graph.data[:] = 1
    degree = np.maximum(np.asarray(graph.sum(1)).ravel(), 1)
    return (sparse.diags(1 / degree) @ graph).tocsr().astype(np.float32)
