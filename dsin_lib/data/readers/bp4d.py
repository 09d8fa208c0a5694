"""BP4D, BP4D+, and open corpora in their layout: a label file and a folder a task."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd

from dsin_lib.data.readers.corpus import (
    CorpusError,
    corpus_name,
    folders,
    frames_table,
    image_files,
)
from dsin_lib.data.readers.lines import OCCURRENCE, coded_lines
from dsin_lib.facs import BP4D_AUS, au_name, au_names

LABELS = Path("AUCoding/AU_OCC")
FILE = re.compile(r"(?P<subject>[FM]\d{3})_(?P<sequence>T\d+)\.csv")
SUBJECT = re.compile(r"[FM]\d{3}")
SEQUENCE = re.compile(r"T\d+")
PLUS_UNIT = re.compile(r"(?:AU)?\s*0*(?P<unit>[1-9]\d*)", re.IGNORECASE)
PLUS_IMAGES = "2D+3D"
BP4D_WIDTH = 100
FRAME = 0  # the frame number's place among the units

Header = Callable[[list[str]], list[int | None]]
"""From a header to the Action Unit of each column, 0 for the frame; None: the cell is wrong."""


def read_bp4d(root: Path, *, images: str = ".") -> pd.DataFrame:
    """Read BP4D, or an open corpus in its layout.

    Labels: ``AUCoding/AU_OCC/F001_T1.csv``, header 0..99; column 0 is the frame number, column N
    the code of Action Unit N: 0, 1, or 9 for not coded, which becomes a missing value. Of the
    coded units the paper's twelve are kept. Images: ``F001/T1/2440.jpg`` (or ``.png``).

    Paper: Sec. 4.1.1.

    Args:
        root: The corpus' folder.
        images: The folder of the subjects' folders, relative to the root.

    Returns:
        The frames table, a row for every frame that has an image or a label.

    Raises:
        CorpusError: If a label file has a wrong header, a code other than 0, 1, 9, a frame twice
            or a gap; two images share a frame number; or a subject has labels and no images, or
            images and no labels. Every problem is listed.
    """
    said = "the header 0..99 (0 the frame, N the unit AU N)"
    return _read(Path(root), images, _numbers, said, "bp4d")


def read_bp4d_plus(root: Path, *, images: str | None = None) -> pd.DataFrame:
    """Read BP4D+: as BP4D, with other columns in the label files.

    Labels: ``AUCoding/AU_OCC/F001_T1.csv``. The header's first cell stands for the frame number,
    whatever its name; each other names its Action Unit: ``1`` or ``AU1``, zero-padded or not. Of
    its about 34 units the paper's twelve are kept. Tasks that are not coded have images and no
    labels; those frames are rows too.

    Args:
        root: The corpus' folder.
        images: The folder of the subjects' folders, relative to the root; none: ``2D+3D`` if
            there is one, else the root.

    Returns:
        The frames table, a row for every frame that has an image or a label.

    Raises:
        CorpusError: As for :func:`read_bp4d`.
    """
    root = Path(root)
    if images is None:
        images = PLUS_IMAGES if (root / PLUS_IMAGES).is_dir() else "."
    said = "a header of the frame's column and one a unit (frame,1,2,4 ... or frame,AU1,AU2 ...)"
    return _read(root, images, _names, said, "bp4d_plus")


def is_bp4d(root: Path) -> bool:
    """Whether a root has BP4D's layout: its label folder, and not the columns of BP4D+."""
    return (root / LABELS).is_dir() and not is_bp4d_plus(root)


def is_bp4d_plus(root: Path) -> bool:
    """Whether a root has BP4D+'s layout: fewer columns in its first label file than BP4D's 100."""
    for path in sorted((root / LABELS).glob("*.csv")):
        with path.open(newline="", encoding="utf-8-sig") as stream:
            return 0 < len(next(csv.reader(stream), [])) < BP4D_WIDTH
    return False


def _numbers(header: list[str]) -> list[int | None]:
    return [int(cell) if cell.isdecimal() else None for cell in header]


def _names(header: list[str]) -> list[int | None]:
    units = [PLUS_UNIT.fullmatch(cell) for cell in header]
    named = [int(unit["unit"]) if unit else None for unit in units]
    return [FRAME, *named[1:]] if named and named[0] is None else named


def _read(root: Path, images: str, units: Header, said: str, licensed: str) -> pd.DataFrame:
    problems: list[str] = []
    files = {
        (match["subject"], match["sequence"]): path
        for path in sorted((root / LABELS).glob("*.csv"))
        if (match := FILE.fullmatch(path.name))
    }
    if not files:
        expected = f"{root / LABELS}: expected label files F001_T1.csv ..., found none"
        raise CorpusError(root, [expected])
    pictures = {
        (subject.name, sequence.name): sequence
        for subject in folders(root / images, SUBJECT)
        for sequence in folders(subject, SEQUENCE)
    }
    for here, there, what in ((files, pictures, "images"), (pictures, files, "labels")):
        for subject in sorted({key[0] for key in here} - {key[0] for key in there}):
            where = root / images / subject if what == "images" else root / LABELS / subject
            problems.append(f"{where}*: expected {what} of subject {subject}, found none")

    names = au_names(BP4D_AUS)
    rows: list[tuple] = []
    for subject, sequence in sorted(files.keys() | pictures.keys()):
        file, folder = files.get((subject, sequence)), pictures.get((subject, sequence))
        labels = _codes(file, units, said, problems) if file else {}
        found = image_files(folder, problems) if folder else {}
        for frame in sorted(labels.keys() | found.keys()):
            source = found[frame].relative_to(root).as_posix() if frame in found else None
            codes = labels.get(frame, (pd.NA,) * len(names))
            rows.append((subject, sequence, frame, source, *codes))
    if problems:
        raise CorpusError(root, problems)
    return frames_table(corpus_name(root, licensed), rows, names)


def _codes(path: Path, units: Header, said: str, problems: list[str]) -> dict[int, tuple]:
    """Read one ``AU_OCC`` file: for each frame the codes of the paper's twelve Action Units."""
    with path.open(newline="", encoding="utf-8-sig") as stream:
        lines = csv.reader(stream)
        header = [cell.strip() for cell in next(lines, [])]
        expected = f"{path}, line 1: expected {said}, found"
        found = units(header)
        if not header or None in found:
            strange = [cell for cell, unit in zip(header, found, strict=True) if unit is None]
            named = f" ({', '.join(map(repr, strange[:5]))})" if strange else ""
            problems.append(f"{expected} {','.join(header[:5]) or 'an empty file'} ...{named}")
            return {}
        place = {unit: index for index, unit in enumerate(found)}
        absent = [unit for unit in (FRAME, *BP4D_AUS) if unit not in place]
        if absent or len(place) != len(header):
            what = f"no column {absent}" if absent else "a column twice"
            problems.append(f"{expected} {what} in {','.join(header[:5])} ...")
            return {}
        column = {au_name(unit): place[unit] for unit in BP4D_AUS}
        return coded_lines(
            path, lines, OCCURRENCE, column, len(header), problems, frame_at=place[FRAME]
        )
