"""BP4D, BP4D+, and open corpora in their layout: a label file and a folder a task."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from dsin_lib.data.readers.corpus import CorpusError, corpus_name, frames_table
from dsin_lib.data.readers.files import Files, pattern
from dsin_lib.data.readers.lines import OCCURRENCE, coded_lines
from dsin_lib.data.readers.text import header_width, label_lines
from dsin_lib.facs import BP4D_AUS, au_name, au_names

LABELS = Path("AUCoding/AU_OCC")
FILE = pattern(r"(?P<subject>[FM]\d{3})_T(?P<task>\d{1,9})\.csv")
SUBJECT = pattern(r"[FM]\d{3}")
SEQUENCE = pattern(r"T(?P<task>\d{1,9})")
NUMBER_UNIT = pattern(r"\d{1,9}")
PLUS_UNIT = pattern(r"(?:AU)?\s*0*(?P<unit>[1-9]\d{0,8})")
PLUS_IMAGES = "2D+3D"
BP4D_WIDTH = 100
FRAME = 0  # the frame number's place among the units

Header = Callable[[list[str]], list[int | None]]
"""From a header to the Action Unit of each column, 0 for the frame; None: the cell is wrong."""


def read_bp4d(
    root: Path, *, images: str | None = None, unmatched: list[str] | None = None
) -> pd.DataFrame:
    """Read BP4D, or an open corpus in its layout.

    Labels: ``AUCoding/AU_OCC/F001_T1.csv``, header 0..99; column 0 is the frame number, column N
    the code of Action Unit N: 0, 1, or 9 for not coded, which becomes a missing value. Of the
    coded units the paper's twelve are kept. Images: ``F001/T1/2440.jpg`` (or ``.png``). Names may
    be in any case.

    Paper: Sec. 4.1.1.

    Args:
        root: The corpus' folder.
        images: The folder of the subjects' folders, relative to the root; none: the root.
        unmatched: Receives the files that match nothing, relative to the root.

    Returns:
        The frames table, a line for every frame that has an image or a label.

    Raises:
        CorpusError: If a label file is no text of commas, has a wrong header, a code other than
            0, 1, 9, a frame twice or a gap; two files claim one task, or two images one frame
            number; or a subject has labels and no images, or images and no labels. Every problem
            is listed.
    """
    said = "the header 0..99 (0 the frame, N the unit AU N)"
    return _read(Path(root), [images or "."], _numbers, said, "bp4d", unmatched)


def read_bp4d_plus(
    root: Path, *, images: str | None = None, unmatched: list[str] | None = None
) -> pd.DataFrame:
    """Read BP4D+: as BP4D, with other columns in the label files.

    Labels: ``AUCoding/AU_OCC/F001_T1.csv``. The header's first cell stands for the frame number,
    whatever its name; each other names its Action Unit: ``1`` or ``AU1``, zero-padded or not. Of
    its about 34 units the paper's twelve are kept. Tasks that are not coded have images and no
    labels; those frames are lines too.

    Args:
        root: The corpus' folder.
        images: The folder of the subjects' folders, relative to the root; none: ``2D+3D`` if
            there is one, else the root.
        unmatched: Receives the files that match nothing, relative to the root.

    Returns:
        The frames table, a line for every frame that has an image or a label.

    Raises:
        CorpusError: As for :func:`read_bp4d`.
    """
    said = "a header of the frame's column and one a unit (frame,1,2,4 ... or frame,AU1,AU2 ...)"
    places = [images] if images else [PLUS_IMAGES, "."]
    return _read(Path(root), places, _names, said, "bp4d_plus", unmatched)


def is_bp4d(root: Path) -> bool:
    """Whether a root has BP4D's layout: its label folder, and not the columns of BP4D+."""
    return Files(root, LABELS, [], None).labels.is_dir() and not is_bp4d_plus(root)


def is_bp4d_plus(root: Path) -> bool:
    """Whether a root has BP4D+'s layout: fewer columns than BP4D's 100.

    Told by its first label file that has a header; other files say nothing.
    """
    widths = map(header_width, _label_files(Files(root, LABELS, [], None)).values())
    return next((width < BP4D_WIDTH for width in widths if width), False)


def _label_files(files: Files) -> dict[tuple[str, str], Path]:
    return files.take(
        files.labels,
        FILE,
        lambda match: (match["subject"].upper(), f"T{int(match['task'])}"),
        "one label file a task",
    )


def _pictures(files: Files, images: Path) -> dict[tuple[str, str], Path]:
    """The folder of every task, by subject and sequence."""
    subjects = files.take(
        images,
        SUBJECT,
        lambda match: match[0].upper(),
        "one folder a subject",
        folders=True,
    )
    return {
        (subject, sequence): path
        for subject, folder in subjects.items()
        for sequence, path in files.take(
            folder,
            SEQUENCE,
            lambda match: f"T{int(match['task'])}",
            "one folder a task",
            folders=True,
        ).items()
    }


def _numbers(header: list[str]) -> list[int | None]:
    return [int(cell) if NUMBER_UNIT.fullmatch(cell) else None for cell in header]


def _names(header: list[str]) -> list[int | None]:
    units = [PLUS_UNIT.fullmatch(cell) for cell in header]
    named = [int(unit["unit"]) if unit else None for unit in units]
    return [FRAME, *named[1:]] if named and named[0] is None else named


def _read(
    root: Path,
    places: list[str],
    units: Header,
    said: str,
    licensed: str,
    unmatched: list[str] | None,
) -> pd.DataFrame:
    problems: list[str] = []
    files = Files(root, LABELS, problems, unmatched)
    labelled = _label_files(files)
    if not labelled:
        expected = f"{files.labels}: expected label files F001_T1.csv ..., found none"
        raise CorpusError(root, [*problems, expected])
    for images in map(files.locate, places):
        if pictures := _pictures(files, images):
            break
    if not pictures:
        problems.append(
            f"{images}: expected folders F001 ... of images, found none; if they lie in a folder "
            "of their own, `images` beside the corpus' name in the config names it"
        )
    pairs = ((labelled, pictures, "images"), (pictures, labelled, "labels")) if pictures else ()
    for here, there, what in pairs:
        for subject in sorted({key[0] for key in here} - {key[0] for key in there}):
            where = images / subject if what == "images" else files.labels / subject
            problems.append(f"{where}*: expected {what} of subject {subject}, found none")

    names = au_names(BP4D_AUS)
    lines: list[tuple] = []
    for subject, sequence in sorted(labelled.keys() | pictures.keys()):
        file, folder = labelled.get((subject, sequence)), pictures.get((subject, sequence))
        labels = _codes(file, units, said, problems) if file else {}
        by_frame = files.images(folder) if folder else {}
        for frame in sorted(labels.keys() | by_frame.keys()):
            source = files.relative(by_frame[frame]) if frame in by_frame else None
            codes = labels.get(frame, (pd.NA,) * len(names))
            lines.append((subject, sequence, frame, source, *codes))
    if not lines and not problems:
        problems.append(f"{root}: expected frames, found neither a labelled one nor an image")
    if problems:
        raise CorpusError(root, problems)
    return frames_table(corpus_name(root, licensed), lines, names)


def _codes(path: Path, units: Header, said: str, problems: list[str]) -> dict[int, tuple]:
    """Read one ``AU_OCC`` file: for each frame the codes of the paper's twelve Action Units."""
    before, lines = len(problems), label_lines(path, problems)
    at, cells = next(lines, (1, []))
    if not cells and len(problems) > before:  # and that says why
        return {}
    header = [cell.strip() for cell in cells]
    expected = f"{path}, line {at}: expected {said}, found"
    shown = ",".join(cell[:20] for cell in header[:5])
    order = units(header)
    if not header or None in order:
        strange = [cell[:20] for cell, unit in zip(header, order, strict=True) if unit is None]
        named = f" ({', '.join(map(repr, strange[:5]))})" if strange else ""
        problems.append(f"{expected} {shown or 'an empty file'} ...{named}")
        return {}
    place = {unit: index for index, unit in enumerate(order)}
    absent = [unit for unit in (FRAME, *BP4D_AUS) if unit not in place]
    if absent or len(place) != len(header):
        what = f"no column {absent}" if absent else "a column twice"
        problems.append(f"{expected} {what} in {shown} ...")
        return {}
    column = {au_name(unit): place[unit] for unit in BP4D_AUS}
    return coded_lines(
        path, lines, OCCURRENCE, column, len(header), problems, frame_at=place[FRAME]
    )
