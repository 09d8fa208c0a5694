"""The first pass over a corpus: the landmarks of every image. Paper: Sec. 4.1.2.

A chunk keeps all faces of its images; whose is taken where there are several is settled when all
chunks are there (:mod:`dsin_lib.faces.subject_face`), since a sequence may lie in several of them.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Float32, Int32, Integer, UInt8

from data_prep import parts as kept
from data_prep.chunks import Chunk
from data_prep.parts import Run
from data_prep.pictures import (
    Picture,
    decode_picture,
    digest_of,
    pictures,
    read_picture,
    said,
)
from dsin_lib.data.found import Found
from dsin_lib.data.frames import initial_status, neutral
from dsin_lib.data.store import BOX_COLUMNS
from dsin_lib.faces.landmarks import N_POINTS, Face, all_faces
from dsin_lib.faces.stills import ImageError
from dsin_lib.faces.subject_face import choose_faces
from dsin_lib.files import allocate, whole


@dataclass(frozen=True, eq=False)
class Landmarks:
    """What the first pass found.

    Attributes:
        table: The frames table with status, detail, row, neutral, n_faces, taken_by, score and
            box; ``taken_by`` is empty where there was nothing to choose, else as
            :func:`dsin_lib.faces.subject_face.choose_faces` says.
        points: 68 landmarks of every row of the table, pixels (x, y); NaN where there is no face.
        digests: Sixteen bytes of every row that change with a byte of its image; zero where none
            was read.
        content: Sixteen hex digits that change with a byte of an image.
        key: Changes with anything that the landmarks depend on.
    """

    table: pd.DataFrame
    points: Float32[np.ndarray, "frame 68 2"]
    digests: UInt8[np.ndarray, "frame 16"]
    content: str
    key: str


def find_landmarks(
    root: Path,
    frames: pd.DataFrame,
    parts: Path,
    source: dict[str, str],
    upsample: int,
    run: Run,
    found: Found | None = None,
) -> Landmarks:
    """First pass: the landmarks of every frame that has an image and a label.

    Args:
        root: The corpus' folder.
        frames: The frames table.
        parts: Where finished chunks are kept.
        source: Names the state of the corpus.
        upsample: Doublings of the image before detection.
        run: Runs the chunks.
        found: Landmarks that were found elsewhere, in place of looking for them.
    """
    status = initial_status(frames)
    tried = np.flatnonzero(status == "ok")
    some_pictures = pictures(frames.iloc[tried])
    made_of = kept.key(kept.CODE, kept.CHUNK, source, upsample, kept.versions())
    folder = kept.folder_of(parts, "landmarks", made_of)
    chunks = [
        Chunk(folder / f"{start:08d}.npz", len(some), (root, some, upsample, _of(found, some)))
        for start, some in kept.pieces(some_pictures)
    ]
    run("Landmarks", find_chunk, chunks)

    done = {chunk.done: rows for chunk, rows in zip(chunks, _rows(tried), strict=True)}
    seen, boxes = _seen(done, status)
    sequence = frames.groupby(["subject", "sequence"]).ngroup().to_numpy()
    number = frames["frame"].to_numpy(int)
    chosen, taken_by = choose_faces(sequence, number, seen["n_faces"], boxes)
    taken = _taken(done, chosen, folder / "points.npy")
    ok = seen["status"] == "ok"
    sides = dict(zip(BOX_COLUMNS, taken["box"].T, strict=True))
    table = frames.assign(
        status=pd.array(seen["status"], dtype="str"),
        detail=pd.array(seen["detail"], dtype="str"),
        row=_where(ok, np.cumsum(ok) - 1, "Int64"),
        neutral=neutral(frames),
        n_faces=seen["n_faces"],
        taken_by=pd.array(taken_by, dtype="str"),
        score=_where(ok, taken["score"], "Float32"),
        **{name: _where(ok, side, "Int32") for name, side in sides.items()},
    )
    content = hashlib.sha256(seen["digest"][tried].tobytes()).hexdigest()[:16]
    return Landmarks(table, taken["points"], seen["digest"], content, folder.name)


def _of(found: Found | None, some: Sequence[Picture]) -> Found | None:
    return None if found is None else found.of([source for source, _ in some])


def _rows(tried: np.ndarray) -> list[np.ndarray]:
    """The table's rows of every chunk."""
    return [tried[start : start + kept.CHUNK] for start in range(0, len(tried), kept.CHUNK)]


def _seen(
    done: dict[Path, np.ndarray], status: pd.Series
) -> tuple[dict[str, np.ndarray], Int32[np.ndarray, "face 4"]]:
    """What the chunks say of every row of the table, and the boxes of all faces in its order."""
    n = len(status)
    columns = {
        "status": status.to_numpy(dtype=object),
        "detail": np.full(n, "", dtype=object),
        "n_faces": np.zeros(n, dtype=np.int16),
        "digest": np.zeros((n, 16), dtype=np.uint8),
    }
    boxes = [np.empty((0, 4), np.int32)]
    for path, rows in done.items():
        with np.load(path) as part:
            boxes.append(part["box"])
            for name, column in columns.items():
                column[rows] = part[name]
    return columns, np.concatenate(boxes)


def _taken(
    done: dict[Path, np.ndarray], chosen: Integer[np.ndarray, " frame"], points: Path
) -> dict[str, np.ndarray]:
    """Box, score and landmarks of the chosen face of every row; landmarks lie on disk."""
    n = len(chosen)
    columns = {
        "box": np.zeros((n, 4), dtype=np.int32),
        "score": np.full(n, np.nan, dtype=np.float32),
        "points": allocate(points, np.float32, (n, N_POINTS, 2)),
    }
    columns["points"][:] = np.nan
    before = 0  # faces of the chunks before
    for path, rows in done.items():
        shown = rows[chosen[rows] >= 0]
        with np.load(path) as part:
            for name, column in columns.items():
                column[shown] = part[name][chosen[shown] - before]
            before += len(part["score"])
    return columns


def _where(ok: np.ndarray, values: np.ndarray, dtype: str) -> pd.api.extensions.ExtensionArray:
    """The values where ok, missing elsewhere."""
    return pd.Series(values).astype(dtype).where(ok).array


def find_chunk(
    root: Path, some: Sequence[Picture], upsample: int, known: Found | None, done: Path
) -> None:
    """Find the landmarks of some images and keep them in ``done``, failures with their reason.

    Of every picture ``status``, ``detail``, ``n_faces`` and ``digest`` are kept; of every face, in
    the order of the pictures, ``box``, ``score`` and ``points``.

    Args:
        root: The corpus' folder.
        some: The pictures.
        upsample: Doublings of the image before detection.
        known: What was found in the same pictures elsewhere; none: to be found here.
        done: The ``.npz`` file to write.
    """
    n = len(some)
    n_faces, digests = np.zeros(n, dtype=np.int16), np.zeros((n, 16), dtype=np.uint8)
    status, detail, found = ["ok"] * n, [""] * n, []
    for i, picture in enumerate(some):
        try:
            data = read_picture(root, picture)
            digests[i] = digest_of(data)
            pixels = decode_picture(data, picture)
            faces = all_faces(pixels, upsample=upsample) if known is None else _known(known, i)
        except ImageError as error:
            status[i], detail[i] = error.status, str(error)
            continue
        if not faces:
            status[i], detail[i] = "no face", f"{said(picture)}: the detector found no face"
        n_faces[i] = len(faces)
        found += faces
    with whole(done) as unfinished, unfinished.open("wb") as stream:
        np.savez(
            stream,
            box=np.array([face.box for face in found], np.int32).reshape(-1, 4),
            score=np.array([face.score for face in found], np.float32),
            points=np.array([face.points for face in found], np.float32).reshape(-1, N_POINTS, 2),
            n_faces=n_faces,
            digest=digests,
            status=np.array(status),
            detail=np.array(detail),
        )


def _known(found: Found, line: int) -> list[Face]:
    """The face that was taken elsewhere of a picture, as the only one."""
    if found.status[line] != "ok":
        return []
    box = tuple(int(side) for side in found.box[line])
    points = found.points[line].astype(np.float32)
    return [Face(box=box, points=points, n_faces=1, score=float(found.score[line]))]
