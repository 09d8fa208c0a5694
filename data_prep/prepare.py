"""Prepare a corpus: raw face tree -> landmarks -> aligned patches -> store (Sec. 4.1.2).

Two passes over the images, since the anchors need every neutral face before the first face can be
aligned. Each pass is cut into chunks that are worked on in parallel and kept on disk as they are
finished, under ``.parts`` of the store's folder, named by a key of all that they depend on: a
rerun takes finished chunks as they are, and a change of a parameter never meets a stale one. The
store itself is complete or absent.
"""

import hashlib
import json
import platform
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pandas as pd
from numpy.lib.format import open_memmap

from data_prep.chunks import Chunk, console, run_chunks, whole
from dsin_lib.data.frames import digest, initial_status, neutral
from dsin_lib.data.readers import read_bp4d
from dsin_lib.data.store import (
    ANCHORS,
    BOX_COLUMNS,
    FRAMES,
    LANDMARKS,
    RECORD,
    StoreError,
    publish,
    read_record,
    write_text,
)
from dsin_lib.faces.align import ANCHOR_POINTS, MARGIN, Alignment, align, mean_anchors
from dsin_lib.faces.images import ImageError, decode_image
from dsin_lib.faces.landmarks import N_POINTS, landmarks
from dsin_lib.faces.patches import PATCH_POINTS, PatchCrop, crop, resize
from dsin_lib.shapes import ALIGNED_PX, PATCHES

CHUNK = 256  # frames; what a kill costs at most, per worker
PARTS = ".parts"
CODE = 1  # raise it when the same parameters begin to give other pixels
LIBRARIES = ("dlib-bin", "opencv-python-headless", "scikit-image", "pillow", "numpy")


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
            "alignment": get_args(Alignment),
            "patch_crop": get_args(PatchCrop),
            "face_px": range(16, ALIGNED_PX + 1),
            "patch_px": range(8, ALIGNED_PX + 1),
            "upsample": range(4),
        }
        for field in fields(self):
            value, good = getattr(self, field.name), allowed[field.name]
            if value not in good:
                raise ValueError(f"{field.name}: expected one of {good}, found {value!r}")


def prepare(
    root: Path,
    store: Path,
    *,
    alignment: str = "similarity",
    patch_crop: str = "box",
    face_px: int = 112,
    patch_px: int = 56,
    upsample: int = 0,
    workers: int = 2,
    progress: bool = True,
) -> None:
    """Prepare a corpus in the BP4D layout; do nothing if the store is already what would be made.

    A store made with other parameters or from another state of the corpus is made anew, and what
    differs is printed. The state of the corpus is its labels, its image names and their sizes.

    Paper: Sec. 4.1.2.

    Args:
        root: The corpus' folder.
        store: The folder to make.
        alignment: ``similarity`` or ``affine``. Reading: alignment.
        patch_crop: ``box`` or ``fixed``. Reading: patch-crop.
        face_px: Width and height of the stored face, pixels.
        patch_px: Width and height of the patches, pixels.
        upsample: Doublings of the image before detection.
        workers: Processes; 1 works in this one.
        progress: Whether to draw a progress bar.

    Raises:
        CorpusError: If the corpus cannot be read.
        AlignmentError: If no neutral frame with a face is in the corpus.
        ValueError: For a parameter out of range.
    """
    root, store = Path(root).resolve(), Path(store).resolve()
    parameters = Parameters(alignment, patch_crop, face_px, patch_px, upsample)
    frames = read_bp4d(root)
    source = {"corpus": frames["corpus"].iloc[0], "state": corpus_state(root, frames)}
    wanted = {"code": CODE, "source": source, "parameters": asdict(parameters)}
    if up_to_date(store, wanted):
        return
    run = partial(run_chunks, workers=workers, progress=progress)
    found = _find_all(root, frames, store / PARTS, source, upsample, run)
    frames = frames.assign(**found["table"])
    anchors = reference_anchors(frames, found["points"])
    building = _cut_all(root, frames, found, anchors, store / PARTS, parameters, run)
    frames.to_parquet(building / FRAMES, index=False)
    write_text(building / ANCHORS, json.dumps(anchors, indent=1) + "\n")
    counts = {"frames": len(frames), **frames["status"].value_counts().to_dict()}
    record = {**wanted, "content": found["content"], "counts": counts, "versions": versions()}
    publish(building, store, record)
    shutil.rmtree(store / PARTS)
    report(frames, anchors, store)


def corpus_state(root: Path, frames: pd.DataFrame) -> str:
    """Sixteen hex digits for labels, image names and image sizes (bytes), read in seconds."""
    state = hashlib.sha256(digest(frames).encode())
    for source in frames["source"].dropna():
        state.update(b"%d," % (root / source).stat().st_size)
    return state.hexdigest()[:16]


def up_to_date(store: Path, wanted: dict[str, Any]) -> bool:
    """Whether the store is already what is wanted; says what differs if it is another one."""
    try:
        record = read_record(store)
    except StoreError as error:
        if (store / RECORD).exists():
            console.print(f"Preparing {store} anew: {error}")
        return False
    differs = [
        f"{name} {before!r} -> {now!r}"
        for name, now, before in _side_by_side(wanted, record)
        if now != before
    ]
    if differs:
        console.print(f"Preparing {store} anew: {', '.join(differs)}")
    return not differs


def _side_by_side(wanted: dict, record: dict) -> list[tuple[str, Any, Any]]:
    """(name, wanted value, value on record) of every leaf of ``wanted``."""
    return [
        leaf
        for name, now in wanted.items()
        for leaf in (
            _side_by_side(now, record.get(name, {}))
            if isinstance(now, dict)
            else [(name, now, record.get(name))]
        )
    ]


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


# First pass: landmarks


def _find_all(
    root: Path,
    frames: pd.DataFrame,
    parts: Path,
    source: dict[str, str],
    upsample: int,
    run: Callable[..., None],
) -> dict[str, Any]:
    """Landmarks of every frame: columns for the table, points, and a hash of the image bytes."""
    status = initial_status(frames)
    tried = np.flatnonzero(status == "ok")
    folder = _folder(parts, "landmarks", _key(CODE, CHUNK, source, upsample, versions()))
    sources = frames["source"].to_numpy(dtype=object)[tried]
    chunks = [
        Chunk(folder / f"{start:08d}.npz", len(some), (root, list(some), upsample))
        for start in range(0, len(tried), CHUNK)
        for some in [sources[start : start + CHUNK]]
    ]
    run("Landmarks", find_chunk, chunks)

    n = len(frames)
    columns = {
        "status": status.to_numpy(dtype=object),
        "detail": np.full(n, "", dtype=object),
        "n_faces": np.zeros(n, dtype=np.int16),
        "score": np.full(n, np.nan, dtype=np.float32),
        "box": np.zeros((n, 4), dtype=np.int32),
    }
    points = open_memmap(folder / "points.npy", mode="w+", dtype=np.float32, shape=(n, N_POINTS, 2))
    content = hashlib.sha256()
    for index, chunk in enumerate(chunks):
        at = tried[index * CHUNK : (index + 1) * CHUNK]
        with np.load(chunk.done) as part:
            for name, column in columns.items():
                column[at] = part[name]
            points[at] = part["points"]
            content.update(part["digest"].tobytes())
    ok = columns["status"] == "ok"
    row = pd.array(np.where(ok, np.cumsum(ok) - 1, -1), dtype="Int64")
    row[~ok] = pd.NA
    boxes = {name: pd.array(columns["box"][:, i], "Int32") for i, name in enumerate(BOX_COLUMNS)}
    for values in boxes.values():
        values[~ok] = pd.NA
    table = {
        "status": pd.array(columns["status"], dtype="str"),
        "detail": pd.array(columns["detail"], dtype="str"),
        "row": row,
        "neutral": neutral(frames).to_numpy(),
        "n_faces": columns["n_faces"],
        "score": columns["score"],
        **boxes,
    }
    return {
        "table": table,
        "points": points,
        "content": content.hexdigest()[:16],
        "key": folder.name,
    }


def find_chunk(root: Path, sources: Sequence[str], upsample: int, done: Path) -> None:
    """Find the landmarks of some images and keep them in ``done``, failures with their reason.

    Args:
        root: The corpus' folder.
        sources: Image files relative to it.
        upsample: Doublings of the image before detection.
        done: The ``.npz`` file to write.
    """
    n = len(sources)
    points = np.full((n, N_POINTS, 2), np.nan, dtype=np.float32)
    box, score = np.zeros((n, 4), dtype=np.int32), np.full(n, np.nan, dtype=np.float32)
    n_faces, digests = np.zeros(n, dtype=np.int16), np.zeros((n, 16), dtype=np.uint8)
    status, detail = ["ok"] * n, [""] * n
    for i, source in enumerate(sources):
        try:
            data = read_bytes(root, source)
            digests[i] = np.frombuffer(hashlib.blake2b(data, digest_size=16).digest(), np.uint8)
            face = landmarks(decode_image(data, source), upsample=upsample)
        except ImageError as error:
            status[i], detail[i] = error.status, str(error)
            continue
        if face is None:
            status[i], detail[i] = "no face", f"{source}: the detector found no face"
            continue
        points[i], box[i], n_faces[i], score[i] = face.points, face.box, face.n_faces, face.score
    with whole(done) as partial_file, partial_file.open("wb") as stream:
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


# Between the passes: anchors


def reference_anchors(frames: pd.DataFrame, points: np.ndarray) -> dict[str, Any]:
    """The anchors of a corpus, with the rule and the frames behind them.

    Paper: Sec. 4.1.2.

    Args:
        frames: The frames table with status and neutral.
        points: Landmarks of every row of the table, pixels (x, y), shape (frame, 68, 2).

    Returns:
        What ``anchors.json`` holds. A subject without a neutral frame is named in ``notes``; the
        others' anchors serve it too.

    Raises:
        AlignmentError: If no subject has a neutral frame with a face.
    """
    usable = (frames["neutral"] & (frames["status"] == "ok")).to_numpy()
    subjects = frames["subject"].to_numpy()
    faces = {
        subject: points[np.flatnonzero(usable & (subjects == subject))].astype(np.float64)
        for subject in sorted(set(subjects))
    }
    anchors = mean_anchors(faces)
    return {
        "anchors": anchors.tolist(),
        "order": list(ANCHOR_POINTS),
        "unit": f"pixels (x, y) of the {ALIGNED_PX} px aligned face",
        "rule": (
            "generalised mean, over subjects, of the landmarks of neutral frames (no active AU, "
            f"none missing), each face normalised by its landmark square enlarged by {MARGIN}"
        ),
        "neutral_frames": {subject: len(some) for subject, some in faces.items()},
        "notes": [
            f"{subject}: no neutral frame with a face; registered to the other subjects' anchors"
            for subject, some in faces.items()
            if not len(some)
        ],
    }


# Second pass: pixels


def _cut_all(
    root: Path,
    frames: pd.DataFrame,
    found: dict[str, Any],
    anchors: dict[str, Any],
    parts: Path,
    parameters: Parameters,
    run: Callable[..., None],
) -> Path:
    """Align every face and cut its patches into the arrays of a folder, which is returned."""
    key = _key(found["key"], anchors, asdict(parameters))
    building = _folder(parts, "pixels", key)
    usable = np.flatnonzero(frames["row"].notna())
    n = len(usable)
    sides = {**dict.fromkeys(PATCH_POINTS, parameters.patch_px), "face": parameters.face_px}
    arrays = {name: (np.uint8, (n, sides[name], sides[name], 3)) for name in PATCHES}
    arrays |= {name: (np.float32, (n, N_POINTS, 2)) for name in LANDMARKS}
    for name, (dtype, shape) in arrays.items():
        path = building / f"{name}.npy"
        if not path.is_file():
            with whole(path) as partial_file:
                open_memmap(partial_file, mode="w+", dtype=dtype, shape=shape).flush()
    stored = open_memmap(building / "landmarks.npy", mode="r+")
    for start in range(0, n, CHUNK):
        stored[start : start + CHUNK] = found["points"][usable[start : start + CHUNK]]
    stored.flush()

    sources = frames["source"].to_numpy(dtype=object)[usable]
    task = (root, building, np.array(anchors["anchors"]), parameters)
    chunks = [
        Chunk(building / f"{start:08d}.done", len(some), (*task, start, list(some)))
        for start in range(0, n, CHUNK)
        for some in [sources[start : start + CHUNK]]
    ]
    run("Patches", cut_chunk, chunks)
    return building


def cut_chunk(
    root: Path,
    building: Path,
    anchors: np.ndarray,
    parameters: Parameters,
    start: int,
    sources: Sequence[str],
    done: Path,
) -> None:
    """Align some faces, cut their patches, and write them to rows ``start`` ... of the arrays.

    Args:
        root: The corpus' folder.
        building: The folder of the arrays, with ``landmarks.npy`` filled in.
        anchors: Pixels (x, y) of the aligned face, shape (3, 2).
        parameters: Of the store.
        start: Row of the first image.
        sources: Image files relative to the root, in the order of the rows.
        done: The file to write when all rows are on disk.
    """
    arrays = {name: open_memmap(building / f"{name}.npy", mode="r+") for name in PATCHES}
    aligned_points = open_memmap(building / "aligned_landmarks.npy", mode="r+")
    points = np.load(building / "landmarks.npy", mmap_mode="r")
    for row, source in enumerate(sources, start):
        image = decode_image(read_bytes(root, source), source)
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


def read_bytes(root: Path, source: str) -> bytes:
    """The bytes of an image of the corpus; ImageError if it may not be read."""
    try:
        return (root / source).read_bytes()
    except OSError as error:
        raise ImageError("unreadable image", f"{source}: {error.strerror}") from error


def report(frames: pd.DataFrame, anchors: dict[str, Any], store: Path, shown: int = 10) -> None:
    """Print what became of the frames: how many of each status, and the first failures by path."""
    counts = frames["status"].value_counts()
    listed = ", ".join(f"{count} {status}" for status, count in counts.items())
    console.print(f"{store}: {len(frames)} frames: {listed}", soft_wrap=True)
    failed = frames.loc[frames["detail"] != "", "detail"]
    for line in [*failed.head(shown), *anchors["notes"]]:
        console.print(f"  {line}", soft_wrap=True, markup=False)
    if len(failed) > shown:
        rest = f"  ... and {len(failed) - shown} more, all in {store / FRAMES} (status, detail)"
        console.print(rest, soft_wrap=True, markup=False)
