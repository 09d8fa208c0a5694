"""A prepared corpus on disk: the frames table, one memory-mapped array a patch, the anchors.

==========================  ==========================================================
file                        content
==========================  ==========================================================
frames.parquet              every frame of the corpus with status, row, neutral, box; intensities
right_eye.npy ...           uint8 (row, height, width, 3), RGB, one file a patch
landmarks.npy               float32 (row, 68, 2), pixels (x, y) of the source image
aligned_landmarks.npy       float32 (row, 68, 2), pixels (x, y) of the aligned face
anchors.json                the three anchors, the rule, the subjects behind them
account.json                what was read of the corpus, and what was left out and why
store.json                  parameters, source, counts, versions; written last
==========================  ==========================================================

A folder without ``store.json`` is not a store: it is complete or absent. What some systems take in
beside the patches lies in ``features/`` and is no part of it: :mod:`dsin_lib.data.beside`.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float, Float32, UInt8

from dsin_lib.data.account import Account, AccountError
from dsin_lib.data.frames import ACTIVE_FROM, with_activity
from dsin_lib.files import write_text
from dsin_lib.shapes import PATCHES

FORMAT = 2  # 2: with an account
RECORD, FRAMES, ANCHORS, ACCOUNT = "store.json", "frames.parquet", "anchors.json", "account.json"
LANDMARKS = ("landmarks", "aligned_landmarks")
FILES = (*(f"{name}.npy" for name in (*PATCHES, *LANDMARKS)), ANCHORS, ACCOUNT, FRAMES)
"""Every file of a store but its record."""

BOX_COLUMNS = ("box_left", "box_top", "box_right", "box_bottom")
"""Of the frames table, where a face was found: pixels of the source image."""


class StoreError(RuntimeError):
    """A folder that is not a complete store, or not of this version."""


@dataclass(frozen=True, eq=False)
class Store:
    """A prepared corpus.

    Attributes:
        root: Its folder.
        record: ``store.json``: parameters, source, counts and versions.
        frames: Every frame of the corpus; ``status`` says ``ok`` or why it has no patches,
            ``detail`` the file and reason, ``row`` its place in the arrays (missing if not ok),
            ``neutral`` whether every unit is coded and none there.
    """

    root: Path
    record: dict[str, Any]
    frames: pd.DataFrame

    @classmethod
    def open(cls, root: Path, active_from: int = ACTIVE_FROM) -> "Store":
        """Open a prepared corpus; arrays are mapped, not read.

        Args:
            root: Its folder.
            active_from: The lowest intensity that counts as active, of a corpus with intensities.

        Raises:
            StoreError: Naming the file that is missing, damaged or of another version.
        """
        root = Path(root)
        record = read_record(root)
        for name in FILES:
            if not (root / name).is_file():
                raise StoreError(
                    f"{root / name}: expected a file of the prepared corpus, found none"
                )
        try:
            frames = pd.read_parquet(root / FRAMES)
        except (ValueError, OSError) as error:
            raise StoreError(
                f"{root / FRAMES}: expected a whole parquet table, found {error}"
            ) from error
        store = cls(root, record, with_activity(frames, active_from))
        n_rows = int(store.frames["row"].notna().sum())
        for name in (*PATCHES, *LANDMARKS):
            found = len(store._array(name))
            if found != n_rows:
                path = root / f"{name}.npy"
                raise StoreError(f"{path}: expected {n_rows} rows as in {FRAMES}, found {found}")
        return store

    def usable(self, subjects: Iterable[str]) -> pd.DataFrame:
        """The frames of some subjects that have patches, with ``row``, a whole number."""
        frames = self.frames[self.frames["row"].notna() & self.frames["subject"].isin(subjects)]
        return frames.reset_index(drop=True).astype({"row": "int64"})

    def _array(self, name: str) -> np.ndarray:
        path = self.root / f"{name}.npy"
        try:
            return np.load(path, mmap_mode="r")
        except (ValueError, EOFError) as error:
            raise StoreError(f"{path}: expected a whole .npy array, found {error}") from error

    def patch(self, name: str) -> UInt8[np.ndarray, "row height width 3"]:
        """One patch of every usable frame, memory-mapped, read-only.

        Args:
            name: One of :data:`dsin_lib.shapes.PATCHES`.

        Raises:
            KeyError: For another name.
        """
        if name not in PATCHES:
            raise KeyError(f"patch: expected one of {PATCHES}, found {name!r}")
        return self._array(name)

    @property
    def landmarks(self) -> Float32[np.ndarray, "row 68 2"]:
        """68 landmarks of every usable frame, pixels (x, y) of its source image."""
        return self._array("landmarks")

    @property
    def aligned_landmarks(self) -> Float32[np.ndarray, "row 68 2"]:
        """68 landmarks of every usable frame, pixels (x, y) of the 224 px aligned face."""
        return self._array("aligned_landmarks")

    @cached_property
    def anchor_record(self) -> dict[str, Any]:
        """The anchors with the rule, the subjects and the notes behind them."""
        return json.loads((self.root / ANCHORS).read_text(encoding="utf-8"))

    @cached_property
    def account(self) -> Account:
        """What was read of the corpus, and what was left out and why.

        Raises:
            StoreError: If the file is damaged.
        """
        return read_account(self.root)

    @property
    def anchors(self) -> Float[np.ndarray, "3 2"]:
        """Right eye, left eye, mouth: pixels (x, y) of the 224 px aligned face."""
        return np.array(self.anchor_record["anchors"], dtype=np.float64)


def read_record(root: Path) -> dict[str, Any]:
    """The record of a store.

    Raises:
        StoreError: If it is missing, damaged, or of another format.
    """
    path = Path(root) / RECORD
    if not path.is_file():
        raise StoreError(
            f"{path}: expected the record of a prepared corpus, found none "
            "(preparing was not finished, or this is not a prepared corpus)"
        )
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        found = record["format"]
    except (ValueError, KeyError, TypeError) as error:
        raise StoreError(f"{path}: expected a JSON record with a format, found {error}") from error
    if found != FORMAT:
        raise StoreError(f"{path}: expected format {FORMAT}, found {found}: prepare it again")
    return record


def read_account(root: Path) -> Account:
    """The account of a store, without opening the rest.

    Raises:
        StoreError: If it is missing or damaged.
    """
    try:
        return Account.read(Path(root) / ACCOUNT)
    except AccountError as error:
        raise StoreError(str(error)) from error


def publish(building: Path, root: Path, record: dict[str, Any]) -> None:
    """Turn a folder with all files of a store into the store, record last.

    An older store in its place stops being one before its first file is replaced.

    Args:
        building: A folder on the same file system that holds every file of :data:`FILES`.
        root: The store's folder.
        record: What to write to ``store.json``; the format number is added.
    """
    (root / RECORD).unlink(missing_ok=True)
    for name in FILES:
        (building / name).replace(root / name)
    text = json.dumps({"format": FORMAT, **record}, indent=1, ensure_ascii=False)
    write_text(root / RECORD, text + "\n")
