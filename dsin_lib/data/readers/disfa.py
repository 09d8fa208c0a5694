"""DISFA, and open corpora in its layout: a label file a unit, a video or a folder a subject."""

import re
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from dsin_lib.data.frames import ACTIVE_FROM, as_ranges, with_activity
from dsin_lib.data.readers.corpus import CorpusError, corpus_name, frames_table
from dsin_lib.data.readers.files import Files, pattern
from dsin_lib.data.readers.lines import INTENSITY, coded_lines
from dsin_lib.data.readers.text import label_lines
from dsin_lib.faces.stills import ImageError
from dsin_lib.faces.videos import video_length
from dsin_lib.facs import DISFA_AUS, au_name, au_names

LABELS = Path("ActionUnit_Labels")
SUBJECT = pattern(r"SN\d{3}")
FILE = pattern(r"(?P<subject>SN\d{3})_au(?P<unit>\d{1,9})\.txt")
VIDEOS = r"(avi|mp4|m4v|mov|mkv|webm|wmv|mpe?g)"
CAMERAS = ("left", "right")
FIRST = 1  # DISFA numbers label frames from 1
WIDTH = 2  # frame,intensity

Pictures = dict[int, tuple[str, int | None]]
"""From a frame to its picture: a file relative to the root, and the frame's index in a video."""


class Where(NamedTuple):
    """Where the pictures of a corpus are: videos, or folders of extracted frames."""

    folder: Path
    places: dict[str, Path]  # subject -> video or folder
    example: str
    filmed: bool


def read_disfa(
    root: Path,
    active_from: int = ACTIVE_FROM,
    *,
    camera: str = "left",
    images: str | None = None,
    first_image: int = FIRST,
    unmatched: list[str] | None = None,
) -> pd.DataFrame:
    """Read DISFA, or an open corpus in its layout.

    Labels: ``ActionUnit_Labels/SN001/SN001_au1.txt`` for each of twelve units, lines
    ``frame,intensity``, frames from 1. Pictures: ``Videos_LeftCamera/LeftVideoSN001_comp.avi`` or
    ``Video_RightCamera/RightVideoSN001_Comp.avi`` (``Video`` or ``Videos``, ``comp`` or ``Comp``);
    label frame N is the video's frame of index N - 1. Or extracted frames, in a folder a subject:
    ``Images_LeftCamera/SN001/00001.jpg`` (or ``.png``, any zero padding), read where there is no
    video, or where ``images`` names their folder. Names may be in any case.

    Paper: Sec. 4.1.1. Reading: disfa-activity.

    Args:
        root: The corpus' folder.
        active_from: The lowest intensity that counts as active, 1 to 5; 2 is what the field takes,
            the paper prints "greater than 3".
        camera: ``left`` or ``right``; also the name of the one sequence a subject has.
        images: The folder of the subjects' folders of extracted frames, relative to the root.
        first_image: The number of the first extracted frame, the one that label frame 1 is of.
        unmatched: Receives the files that match nothing, relative to the root.

    Returns:
        The frames table with ``video_index`` (missing where the source is an image), the labels,
        and each unit's intensity (``AU01_intensity`` ...); a line for every frame that has a
        picture or a label.

    Raises:
        CorpusError: If a label file is missing or no text of commas, has a value outside 0..5, a
            frame twice or a gap, or not the frames of its sisters; two files claim one thing; a
            video is missing or is none; extracted frames are numbered otherwise than said. Every
            problem is listed. A video that may not be read is no such problem: its frames turn
            out unreadable.
        ValueError: For a parameter out of range.
    """
    if camera not in CAMERAS:
        raise ValueError(f"camera: expected one of {CAMERAS}, found {camera!r}")
    root = Path(root)
    problems: list[str] = []
    files = Files(root, LABELS, problems, unmatched)
    where = _pictures(files, camera, images)
    labels = _subjects(files, files.labels)
    if not labels:
        expected = f"{files.labels}: expected folders SN001 ... of label files, found none"
        raise CorpusError(root, [*problems, expected])
    for subject in sorted(labels.keys() - where.places.keys()) if where.places else ():
        expected = where.folder / where.example.replace("SN001", subject)
        problems.append(f"{expected}: expected pictures of subject {subject}, found none")
    for subject in sorted(where.places.keys() - labels.keys()):
        expected = files.labels / subject
        problems.append(f"{expected}: expected labels of subject {subject}, found none")

    blank = (pd.NA,) * len(DISFA_AUS)
    lines: list[tuple] = []
    for subject in sorted(labels.keys() | where.places.keys()):
        levels = _intensities(files, subject, labels[subject]) if subject in labels else {}
        pictures: Pictures = {}
        if subject in where.places:
            path, last = where.places[subject], max(levels, default=0)
            pictures = (
                _filmed(files, path, last) if where.filmed else _extracted(files, path, first_image)
            )
        for frame in sorted(levels.keys() | pictures.keys()):
            intensities = levels.get(frame, blank)
            picture = pictures.get(frame, (None, None))
            lines.append((subject, camera, frame, *picture, *blank, *intensities))
    if problems:
        raise CorpusError(root, problems)
    names = au_names(DISFA_AUS)
    columns = ["video_index", *names, *(f"{name}_intensity" for name in names)]
    return with_activity(frames_table(corpus_name(root, "disfa"), lines, columns), active_from)


def is_disfa(root: Path) -> bool:
    """Whether a root has DISFA's layout."""
    return Files(root, LABELS, [], None).labels.is_dir()


def _subjects(files: Files, folder: Path) -> dict[str, Path]:
    """The subjects' folders of labels or of extracted frames."""
    once = "one folder a subject"
    return files.take(folder, SUBJECT, lambda match: match[0].upper(), once, folders=True)


def _pictures(files: Files, camera: str, images: str | None) -> Where:
    """Where the pictures are; a folder of videos without one does not hide extracted frames."""
    side = camera.capitalize()
    filmed = [files.locate(f"{word}_{side}Camera") for word in ("Video", "Videos")]
    name = pattern(rf"{side}Video(?P<subject>SN\d{{3}})_comp\.{VIDEOS}")
    places: dict[str, Path] = {}
    for folder in () if images else filmed:
        some = files.take(
            folder, name, lambda match: match["subject"].upper(), "one video a subject"
        )
        for subject in sorted(some.keys() & places.keys()):
            said = f"expected one video a subject, found {files.relative(places[subject])} too"
            files.problems.append(f"{some[subject]}: {said}")
        places = some | places
    if places:
        place = next(iter(places.values())).parent
        return Where(place, places, f"{side}VideoSN001_comp.avi", filmed=True)
    folder = files.locate(images or f"Images_{side}Camera")
    places = _subjects(files, folder)
    if not places:
        videos = "Videos_LeftCamera" if camera == "left" else "Video_RightCamera"
        wanted = "that folder" if images else f"{videos} or {folder.name}"
        files.problems.append(
            f"{folder}: expected {wanted}, found none or no subject SN001 ... in it; "
            "`images` beside the corpus' name in the config names a folder of extracted frames"
        )
    return Where(folder, places, "SN001", filmed=False)


def _filmed(files: Files, path: Path, last: int) -> Pictures:
    """The frames of a video; ``last`` is the last labelled one."""
    source = files.relative(path)
    try:
        path.open("rb").close()
        length = video_length(path, expected=last - FIRST + 1)
    except OSError:  # a link to nothing, no permission: every frame turns out unreadable
        length = last - FIRST + 1
    except ImageError as error:
        files.problems.append(str(error))
        return {}
    return {index + FIRST: (source, index) for index in range(length)}


def _extracted(files: Files, folder: Path, first_image: int) -> Pictures:
    """The images of a subject's folder, by label frame."""
    images = files.images(folder)
    if images and (lowest := min(images)) < first_image:
        files.problems.append(
            f"{images[lowest]}: expected extracted frames from {first_image}, found {lowest}; "
            f"`first_image: {lowest}` beside `name: disfa` in the config says that they begin there"
        )
    shift = FIRST - first_image
    return {number + shift: (files.relative(path), None) for number, path in images.items()}


def _intensities(files: Files, subject: str, folder: Path) -> dict[int, tuple]:
    """The intensities of every frame of a subject, in the order of :data:`DISFA_AUS`."""
    problems, known = files.problems, {*DISFA_AUS}

    def unit_of(match: re.Match[str]) -> int | None:
        if match["subject"].upper() != subject:
            problems.append(f"{folder / match.string}: expected label files {subject}_au1.txt ...")
            return None
        return unit if (unit := int(match["unit"])) in known else None

    paths = files.take(folder, FILE, unit_of, "one file a unit")
    for unit in sorted(known - paths.keys()):
        path = folder / f"{subject}_au{unit}.txt"
        problems.append(f"{path}: expected the intensities of {au_name(unit)}, found no file")

    before = len(problems)
    levels = {unit: _one_unit(paths[unit], unit, problems) for unit in DISFA_AUS if unit in paths}
    frames = set().union(*levels.values())
    if len(problems) == before:
        for unit, of_unit in levels.items():
            if absent := frames - of_unit.keys():
                said = f"{paths[unit]}: expected the frames of the subject's other files"
                problems.append(f"{said}, found none numbered {as_ranges(absent)}")
    nothing = (pd.NA,)
    return {
        frame: tuple(levels.get(unit, {}).get(frame, nothing)[0] for unit in DISFA_AUS)
        for frame in frames
    }


def _one_unit(path: Path, unit: int, problems: list[str]) -> dict[int, tuple]:
    before, column = len(problems), {au_name(unit): 1}
    lines = label_lines(path, problems)
    coded = coded_lines(path, lines, INTENSITY, column, WIDTH, problems, first_frame=FIRST)
    if not coded and len(problems) == before:
        problems.append(f"{path}, line 1: expected lines frame,intensity, found an empty file")
    return coded
