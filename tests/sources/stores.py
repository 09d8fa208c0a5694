"""Prepared corpora held against each other."""

from pathlib import Path

import numpy as np
import pandas as pd

from dsin_lib.data.store import LANDMARKS, Store
from dsin_lib.shapes import PATCHES


def arrays(store: Store) -> dict[str, np.ndarray]:
    named = {name: np.array(store.patch(name)) for name in PATCHES}
    return {**named, **{name: np.array(getattr(store, name)) for name in LANDMARKS}}


def assert_same(one: Store, other: Store) -> None:
    pd.testing.assert_frame_equal(one.frames, other.frames)
    for name, array in arrays(one).items():
        assert np.array_equal(array, arrays(other)[name]), name
    assert np.array_equal(one.anchors, other.anchors)


def stamps(folder: Path) -> dict[str, int]:
    return {
        str(path.relative_to(folder)): path.stat().st_mtime_ns
        for path in folder.rglob("*")
        if path.is_file()
    }
