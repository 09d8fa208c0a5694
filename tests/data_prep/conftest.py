"""A small corpus in the BP4D layout made of a real photograph, turned, scaled and shifted."""

import csv
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from skimage import data
from skimage.transform import SimilarityTransform, warp

from dsin_lib.facs import BP4D_AUS

PX = 256
FACE_CENTRE = (224.0, 115.0)  # of skimage.data.astronaut(), pixels (x, y)
NEUTRAL, ACTIVE = (0,) * 12, (1,) + (0,) * 11


@cache
def draw_portrait(seed: int, degrees: float = 8.0) -> np.ndarray:
    """The astronaut's head and shoulders, 256 px, turned by up to ``degrees``."""
    rng = np.random.default_rng(seed)
    to_image = (
        SimilarityTransform(translation=(-PX / 2, -PX / 2))
        + SimilarityTransform(
            scale=1 / rng.uniform(1.0, 1.3), rotation=np.deg2rad(rng.uniform(-degrees, degrees))
        )
        + SimilarityTransform(translation=np.array(FACE_CENTRE) + rng.uniform(-8, 8, 2))
    )
    picture = 255 * warp(data.astronaut(), to_image, output_shape=(PX, PX), mode="edge")
    picture = picture.astype(np.uint8)
    picture.setflags(write=False)  # every test gets the same one
    return picture


def write_label_file(root: Path, sequence: str, codes: Mapping[int, Sequence[int]]) -> Path:
    """A label file: for each frame the codes of the twelve units, 9 for all others."""
    path = root / "AUCoding" / "AU_OCC" / f"{sequence}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as stream:
        lines = csv.writer(stream)
        lines.writerow(range(100))
        for frame, values in codes.items():
            line = [frame] + [9] * 99
            for unit, value in zip(BP4D_AUS, values, strict=True):
                line[unit] = value
            lines.writerow(line)
    return path


@pytest.fixture
def write_labels() -> Callable[..., Path]:
    return write_label_file


@pytest.fixture
def make_corpus(tmp_path: Path) -> Callable[..., Path]:
    """Write a corpus: ``sequences`` maps ``F001_T1`` to its number of frames, odd ones neutral."""

    def make(
        sequences: Mapping[str, int] | None = None,
        *,
        name: str = "corpus",
        padding: int = 4,
        suffix: str = ".jpg",
    ) -> Path:
        root = tmp_path / name
        for n, (sequence, length) in enumerate((sequences or {"F001_T1": 4, "M002_T1": 4}).items()):
            folder = root.joinpath(*sequence.split("_"))
            folder.mkdir(parents=True)
            frames = range(1, length + 1)
            for frame in frames:
                image = Image.fromarray(draw_portrait(100 * n + frame))
                image.save(folder / f"{frame:0{padding}d}{suffix}")
            write_label_file(root, sequence, {f: NEUTRAL if f % 2 else ACTIVE for f in frames})
        return root

    return make
