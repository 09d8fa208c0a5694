"""Where the aligned face of a store's rows comes from: a file of them, or the pictures again.

Paper: Sec. 4.1.2. Pictures are aligned as they were for the store, so both are the same bytes.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import Float, UInt8
from numpy.lib.format import open_memmap

from data_prep.pictures import Picture, decode_picture, digest_of, pictures, read_picture
from dsin_lib.data.beside import Feature
from dsin_lib.data.features import face_224
from dsin_lib.data.frames import initial_status
from dsin_lib.data.store import Store, StoreError
from dsin_lib.faces.align import align
from dsin_lib.faces.stills import ImageError
from dsin_lib.files import allocate, whole
from dsin_lib.shapes import ALIGNED_PX

Face = UInt8[np.ndarray, "224 224 3"]
FACE = Feature(face_224.make)
OWN = "face.npy"


@dataclass(frozen=True)
class Kept:
    """Faces that lie on disk at 224 px.

    Attributes:
        array: A file of theirs, (row 224 224 3).
        rows: How many there are.
    """

    array: Path
    rows: int

    def items(self, store: Store) -> list[int]:
        """Rows."""
        return list(range(self.rows))

    def read(self, items: Sequence[int]) -> Iterator[tuple[int, Face]]:
        """Rows and their faces."""
        faces = np.load(self.array, mmap_mode="r")
        for row in items:
            yield row, np.array(faces[row])

    def check(self, store: Store) -> None:
        """They are of this store."""


@dataclass(frozen=True)
class Again:
    """Faces aligned again from the pictures of the corpus.

    Attributes:
        root: The corpus' folder.
        landmarks: A file of theirs, (row 68 2), pixels (x, y) of the pictures.
        anchors: Of the store.
        alignment: Of the store. Reading: alignment.
        digests: A file that takes up sixteen bytes of every picture that is read.
    """

    root: Path
    landmarks: Path
    anchors: Float[np.ndarray, "3 2"]
    alignment: str
    digests: Path

    def items(self, store: Store) -> list[tuple[int, int | None, Picture]]:
        """Place, row (None where no face was found) and picture of all that were tried.

        The content of a store is a digest of them all; the file of theirs is made if it is absent.
        """
        tried = store.frames[(initial_status(store.frames) == "ok").to_numpy()]
        if not self.digests.is_file():
            with whole(self.digests) as unfinished:
                allocate(unfinished, np.uint8, (len(tried), 16)).flush()
        rows = [None if pd.isna(row) else int(row) for row in tried["row"]]
        return list(zip(range(len(tried)), rows, pictures(tried), strict=True))

    def read(self, items: Sequence[tuple[int, int | None, Picture]]) -> Iterator[tuple[int, Face]]:
        """Rows and their faces.

        Raises:
            ImageError: A picture that had a face cannot be read any more.
        """
        points = np.load(self.landmarks, mmap_mode="r")
        digests = open_memmap(self.digests, mode="r+")
        for place, row, picture in items:
            try:
                data = read_picture(self.root, picture)
            except ImageError:
                if row is None:
                    continue
                raise
            digests[place] = digest_of(data)
            if row is not None:
                image = decode_picture(data, picture)
                yield row, align(image, points[row], self.anchors, alignment=self.alignment)[0]
        digests.flush()

    def check(self, store: Store) -> None:
        """Whether the pictures that were read are those that the store was prepared from.

        Raises:
            StoreError: They are others.
        """
        content = hashlib.sha256(np.load(self.digests).tobytes()).hexdigest()[:16]
        expected = store.record["content"]
        if content != expected:
            raise StoreError(
                f"{self.root}: expected the pictures that {store.root} was prepared from (content "
                f"{expected}), found others ({content}): they changed since then, or while they "
                "were read; remove the store to prepare it again"
            )


def faces_of(store: Store, root: Path, building: Path) -> Kept | Again:
    """Faces from a file of them, if there is one, else from the pictures.

    Args:
        store: The prepared corpus.
        root: The corpus' folder.
        building: A folder for what is noted of pictures.
    """
    if has_whole_faces(store):
        return Kept(store.root / OWN, len(store.landmarks))
    if FACE.is_there(store):
        return Kept(Path(FACE.of(store).filename), len(store.landmarks))
    alignment, points = store.record["parameters"]["alignment"], store.root / "landmarks.npy"
    return Again(root, points, store.anchors, alignment, building / "digests.npy")


def has_whole_faces(store: Store) -> bool:
    """Whether a store's own faces are at 224 px."""
    return store.patch("face").shape[1] == ALIGNED_PX
