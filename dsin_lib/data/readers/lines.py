"""The lines of a label file: a frame number and codes, each line checked, each problem kept."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from reprlib import repr as short  # no error is as long as a damaged line
from typing import Any

import pandas as pd

from dsin_lib.data.readers.text import Line

NUMBER = re.compile(r"\d{1,18}", re.ASCII)


@dataclass(frozen=True)
class Coding:
    """What may stand in a cell.

    Attributes:
        values: The value of every code.
        expected: The codes in words, for errors.
    """

    values: Mapping[str, Any]
    expected: str


OCCURRENCE = Coding({"0": 0, "1": 1, "9": pd.NA}, "codes 0, 1 or 9")
INTENSITY = Coding({str(level): level for level in range(6)}, "an intensity from 0 to 5")


def coded_lines(
    path: Path,
    lines: Iterator[Line],
    coding: Coding,
    column: Mapping[str, int],
    width: int,
    problems: list[str],
    *,
    frame_at: int = 0,
    first_frame: int = 0,
) -> dict[int, tuple]:
    """Read the lines of a label file below its header.

    Args:
        path: The file, for errors.
        lines: What :func:`dsin_lib.data.readers.text.label_lines` gives.
        coding: Of every cell that is read.
        column: Name and place of those cells.
        width: Cells in every line.
        problems: Receives what is wrong; the lines concerned are left out. Last, a gap: a coded
            stretch is one block, whose frame numbers grow by one step (1, or a corpus' stride).
        frame_at: Place of the frame number.
        first_frame: The lowest frame number there may be.

    Returns:
        For each frame its values, in the order of ``column``.
    """
    read: dict[int, tuple] = {}
    seen: dict[int, int] = {}  # frame -> line
    for at, cells in lines:
        where = f"{path}, line {at}"
        if len(cells) != width:
            problems.append(f"{where}: expected {width} cells, found {len(cells)}")
            continue
        number = cells[frame_at].strip()
        if not NUMBER.fullmatch(number) or int(number) < first_frame:
            least = f" from {first_frame}" if first_frame else ""
            problems.append(f"{where}: expected a frame number{least}, found {short(number)}")
            continue
        frame = int(number)
        if frame in seen:
            problems.append(
                f"{where}: expected each frame once, found {frame} of line {seen[frame]}"
            )
            continue
        seen[frame] = at
        codes = [(name, cells[place].strip()) for name, place in column.items()]
        wrong = [f"{name} = {short(code)}" for name, code in codes if code not in coding.values]
        if wrong:
            problems.append(f"{where}: expected {coding.expected}, found {', '.join(wrong)}")
            continue
        read[frame] = tuple(coding.values[code] for _, code in codes)
    problems.extend(_gap(path, seen))
    return read


def _gap(path: Path, seen: Mapping[int, int]) -> list[str]:
    """The first gap between frames, with the line that stands behind it."""
    pairs = list(pairwise(sorted(seen)))
    step = min((after - before for before, after in pairs), default=1)
    for before, after in pairs:
        if after - before != step:
            where = f"{path}, line {seen[after]}"
            return [f"{where}: expected frame {before + step}, found {after} after {before}: a gap"]
    return []
