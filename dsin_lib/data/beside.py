"""Features: what a system takes in beside a store's patches, in files of their own beside it.

==========================  ==========================================================
file                        content
==========================  ==========================================================
features/NAME-KEY.npy       (row, ...), in the order of the store's arrays
features/NAME-KEY.json      what made it, and which array it is; written last
==========================  ==========================================================

A feature is a file of :mod:`dsin_lib.data.features`. A new one touches no other file, so that no
store and no run of another system becomes stale. It is named with a key of its parameters and its
code: with others it is another file. Its record names the state of the store that it was made of,
so that a store that was prepared anew has none.

:mod:`data_prep.feature_pass` makes them; here they are read. A system imports what it reads::

    SIFT = Feature(sift_49.make, size=0.25)
    sift = part.feature(SIFT)

so that the code of a feature is part of the code of its runs (:mod:`dsin_lib.runs.code`).
"""

import inspect
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float32, Int, UInt8

from dsin_lib.code_digest import code_digest
from dsin_lib.config import digest
from dsin_lib.data import features
from dsin_lib.data.store import Store, StoreError

FOLDER = "features"
READ = {"store": str, "array": str, "shape": tuple, "dtype": str}
"""What is read of a record, and what it is."""


@dataclass(frozen=True, init=False)
class Feature:
    """A function of an aligned face, and its parameters.

    Attributes:
        make: Called as ``make(face, points, **parameters)`` with an aligned face (224 224 3), RGB
            bytes, and its landmarks (68 2), pixels (x, y) of it.
        parameters: (name, value) of all of them, those at their defaults included.
    """

    make: Callable[..., np.ndarray]
    parameters: tuple[tuple[str, Any], ...]

    def __init__(self, make: Callable[..., np.ndarray], **parameters: Any) -> None:
        object.__setattr__(self, "make", make)
        try:
            given = inspect.signature(make).bind("face", "points", **parameters)
        except TypeError as error:
            raise ValueError(f"feature {self.name}: {error}") from error
        given.apply_defaults()
        object.__setattr__(self, "parameters", tuple(given.arguments.items())[2:])

    def __call__(
        self, face: UInt8[np.ndarray, "224 224 3"], points: Float32[np.ndarray, "68 2"]
    ) -> np.ndarray:
        """The feature of one face."""
        return self.make(face, points, **dict(self.parameters))

    @property
    def name(self) -> str:
        """That of its file."""
        return self.make.__module__.rpartition(".")[2]

    @property
    def code(self) -> str:
        """Of its file; what that imports is not part of it."""
        return digest(code_digest([Path(sys.modules[self.make.__module__].__file__)]))

    @property
    def stem(self) -> str:
        """Its name, and a key of its parameters and its code."""
        return f"{self.name}-{digest([self.make.__name__, self.parameters, self.code])}"

    @property
    def arguments(self) -> str:
        """What names it on the command line."""
        values = ",".join(f"{name}={value}" for name, value in self.parameters)
        return f"{self.name} --parameters {values}" if values else self.name

    def record_path(self, root: Path) -> Path:
        """The file that says what made it, in the folder of a store; written last."""
        return root / FOLDER / f"{self.stem}.json"

    def is_there(self, store: Store) -> bool:
        """Whether it was made of the store as it is now.

        Raises:
            StoreError: Its record is damaged; names the file.
        """
        path = self.record_path(store.root)
        return path.is_file() and _read(path)["store"] == digest(store.record)

    def of(self, store: Store) -> np.ndarray:
        """The feature of every usable frame, (row, ...), memory-mapped, read-only.

        Raises:
            StoreError: It is missing, was made of another state of the store, or is damaged; names
                the file and what to do.
        """
        path = self.record_path(store.root)
        if not self.is_there(store):
            found = "one of the store as it was before" if path.is_file() else "none"
            raise StoreError(
                f"{path}: expected the record of a feature of this store, found {found}; "
                f"make it: python -m data_prep feature {self.arguments} --config CONFIG --table 3 "
                "(or 4)"
            )
        record = _read(path)
        expected = (len(store.landmarks), *record["shape"]), record["dtype"]
        array = path.parent / record["array"]
        with _whole(array, path):
            found = np.load(array, mmap_mode="r")
            if (found.shape, str(found.dtype)) != expected:
                raise ValueError(f"{found.shape} of {found.dtype}, not {expected}")
        return found


@dataclass(frozen=True)
class Rows:
    """Some rows of an array on disk, read when they are asked for.

    Attributes:
        array: Of every row, memory-mapped.
        rows: The place in it of each.
    """

    array: np.ndarray
    rows: Int[np.ndarray, " frame"]

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, items: int | slice | Sequence[int]) -> np.ndarray:
        """One of them, or some, or with ``[:]`` all; in memory."""
        return np.array(self.array[self.rows[items]])


def named(name: str, **parameters: Any) -> Feature:
    """The feature of a file of :mod:`dsin_lib.data.features`, for whoever has only its name.

    Raises:
        ValueError: There is no such file, or it has no such parameter; says which there are.
    """
    names = sorted(path.stem for path in Path(features.__file__).parent.glob("[a-z]*.py"))
    if name not in names:
        raise ValueError(f"feature: expected one of {names}, found {name!r}")
    return Feature(import_module(f"{features.__name__}.{name}").make, **parameters)


def _read(path: Path) -> dict[str, Any]:
    """The record of a feature, as far as it is read."""
    with _whole(path, path):
        record = json.loads(path.read_text(encoding="utf-8"))
        return {name: of(record[name]) for name, of in READ.items()}


@contextmanager
def _whole(file: Path, record: Path) -> Iterator[None]:
    """What goes wrong in reading a feature, as an error that names the file and the cure."""
    try:
        yield
    except (ValueError, LookupError, TypeError, OSError, EOFError) as error:
        raise StoreError(
            f"{file}: expected a whole feature, found {error}; remove {record} to make it again"
        ) from error
