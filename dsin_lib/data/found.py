"""Landmarks that were found elsewhere, for a machine that has no landmark model.

The 68-point model is a file of 100 MB; what it finds in a small corpus is one of 1 MB. Of every
frame only the face that was taken travels, so where dlib saw several, the file says one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from dsin_lib.config import digest, results_root
from dsin_lib.data.store import BOX_COLUMNS, Store
from dsin_lib.files import whole

COLUMNS = ("source", "status", "detail", "score", "box", "points")


@dataclass(frozen=True, eq=False)
class Found:
    """What was found in every picture of a corpus.

    Attributes:
        source: (picture) file relative to the corpus' root.
        status, detail: (picture) as of the frames table.
        score: (picture) of the face; nan where there is none.
        box: (picture 4) pixels.
        points: (picture 68 2) pixels.
        content: What the pictures' bytes were there, as a store's record has it.
    """

    source: np.ndarray
    status: np.ndarray
    detail: np.ndarray
    score: np.ndarray
    box: np.ndarray
    points: np.ndarray
    content: str

    @cached_property
    def line(self) -> dict[str, int]:
        """The line of every source."""
        return {str(name): line for line, name in enumerate(self.source)}

    def of(self, sources: Sequence[str]) -> "Found":
        """Some pictures of it.

        Raises:
            ValueError: One was not there where landmarks were found; names it.
        """
        absent = next((name for name in sources if name not in self.line), None)
        if absent is not None:
            raise ValueError(f"{absent}: expected landmarks that were found elsewhere, found none")
        lines = [self.line[name] for name in sources]
        return Found(*(getattr(self, name)[lines] for name in COLUMNS), content=self.content)


def found_path(corpus: Path) -> Path:
    """Where landmarks of a corpus lie that were found elsewhere.

    Args:
        corpus: The corpus' folder.
    """
    return results_root() / "found" / f"{corpus.name}.npz"


def write_found(store: Store, path: Path) -> None:
    """Writes the landmarks of a store, to be carried.

    Raises:
        ValueError: Frames of it lie in videos; names the store.
    """
    if "video_index" in store.frames and store.frames["video_index"].notna().any():
        raise ValueError(f"{store.root}: expected image files, got videos")
    frames = store.frames[store.frames["source"].notna()]
    there = frames["row"].notna().to_numpy()
    points = np.zeros((len(frames), 68, 2), np.float32)
    points[there] = store.landmarks[frames["row"][there].to_numpy(int)]
    whole_numbers = points.astype(np.int16)
    box = frames[list(BOX_COLUMNS)].fillna(0).to_numpy(np.int16)
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as unfinished, unfinished.open("wb") as stream:
        np.savez_compressed(
            stream,
            source=frames["source"].to_numpy(str),
            status=frames["status"].to_numpy(str),
            detail=frames["detail"].to_numpy(str),
            score=frames["score"].to_numpy(np.float32, na_value=np.nan),
            box=box,
            points=whole_numbers if (whole_numbers == points).all() else points,
            content=np.array(store.record["content"]),
        )


def read_found(path: Path) -> Found | None:
    """Landmarks that were found elsewhere; none if there is no such file.

    Raises:
        ValueError: It is damaged; names it.
    """
    if not path.is_file():
        return None
    try:
        with np.load(path) as file:
            return Found(*(file[name] for name in COLUMNS), content=str(file["content"]))
    except Exception as error:  # numpy, zipfile and zlib each have their own
        raise ValueError(f"{path}: expected landmarks found elsewhere, got {error!r}") from None


def key_of(found: Found | None) -> str | None:
    """Eight hex digits that change with what was found; none of nothing."""
    if found is None:
        return None
    return digest([found.content, *(getattr(found, name).tobytes().hex() for name in COLUMNS)])
