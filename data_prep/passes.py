"""The two passes over a corpus: landmarks of every image, then patches of every face.

Each works in chunks (:mod:`data_prep.chunks`) that are kept, as they are finished, in a folder
named by a key of all that they depend on: a rerun takes finished chunks as they are, and a change
of a parameter never meets a stale one.
"""

import hashlib
import json
import platform
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float, Float32
from numpy.lib.format import open_memmap

from data_prep.chunks import Chunk, whole
from data_prep.pictures import Picture, decode_picture, pictures, read_picture, said
from dsin_lib.data.frames import initial_status, neutral
from dsin_lib.data.store import BOX_COLUMNS, LANDMARKS, write_text
from dsin_lib.faces.align import TRANSFORMS, align
from dsin_lib.faces.images import ImageError
from dsin_lib.faces.landmarks import N_POINTS, landmarks
from dsin_lib.faces.patches import PATCH_POINTS, WINDOWS, crop, resize
from dsin_lib.shapes import ALIGNED_PX, PATCHES

CHUNK = 64  # frames; what a kill costs at most, twice per worker
CODE = 1  # raise it when the same parameters begin to give other pixels
LIBRARIES = ("dlib-bin", "opencv-python-headless", "scikit-image", "pillow", "numpy")

Run = Callable[[str, Callable[..., None], Sequence[Chunk]], None]
"""``run_chunks`` with its workers and progress bar settled."""


@dataclass(frozen=True)
class Parameters:
    """What the pixels of a store depend on, besides the corpus. Paper: Sec. 4.1.2.

    Attributes:
        alignment: Reading alignment, see :func:`dsin_lib.faces.align.align`.
        patch_crop: Reading patch-crop, see :func:`dsin_lib.faces.patches.window`.
        face_px: Width and height of the stored face; 224 as printed, 112 for a CPU.
        patch_px: Width and height of a patch; 56 as printed.
        upsample: Doublings of the image before the detector looks at it.
    """

    alignment: str = "similarity"
    patch_crop: str = "box"
    face_px: int = 112
    patch_px: int = 56
    upsample: int = 0

    def __post_init__(self) -> None:
        allowed: dict[str, Sequence[Any]] = {
            "alignment": tuple(TRANSFORMS),
            "patch_crop": tuple(WINDOWS),
            "face_px": range(16, ALIGNED_PX + 1),
            "patch_px": range(8, ALIGNED_PX + 1),
            "upsample": range(4),
        }
        for field in fields(self):
            value, good = getattr(self, field.name), allowed[field.name]
            if value not in good:
                raise ValueError(f"{field.name}: expected one of {good}, found {value!r}")


@dataclass(frozen=True, eq=False)
class Landmarks:
    """What the first pass found.

    Attributes:
        table: The frames table with status, detail, row, neutral, n_faces, score and box.
        points: 68 landmarks of every row of the table, pixels (x, y); NaN where there is no face.
        content: Sixteen hex digits that change with a byte of an image.
        key: Changes with anything that the landmarks depend on.
    """

    table: pd.DataFrame
    points: Float32[np.ndarray, "frame 68 2"]
    content: str
    key: str


def versions() -> dict[str, str]:
    """The versions of what makes the pixels."""
    return {"python": platform.python_version(), **{name: version(name) for name in LIBRARIES}}


def _key(*values: Any) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:12]


def _folder(parts: Path, kind: str, key: str) -> Path:
    """The folder of one pass' finished chunks; those of other parameters are removed."""
    folder = parts / f"{kind}-{key}"
    for stale in parts.glob(f"{kind}-*"):
        if stale != folder:
            shutil.rmtree(stale)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def find_landmarks(
    root: Path,
    frames: pd.DataFrame,
    parts: Path,
    source: dict[str, str],
    upsample: int,
    run: Run,
) -> Landmarks:
    """First pass: the landmarks of every frame that has an image and a label.

    Args:
        root: The corpus' folder.
        frames: The frames table.
        parts: Where finished chunks are kept.
        source: Names the state of the corpus.
        upsample: Doublings of the image before detection.
        run: Runs the chunks.
    """
    status = initial_status(frames)
    tried = np.flatnonzero(status == "ok")
    some_pictures = pictures(frames.iloc[tried])
    folder = _folder(parts, "landmarks", _key(CODE, CHUNK, source, upsample, versions()))
    chunks = [
        Chunk(folder / f"{start:08d}.npz", len(some), (root, some, upsample))
        for start, some in _pieces(some_pictures)
    ]
    run("Landmarks", find_chunk, chunks)

    n = len(frames)
    columns = {
        "status": status.to_numpy(dtype=object),
        "detail": np.full(n, "", dtype=object),
        "n_faces": np.zeros(n, dtype=np.int16),
        "score": np.full(n, np.nan, dtype=np.float32),
        "box": np.zeros((n, 4), dtype=np.int32),
        "points": open_memmap(
            folder / "points.npy", mode="w+", dtype=np.float32, shape=(n, N_POINTS, 2)
        ),
    }
    columns["points"][:] = np.nan
    content = hashlib.sha256()
    for (start, some), chunk in zip(_pieces(some_pictures), chunks, strict=True):
        with np.load(chunk.done) as part:
            for name, column in columns.items():
                column[tried[start : start + len(some)]] = part[name]
            content.update(part["digest"].tobytes())
    ok = columns["status"] == "ok"
    boxes = dict(zip(BOX_COLUMNS, columns["box"].T, strict=True))
    table = frames.assign(
        status=pd.array(columns["status"], dtype="str"),
        detail=pd.array(columns["detail"], dtype="str"),
        row=_where(ok, np.cumsum(ok) - 1, "Int64"),
        neutral=neutral(frames),
        n_faces=columns["n_faces"],
        score=_where(ok, columns["score"], "Float32"),
        **{name: _where(ok, side, "Int32") for name, side in boxes.items()},
    )
    return Landmarks(table, columns["points"], content.hexdigest()[:16], folder.name)


def _pieces(some: Sequence[Picture]) -> list[tuple[int, list[Picture]]]:
    """(first index, pictures) of every chunk."""
    starts = range(0, len(some), CHUNK)
    return [(start, list(some[start : start + CHUNK])) for start in starts]


def _where(ok: np.ndarray, values: np.ndarray, dtype: str) -> pd.api.extensions.ExtensionArray:
    """The values where ok, missing elsewhere."""
    return pd.Series(values).astype(dtype).where(ok).array


def find_chunk(root: Path, some: Sequence[Picture], upsample: int, done: Path) -> None:
    """Find the landmarks of some images and keep them in ``done``, failures with their reason.

    Args:
        root: The corpus' folder.
        some: The pictures.
        upsample: Doublings of the image before detection.
        done: The ``.npz`` file to write.
    """
    n = len(some)
    points = np.full((n, N_POINTS, 2), np.nan, dtype=np.float32)
    box, score = np.zeros((n, 4), dtype=np.int32), np.full(n, np.nan, dtype=np.float32)
    n_faces, digests = np.zeros(n, dtype=np.int16), np.zeros((n, 16), dtype=np.uint8)
    status, detail = ["ok"] * n, [""] * n
    for i, picture in enumerate(some):
        try:
            data = read_picture(root, picture)
            digest = hashlib.blake2b(memoryview(data).cast("B"), digest_size=16).digest()
            digests[i] = np.frombuffer(digest, np.uint8)
            face = landmarks(decode_picture(data, picture), upsample=upsample)
        except ImageError as error:
            status[i], detail[i] = error.status, str(error)
            continue
        if face is None:
            status[i], detail[i] = "no face", f"{said(picture)}: the detector found no face"
            continue
        points[i], box[i], n_faces[i], score[i] = face.points, face.box, face.n_faces, face.score
    with whole(done) as unfinished, unfinished.open("wb") as stream:
        np.savez(
            stream,
            points=points,
            box=box,
            score=score,
            n_faces=n_faces,
            digest=digests,
            status=np.array(status),
            detail=np.array(detail),
        )


def cut_patches(
    root: Path,
    found: Landmarks,
    anchors: list[list[float]],
    parts: Path,
    parameters: Parameters,
    run: Run,
) -> Path:
    """Second pass: align every face and cut its patches into arrays.

    Args:
        root: The corpus' folder.
        found: What the first pass found.
        anchors: Pixels (x, y) of the aligned face.
        parts: Where the arrays grow.
        parameters: Of the store.
        run: Runs the chunks.

    Returns:
        The folder that holds the finished arrays.
    """
    key = _key(found.key, anchors, asdict(parameters))
    building = _folder(parts, "pixels", key)
    usable = np.flatnonzero(found.table["row"].notna())
    n = len(usable)
    sides = {**dict.fromkeys(PATCH_POINTS, parameters.patch_px), "face": parameters.face_px}
    specs = {name: (np.uint8, (n, sides[name], sides[name], 3)) for name in PATCHES}
    specs |= {name: (np.float32, (n, N_POINTS, 2)) for name in LANDMARKS}
    absent = [name for name in specs if not (building / f"{name}.npy").is_file()]
    if absent:  # as after a kill while the store was being published: no chunk is whole
        for done in building.glob("*.done"):
            done.unlink()
    for name in absent:
        dtype, shape = specs[name]
        with whole(building / f"{name}.npy") as unfinished:
            open_memmap(unfinished, mode="w+", dtype=dtype, shape=shape).flush()
    pieces = _pieces(pictures(found.table.iloc[usable]))
    points = open_memmap(building / "landmarks.npy", mode="r+")
    for start, some in pieces:
        rows = slice(start, start + len(some))
        points[rows] = found.points[usable[rows]]
    points.flush()
    task = (root, building, np.array(anchors), parameters)
    chunks = [
        Chunk(building / f"{start:08d}.done", len(some), (*task, start, some))
        for start, some in pieces
    ]
    run("Patches", cut_chunk, chunks)
    return building


def cut_chunk(
    root: Path,
    building: Path,
    anchors: Float[np.ndarray, "3 2"],
    parameters: Parameters,
    start: int,
    some: Sequence[Picture],
    done: Path,
) -> None:
    """Align some faces, cut their patches, and write them to rows ``start`` ... of the arrays.

    Args:
        root: The corpus' folder.
        building: The folder of the arrays, with ``landmarks.npy`` filled in.
        anchors: Pixels (x, y) of the aligned face.
        parameters: Of the store.
        start: Row of the first picture.
        some: The pictures, in the order of the rows.
        done: The file to write when all rows are on disk.
    """
    arrays = {name: open_memmap(building / f"{name}.npy", mode="r+") for name in PATCHES}
    aligned_points = open_memmap(building / "aligned_landmarks.npy", mode="r+")
    points = np.load(building / "landmarks.npy", mmap_mode="r")
    for row, picture in enumerate(some, start):
        image = decode_picture(read_picture(root, picture), picture)
        face, moved, _ = align(image, points[row], anchors, alignment=parameters.alignment)
        aligned_points[row] = moved
        arrays["face"][row] = resize(face, parameters.face_px)
        for name in PATCH_POINTS:
            arrays[name][row] = crop(
                face,
                moved,
                name,
                patch_crop=parameters.patch_crop,
                patch_px=parameters.patch_px,
            )
    for array in (*arrays.values(), aligned_points):
        array.flush()
    write_text(done, "")
