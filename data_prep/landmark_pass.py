"""The first pass over a corpus: the landmarks of every image. Paper: Sec. 4.1.2."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Float32
from numpy.lib.format import open_memmap

from data_prep import parts as kept
from data_prep.chunks import Chunk, whole
from data_prep.parts import Run
from data_prep.pictures import Picture, decode_picture, pictures, read_picture, said
from dsin_lib.data.frames import initial_status, neutral
from dsin_lib.data.store import BOX_COLUMNS
from dsin_lib.faces.images import ImageError
from dsin_lib.faces.landmarks import N_POINTS, landmarks


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
    made_of = kept.key(kept.CODE, kept.CHUNK, source, upsample, kept.versions())
    folder = kept.folder_of(parts, "landmarks", made_of)
    chunks = [
        Chunk(folder / f"{start:08d}.npz", len(some), (root, some, upsample))
        for start, some in kept.pieces(some_pictures)
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
    for (start, some), chunk in zip(kept.pieces(some_pictures), chunks, strict=True):
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
