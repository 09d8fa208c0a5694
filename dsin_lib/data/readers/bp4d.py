"""Read a corpus, as its licence holders have it on disk, into the frames table.

One function a corpus, each returning what :mod:`dsin_lib.data.frames` describes. Nothing is taken
from the order of files or columns: Action Units come by number from the header, frames are matched
as integers, whatever the zero padding. All that is wrong with a corpus is reported at once.
"""

import csv
import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pandas as pd

from dsin_lib.data.frames import KEYS, validate
from dsin_lib.facs import BP4D_AUS, au_name, au_names

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png")
NOT_CODED = "9"
CODES = {"0": 0, "1": 1, NOT_CODED: pd.NA}
SHOWN = 20

BP4D_LABELS = Path("AUCoding/AU_OCC")
BP4D_FILE = re.compile(r"(?P<subject>[FM]\d{3})_(?P<sequence>T\d+)\.csv")
BP4D_SUBJECT = re.compile(r"[FM]\d{3}")
BP4D_SEQUENCE = re.compile(r"T\d+")


class CorpusError(ValueError):
    """A corpus that cannot be read as it lies on disk.

    Attributes:
        problems: Every problem found, each naming file, line, what was expected and found.
    """

    def __init__(self, root: Path, problems: list[str]) -> None:
        more = [f"... and {len(problems) - SHOWN} more"] if len(problems) > SHOWN else []
        super().__init__(
            "\n  ".join([f"{root}: {len(problems)} problem(s)", *problems[:SHOWN], *more])
        )
        self.problems = tuple(problems)


def corpus_name(root: Path, licensed: str) -> str:
    """The corpus' own name: key ``name`` of its ``corpus.json``.

    Args:
        root: The corpus' folder.
        licensed: The name where there is no such file: only open corpora carry one. An open
            corpus that does not say its name is ``unnamed``, never taken for the licensed one.
    """
    path = Path(root) / "corpus.json"
    if not path.is_file():
        return licensed
    return str(json.loads(path.read_text(encoding="utf-8")).get("name", "unnamed"))


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
    root = Path(root)
    problems: list[str] = []
    files = {
        (match["subject"], match["sequence"]): path
        for path in sorted((root / BP4D_LABELS).glob("*.csv"))
        if (match := BP4D_FILE.fullmatch(path.name))
    }
    if not files:
        expected = f"{root / BP4D_LABELS}: expected label files F001_T1.csv ..., found none"
        raise CorpusError(root, [expected])
    folders = {
        (subject.name, sequence.name): sequence
        for subject in _folders(root / images, BP4D_SUBJECT)
        for sequence in _folders(subject, BP4D_SEQUENCE)
    }
    for here, there, what in ((files, folders, "images"), (folders, files, "labels")):
        for subject in sorted({key[0] for key in here} - {key[0] for key in there}):
            where = root / images / subject if what == "images" else root / BP4D_LABELS / subject
            problems.append(f"{where}*: expected {what} of subject {subject}, found none")

    names = au_names(BP4D_AUS)
    rows: list[tuple] = []
    for subject, sequence in sorted(files.keys() | folders.keys()):
        file, folder = files.get((subject, sequence)), folders.get((subject, sequence))
        labels = read_bp4d_codes(file, problems) if file else {}
        found = image_files(folder, problems) if folder else {}
        for frame in sorted(labels.keys() | found.keys()):
            source = found[frame].relative_to(root).as_posix() if frame in found else None
            codes = labels.get(frame, (pd.NA,) * len(names))
            rows.append((subject, sequence, frame, source, *codes))
    if problems:
        raise CorpusError(root, problems)
    table = pd.DataFrame(rows, columns=[*KEYS[1:], "source", *names])
    table.insert(0, "corpus", corpus_name(root, "bp4d"))
    text = ["corpus", "subject", "sequence", "source"]
    types = {**dict.fromkeys(text, "str"), "frame": "int64", **dict.fromkeys(names, "Int8")}
    return validate(table.astype(types))


def read_bp4d_codes(path: Path, problems: list[str]) -> dict[int, tuple]:
    """Read one ``AU_OCC`` file: for each frame the codes of the paper's twelve Action Units.

    Args:
        path: The label file.
        problems: Receives what is wrong with the file; the lines concerned are left out.
    """
    with path.open(newline="", encoding="utf-8-sig") as stream:
        lines = csv.reader(stream)
        header = [cell.strip() for cell in next(lines, [])]
        expected = (
            f"{path}, line 1: expected the header 0..99 (0 the frame, N the unit AU N), found"
        )
        if not header or not all(cell.isdigit() for cell in header):
            problems.append(f"{expected} {','.join(header[:5]) or 'an empty file'} ...")
            return {}
        column = {int(cell): index for index, cell in enumerate(header)}
        absent = [unit for unit in (0, *BP4D_AUS) if unit not in column]
        if absent or len(column) != len(header):
            what = f"no column {absent}" if absent else "a column twice"
            problems.append(f"{expected} {what}")
            return {}
        return dict(_bp4d_lines(path, lines, column, problems))


def _bp4d_lines(
    path: Path, lines: Iterator[list[str]], column: dict[int, int], problems: list[str]
) -> Iterator[tuple[int, tuple]]:
    """Frame number and codes of each good line; what is wrong with the others to ``problems``."""
    wanted = [(au_name(unit), column[unit]) for unit in BP4D_AUS]
    seen: dict[int, int] = {}  # frame -> line
    for cells in lines:
        where = f"{path}, line {lines.line_num}"
        if not cells:
            continue
        if len(cells) != len(column):
            problems.append(f"{where}: expected {len(column)} cells, found {len(cells)}")
            continue
        number = cells[column[0]].strip()
        if not number.isdigit():
            problems.append(f"{where}: expected a frame number, found {number!r}")
            continue
        frame = int(number)
        if frame in seen:
            problems.append(
                f"{where}: expected each frame once, found {frame} of line {seen[frame]}"
            )
            continue
        seen[frame] = lines.line_num
        codes = [(name, cells[index].strip()) for name, index in wanted]
        wrong = [f"{name} = {code!r}" for name, code in codes if code not in CODES]
        if wrong:
            problems.append(f"{where}: expected codes 0, 1 or 9, found {', '.join(wrong)}")
            continue
        yield frame, tuple(CODES[code] for _, code in codes)
    problems.extend(_gap(path, seen))


def _gap(path: Path, seen: dict[int, int]) -> list[str]:
    """A coded stretch is one block: its frame numbers grow by one step (1, or a corpus' stride)."""
    pairs = list(pairwise(sorted(seen)))
    step = min((after - before for before, after in pairs), default=1)
    for before, after in pairs:
        if after - before != step:
            where = f"{path}, line {seen[after]}"
            return [f"{where}: expected frame {before + step}, found {after} after {before}: a gap"]
    return []


def _folders(root: Path, name: re.Pattern[str]) -> list[Path]:
    """Sub-folders whose whole name matches, by name."""
    if not root.is_dir():
        return []
    return sorted(path for path in root.iterdir() if name.fullmatch(path.name) and path.is_dir())


def image_files(folder: Path, problems: list[str]) -> dict[int, Path]:
    """Image files of a folder by frame number, whatever the zero padding; hidden files ignored.

    Args:
        folder: The folder.
        problems: Receives file names that are no number, and numbers found twice.
    """
    found: dict[int, Path] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() not in IMAGE_SUFFIXES or path.name.startswith("."):
            continue
        if not path.stem.isdigit():
            problems.append(f"{path}: expected a frame number as the file's name")
        elif int(path.stem) in found:
            problems.append(
                f"{path}: expected each frame once, found {found[int(path.stem)].name} too"
            )
        else:
            found[int(path.stem)] = path
    return found
