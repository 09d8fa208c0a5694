"""DISFA, and open corpora in its layout: a label file a unit, a video or a folder a subject."""

import csv
import re
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from dsin_lib.data.frames import ACTIVE_FROM, with_activity
from dsin_lib.data.readers.corpus import (
    CorpusError,
    corpus_name,
    folders,
    frames_table,
    image_files,
)
from dsin_lib.data.readers.lines import INTENSITY, as_ranges, coded_lines
from dsin_lib.faces.images import ImageError, video_length
from dsin_lib.facs import DISFA_AUS, au_name, au_names

LABELS = Path("ActionUnit_Labels")
SUBJECT = re.compile(r"SN\d{3}")
FILE = re.compile(r"(?P<subject>SN\d{3})_au(?P<unit>\d+)\.txt", re.IGNORECASE)
CAMERAS = ("left", "right")
FIRST = 1  # DISFA numbers label frames from 1
WIDTH = 2  # frame,intensity

Pictures = dict[int, tuple[str, int | None]]
"""From a frame to its picture: a file relative to the root, and the frame's index in a video."""


class Where(NamedTuple):
    """Where the pictures of a corpus are: videos, or folders of extracted frames."""

    folder: Path
    found: dict[str, Path]  # subject -> video or folder
    example: str


def read_disfa(
    root: Path,
    active_from: int = ACTIVE_FROM,
    *,
    camera: str = "left",
    images: str | None = None,
    first_image: int = FIRST,
) -> pd.DataFrame:
    """Read DISFA, or an open corpus in its layout.

    Labels: ``ActionUnit_Labels/SN001/SN001_au1.txt`` for each of twelve units, lines
    ``frame,intensity``, frames from 1. Pictures: ``Videos_LeftCamera/LeftVideoSN001_comp.avi`` or
    ``Video_RightCamera/RightVideoSN001_Comp.avi`` (``Video`` or ``Videos``, ``comp`` or ``Comp``);
    label frame N is the video's frame of index N - 1. Or extracted frames, in a folder a subject:
    ``Images_LeftCamera/SN001/00001.jpg`` (or ``.png``, any zero padding), read where there is no
    folder of videos, or where ``images`` names their folder.

    Paper: Sec. 4.1.1. Reading: disfa-activity.

    Args:
        root: The corpus' folder.
        active_from: The lowest intensity that counts as active, 1 to 5; 2 is the field's habit,
            the paper prints "greater than 3".
        camera: ``left`` or ``right``; also the name of the one sequence a subject has.
        images: The folder of the subjects' folders of extracted frames, relative to the root.
        first_image: The number of the first extracted frame, the one that label frame 1 is of.

    Returns:
        The frames table with ``video_index`` (missing where the source is an image), the labels,
        and each unit's intensity (``AU01_intensity`` ...); a row for every frame that has a
        picture or a label.

    Raises:
        CorpusError: If a label file is missing, has a value outside 0..5, a frame twice or a gap,
            or not the frames of its sisters; a video is missing or cannot be opened; extracted
            frames are numbered otherwise than said. Every problem is listed.
        ValueError: For a parameter out of range.
    """
    if camera not in CAMERAS:
        raise ValueError(f"camera: expected one of {CAMERAS}, found {camera!r}")
    root = Path(root)
    problems: list[str] = []
    where = _pictures(root, camera, images, problems)
    labels = {path.name: path for path in folders(root / LABELS, SUBJECT)}
    if not labels:
        expected = f"{root / LABELS}: expected folders SN001 ... of label files, found none"
        raise CorpusError(root, [expected])
    for subject in sorted(labels.keys() - where.found.keys()):
        expected = where.folder / where.example.replace("SN001", subject)
        problems.append(f"{expected}: expected pictures of subject {subject}, found none")
    for subject in sorted(where.found.keys() - labels.keys()):
        expected = root / LABELS / subject
        problems.append(f"{expected}: expected labels of subject {subject}, found none")

    blank = (pd.NA,) * len(DISFA_AUS)
    rows: list[tuple] = []
    for subject in sorted(labels.keys() | where.found.keys()):
        levels = _intensities(labels[subject], problems) if subject in labels else {}
        pictures: Pictures = {}
        if subject in where.found:
            path, last = where.found[subject], max(levels, default=0)
            pictures = (
                _extracted(root, path, first_image, problems)
                if path.is_dir()
                else _filmed(root, path, last, problems)
            )
        for frame in sorted(levels.keys() | pictures.keys()):
            found = levels.get(frame, blank)
            picture = pictures.get(frame, (None, None))
            rows.append((subject, camera, frame, *picture, *blank, *found))
    if problems:
        raise CorpusError(root, problems)
    names = au_names(DISFA_AUS)
    columns = ["video_index", *names, *(f"{name}_intensity" for name in names)]
    return with_activity(frames_table(corpus_name(root, "disfa"), rows, columns), active_from)


def is_disfa(root: Path) -> bool:
    """Whether a root has DISFA's layout."""
    return (root / LABELS).is_dir()


def _pictures(root: Path, camera: str, images: str | None, problems: list[str]) -> Where:
    side = camera.capitalize()
    filmed = folders(root, re.compile(rf"Videos?_{side}Camera", re.IGNORECASE))
    if images is None and filmed:
        name = re.compile(rf"{side}Video(?P<subject>SN\d{{3}})_comp\.\w+", re.IGNORECASE)
        found: dict[str, Path] = {}
        for path in (path for folder in filmed for path in sorted(folder.iterdir())):
            if not (match := name.fullmatch(path.name)):
                continue
            subject = match["subject"].upper()
            if subject in found:
                problems.append(f"{path}: expected one video of {subject}, found {found[subject]}")
            found[subject] = path
        return Where(filmed[0], found, f"{side}VideoSN001_comp.avi")
    folder = root / (images or f"Images_{side}Camera")
    if not folder.is_dir():
        videos = "Videos_LeftCamera" if camera == "left" else "Video_RightCamera"
        wanted = "that folder" if images else f"{videos} or {folder.name}"
        problems.append(f"{folder}: expected {wanted}, found none")
    return Where(folder, {path.name: path for path in folders(folder, SUBJECT)}, "SN001")


def _filmed(root: Path, path: Path, last: int, problems: list[str]) -> Pictures:
    """The frames of a video; ``last`` is the last labelled one."""
    try:
        length = video_length(path, expected=last - FIRST + 1)
    except ImageError as error:
        problems.append(str(error))
        return {}
    source = path.relative_to(root).as_posix()
    return {index + FIRST: (source, index) for index in range(length)}


def _extracted(root: Path, folder: Path, first_image: int, problems: list[str]) -> Pictures:
    """The images of a subject's folder, by label frame."""
    found = image_files(folder, problems)
    for number, path in found.items():
        if number < first_image:
            problems.append(
                f"{path}: expected extracted frames from {first_image}, found {number}; "
                "first_image names the number of the first one"
            )
    shift = FIRST - first_image
    return {
        number + shift: (path.relative_to(root).as_posix(), None) for number, path in found.items()
    }


def _intensities(folder: Path, problems: list[str]) -> dict[int, tuple]:
    """The intensities of every frame of a subject, in the order of :data:`DISFA_AUS`."""
    files: dict[int, Path] = {}
    for path in sorted(folder.glob("*.txt")):
        match = FILE.fullmatch(path.name)
        if not match or match["subject"].upper() != folder.name:
            problems.append(f"{path}: expected label files {folder.name}_au1.txt ...")
        elif int(match["unit"]) in files:
            twice = files[int(match["unit"])].name
            problems.append(f"{path}: expected one file a unit, found {twice} too")
        else:
            files[int(match["unit"])] = path
    for unit in sorted(set(DISFA_AUS) - files.keys()):
        path = folder / f"{folder.name}_au{unit}.txt"
        problems.append(f"{path}: expected the intensities of {au_name(unit)}, found no file")

    before = len(problems)
    levels = {unit: _one_unit(files[unit], unit, problems) for unit in DISFA_AUS if unit in files}
    frames = set().union(*levels.values())
    if len(problems) == before:
        for unit, found in levels.items():
            if absent := frames - found.keys():
                said = f"{files[unit]}: expected the frames of the subject's other files"
                problems.append(f"{said}, found none numbered {as_ranges(absent)}")
    nothing = (pd.NA,)
    return {
        frame: tuple(levels.get(unit, {}).get(frame, nothing)[0] for unit in DISFA_AUS)
        for frame in frames
    }


def _one_unit(path: Path, unit: int, problems: list[str]) -> dict[int, tuple]:
    before, column = len(problems), {au_name(unit): 1}
    with path.open(newline="", encoding="utf-8-sig") as stream:
        lines = csv.reader(stream)
        found = coded_lines(path, lines, INTENSITY, column, WIDTH, problems, first_frame=FIRST)
    if not found and len(problems) == before:
        problems.append(f"{path}, line 1: expected lines frame,intensity, found an empty file")
    return found
