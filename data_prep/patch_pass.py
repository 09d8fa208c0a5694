"""The second pass over a corpus: faces aligned, patches cut. Paper: Sec. 4.1.2, Fig. 4."""

import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import Float, UInt8
from numpy.lib.format import open_memmap

from data_prep import parts as kept
from data_prep.chunks import Chunk
from data_prep.landmark_pass import Landmarks
from data_prep.parts import Run
from data_prep.pictures import (
    Picture,
    decode_picture,
    digest_of,
    pictures,
    read_picture,
    said,
)
from dsin_lib.config import Preprocessing
from dsin_lib.data.store import LANDMARKS
from dsin_lib.faces.align import align
from dsin_lib.faces.landmarks import N_POINTS
from dsin_lib.faces.patches import PATCH_POINTS, crop, resize
from dsin_lib.faces.stills import ImageError
from dsin_lib.files import allocate, whole, write_text
from dsin_lib.shapes import PATCHES


def cut_patches(
    root: Path,
    found: Landmarks,
    anchors: list[list[float]],
    parts: Path,
    preprocessing: Preprocessing,
    run: Run,
) -> Path:
    """Second pass: align every face and cut its patches into arrays.

    Args:
        root: The corpus' folder.
        found: What the first pass found.
        anchors: Pixels (x, y) of the aligned face.
        parts: Where the arrays grow.
        preprocessing: What the pixels depend on, besides the corpus.
        run: Runs the chunks.

    Returns:
        The folder that holds the finished arrays.

    Raises:
        ImageError: Naming a picture that is no longer what the landmarks were found in. These are
            forgotten, so that the next try looks at the corpus as it is then.
    """
    made_of = kept.key(found.key, found.content, anchors, preprocessing.model_dump())
    building = kept.folder_of(parts, "pixels", made_of)
    usable = np.flatnonzero(found.table["row"].notna())
    n = len(usable)
    sides = {**dict.fromkeys(PATCH_POINTS, preprocessing.patch_px), "face": preprocessing.face_px}
    specs = {name: (np.uint8, (n, sides[name], sides[name], 3)) for name in PATCHES}
    specs |= {name: (np.float32, (n, N_POINTS, 2)) for name in LANDMARKS}
    absent = [name for name in specs if not (building / f"{name}.npy").is_file()]
    if absent:  # as after a kill while the store was being published: no chunk is whole
        for done in building.glob("*.done"):
            done.unlink()
    for name in absent:
        dtype, shape = specs[name]
        with whole(building / f"{name}.npy") as unfinished:
            allocate(unfinished, dtype, shape).flush()
    pieces = kept.pieces(pictures(found.table.iloc[usable]))
    points = open_memmap(building / "landmarks.npy", mode="r+")
    for start, some in pieces:
        rows = slice(start, start + len(some))
        points[rows] = found.points[usable[rows]]
    points.flush()
    task = (root, building, np.array(anchors), preprocessing)
    chunks = [
        Chunk(
            building / f"{start:08d}.done",
            len(some),
            (*task, start, some, found.digests[usable[start : start + len(some)]]),
        )
        for start, some in pieces
    ]
    try:
        run("Patches", cut_chunk, chunks)
    except ImageError:
        shutil.rmtree(parts / found.key, ignore_errors=True)
        raise
    return building


def cut_chunk(
    root: Path,
    building: Path,
    anchors: Float[np.ndarray, "3 2"],
    preprocessing: Preprocessing,
    start: int,
    some: Sequence[Picture],
    digests: UInt8[np.ndarray, "frame 16"],
    done: Path,
) -> None:
    """Align some faces, cut their patches, and write them to rows ``start`` ... of the arrays.

    Args:
        root: The corpus' folder.
        building: The folder of the arrays, with ``landmarks.npy`` filled in.
        anchors: Pixels (x, y) of the aligned face.
        preprocessing: What the pixels depend on, besides the corpus.
        start: Row of the first picture.
        some: The pictures, in the order of the rows.
        digests: Of the pictures, as the landmarks were found in them.
        done: The file to write when all rows are on disk.

    Raises:
        ImageError: Naming a picture that cannot be read any more, or is another one.
    """
    arrays = {name: open_memmap(building / f"{name}.npy", mode="r+") for name in PATCHES}
    aligned_points = open_memmap(building / "aligned_landmarks.npy", mode="r+")
    points = np.load(building / "landmarks.npy", mmap_mode="r")
    for row, (picture, digest) in enumerate(zip(some, digests, strict=True), start):
        image = _as_before(root, picture, digest)
        face, moved, _ = align(image, points[row], anchors, alignment=preprocessing.alignment)
        aligned_points[row] = moved
        arrays["face"][row] = resize(face, preprocessing.face_px)
        for name in PATCH_POINTS:
            arrays[name][row] = crop(
                face,
                moved,
                name,
                patch_crop=preprocessing.patch_crop,
                patch_px=preprocessing.patch_px,
            )
    for array in (*arrays.values(), aligned_points):
        array.flush()
    write_text(done, "")


def _as_before(
    root: Path, picture: Picture, digest: UInt8[np.ndarray, "16"]
) -> UInt8[np.ndarray, "height width 3"]:
    """The picture that the landmarks were found in; its row is given out, so it must be there."""
    expected = f"{said(picture)}: expected the picture that the landmarks were found in"
    again = "it changed while the corpus was prepared; prepare again"
    try:
        data = read_picture(root, picture)
    except ImageError as error:
        raise ImageError(error.status, f"{expected}, found: {error} ({again})") from error
    if not np.array_equal(digest_of(data), digest):
        raise ImageError("unreadable image", f"{expected}, found another one ({again})")
    return decode_picture(data, picture)
