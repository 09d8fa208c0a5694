"""One subject and three frames in every layout, files of a few bytes."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest

from dsin_lib.data.readers import CorpusError, read_bp4d, read_bp4d_plus, read_disfa
from dsin_lib.facs import BP4D_AUS, DISFA_AUS

FRAMES = range(1, 4)


class Tiny(NamedTuple):
    """One subject, three frames; ``place`` changes how a path is written."""

    write: Callable[..., None]
    read: Callable[..., pd.DataFrame]
    label: str
    image: str


def write(root: Path, files: dict[str, str], place: Callable[[str], str]) -> None:
    for name, text in files.items():
        path = root / place(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def images(folder: str) -> dict[str, str]:
    return {f"{folder}/{frame:04d}.jpg": "pixels" for frame in FRAMES}


def bp4d(root: Path, place: Callable[[str], str] = str, header: Iterable = range(100)) -> None:
    header = list(header)
    lines = [",".join(map(str, [frame, *[0] * (len(header) - 1)])) for frame in FRAMES]
    text = "\n".join([",".join(map(str, header)), *lines])
    write(root, {"AUCoding/AU_OCC/F001_T1.csv": text, **images("F001/T1")}, place)


def bp4d_plus(root: Path, place: Callable[[str], str] = str) -> None:
    bp4d(root, place, ["frame", *BP4D_AUS])


def disfa(root: Path, place: Callable[[str], str] = str) -> None:
    text = "".join(f"{frame},0\n" for frame in FRAMES)
    labels = {f"ActionUnit_Labels/SN001/SN001_au{unit}.txt": text for unit in DISFA_AUS}
    write(root, {**labels, **images("Images_LeftCamera/SN001")}, place)


LAYOUTS = {
    "bp4d": Tiny(bp4d, read_bp4d, "AUCoding/AU_OCC/F001_T1.csv", "F001/T1/0002.jpg"),
    "bp4d_plus": Tiny(bp4d_plus, read_bp4d_plus, "AUCoding/AU_OCC/F001_T1.csv", "F001/T1/0002.jpg"),
    "disfa": Tiny(
        disfa,
        read_disfa,
        "ActionUnit_Labels/SN001/SN001_au4.txt",
        "Images_LeftCamera/SN001/0002.jpg",
    ),
}


def read(tiny: Tiny, root: Path) -> tuple[pd.DataFrame, list[str]]:
    unmatched: list[str] = []
    return tiny.read(root, unmatched=unmatched), unmatched


def problems(tiny: Tiny, root: Path) -> str:
    with pytest.raises(CorpusError) as raised:
        tiny.read(root)
    return "\n".join(raised.value.problems)
