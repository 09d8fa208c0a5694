"""A feature of every face of a store, put beside it. What one is: :mod:`dsin_lib.data.beside`."""

import json
import shutil
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.lib.format import open_memmap

from data_prep import parts as kept
from data_prep.aligned_faces import FACE, OWN, Again, Kept, faces_of, has_whole_faces
from data_prep.chunks import Chunk
from data_prep.parts import Run
from dsin_lib.config import digest
from dsin_lib.data.beside import Feature
from dsin_lib.data.store import Store, StoreError, read_record
from dsin_lib.files import allocate, whole, write_text
from dsin_lib.shapes import ALIGNED_PX

ARRAY = "array.npy"
WHOLE_FACE = {"shape": [ALIGNED_PX, ALIGNED_PX, 3], "dtype": "uint8"}


def make_feature(root: Path, store: Store, feature: Feature, run: Run) -> None:
    """Compute a feature of every usable frame, and put it beside the store in one move.

    Args:
        root: The corpus' folder.
        store: The prepared corpus; its own files stay as they are.
        feature: Which one; where another state of the store has left it, it is replaced.
        run: Runs the chunks; finished ones are kept, so that a rerun goes on.

    Raises:
        StoreError: The store has no usable frame, the pictures are not those that it was prepared
            from, or it was prepared anew meanwhile.
        ImageError: A picture cannot be read any more.
        ValueError: The feature has another shape or type for one face than for another.
    """
    begun, rows = perf_counter(), len(store.landmarks)
    if not rows:
        raise StoreError(f"{store.root}: feature {feature.name}: expected a usable frame, found 0")
    made_of = kept.key(digest(store.record), kept.CHUNK, kept.versions())
    building = kept.folder_of(feature.record_path(store.root).parent, f".{feature.stem}", made_of)
    if feature == FACE and has_whole_faces(store):
        _publish(store, feature, building, {"array": f"../{OWN}", **WHOLE_FACE}, begun)
        return
    faces = faces_of(store, root, building)
    items = faces.items(store)
    look = _allocate(store, feature, faces, items, building)
    task = (feature, building, faces, store.root / "aligned_landmarks.npy")
    chunks = [
        Chunk(building / f"{start:08d}.done", len(some), (*task, some))
        for start, some in kept.pieces(items)
    ]
    run(feature.name, fill_chunk, chunks)
    try:
        faces.check(store)
    except StoreError:
        shutil.rmtree(building)
        raise
    _publish(store, feature, building, {"array": f"{feature.stem}.npy", **look}, begun)


def fill_chunk(
    feature: Feature,
    building: Path,
    faces: Kept | Again,
    landmarks: Path,
    items: Sequence[Any],
    done: Path,
) -> None:
    """Compute the feature of some faces and write it to their rows of the array.

    Args:
        feature: Which one.
        building: The folder of the array.
        faces: Where they come from.
        landmarks: A file of theirs, (row 68 2), pixels (x, y) of the aligned face.
        items: Which ones, as ``faces`` reads them.
        done: The file to write when all rows are on disk.

    Raises:
        ValueError: See :func:`make_feature`.
    """
    array = open_memmap(building / ARRAY, mode="r+")
    points = np.load(landmarks, mmap_mode="r")
    for row, face in faces.read(items):
        found = feature(face, np.array(points[row]))
        if (found.shape, found.dtype) != (array.shape[1:], array.dtype):
            raise ValueError(
                f"feature {feature.name}: expected {array.shape[1:]} of {array.dtype} as of the "
                f"first face, found {found.shape} of {found.dtype} of row {row}"
            )
        array[row] = found
    array.flush()
    write_text(done, "")


def _allocate(
    store: Store, feature: Feature, faces: Kept | Again, items: list[Any], building: Path
) -> dict[str, Any]:
    """Takes the room of the array, as large as the first face says; shape and type of each."""
    row, face = next(faces.read(items))
    first = feature(face, np.array(store.aligned_landmarks[row]))
    if not (building / ARRAY).is_file():  # no chunk is whole, as after a kill in publishing
        for done in building.glob("*.done"):
            done.unlink()
        with whole(building / ARRAY) as unfinished:
            shape = (len(store.landmarks), *first.shape)
            allocate(unfinished, first.dtype.type, shape).flush()
    return {"shape": list(first.shape), "dtype": str(first.dtype)}


def _publish(
    store: Store, feature: Feature, building: Path, look: dict[str, Any], begun: float
) -> None:
    """Puts the array and then the record into place; one of another state of the store ends first.

    Raises:
        StoreError: The store was prepared anew since it was opened.
    """
    if read_record(store.root) != store.record:
        raise StoreError(f"{store.root}: it was prepared anew while {feature.name} was made of it")
    record = feature.record_path(store.root)
    record.unlink(missing_ok=True)
    if (building / ARRAY).is_file():
        (building / ARRAY).replace(record.parent / look["array"])
    made = {
        "feature": feature.name,
        "parameters": dict(feature.parameters),
        "code": feature.code,
        "store": digest(store.record),
        **look,
        "rows": len(store.landmarks),
        "versions": kept.versions(),
        "seconds": round(perf_counter() - begun, 1),
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    write_text(record, json.dumps(made, indent=1) + "\n")
    shutil.rmtree(building)
