"""The text of a label file, whatever program wrote it: its lines as cells, or why it has none."""

import codecs
import csv
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

BY_MARK = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
"""Encodings that say themselves what they are; a file without a mark is UTF-8."""

LINE_END = re.compile(r"\r\n|\r|\n")
SEPARATORS = {";": "semicolons", "\t": "tabs"}
SEPARATED = re.compile(r"[,;\t]")


class LabelFileError(ValueError):
    """A label file that is not text, or not lines of cells; names the file and the line."""


class Line(NamedTuple):
    """One line that is not empty.

    Attributes:
        at: Its number, from 1.
        cells: Its cells.
    """

    at: int
    cells: list[str]


def label_lines(path: Path, problems: list[str]) -> Iterator[Line]:
    """The lines of a label file, commas between their cells.

    UTF-8 is read, with or without a byte order mark, and UTF-16 with one; any line ends; cells in
    quotes. A line that is no such line is a problem and left out; a file that is no such text, or
    has something else than commas from its first line on, has no lines.

    Args:
        path: The file.
        problems: Receives what is wrong, with file, line and cause.
    """
    try:
        text = _text(path)
    except LabelFileError as error:
        problems.append(str(error))
        return
    first = True
    for at, line in enumerate(LINE_END.split(text), 1):
        if not line.strip():
            continue
        where = f"{path}, line {at}"
        other = [name for mark, name in SEPARATORS.items() if mark in line and "," not in line]
        if other:
            problems.append(f"{where}: expected commas, found {other[0]}")
            if first:
                return
            continue
        first = False
        try:
            yield Line(at, _cells(line))
        except csv.Error as error:
            what = "an unbalanced quote" if "end of data" in str(error) else str(error)
            problems.append(f"{where}: expected cells between commas, found {what}")


def header_width(path: Path) -> int:
    """Cells of a label file's first line, whatever stands between them; 0 if it is no text."""
    try:
        line = LINE_END.split(_text(path).lstrip())[0]
    except LabelFileError:
        return 0
    return len(SEPARATED.split(line)) if line else 0


def _cells(line: str) -> list[str]:
    return next(csv.reader([line], strict=True)) if '"' in line else line.split(",")


def _text(path: Path) -> str:
    """The text of a file.

    Raises:
        LabelFileError: If it may not be read, or is no text.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise LabelFileError(f"{path}: expected a label file, found: {error.strerror}") from error
    mark = next((mark for mark in BY_MARK if data.startswith(mark)), b"")
    encoding, data = BY_MARK.get(mark, "utf-8"), data[len(mark) :]
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        at = data.count(b"\n", 0, error.start) + 1
        strange = f"byte 0x{data[error.start]:02x} (another encoding, such as Latin-1?)"
        raise LabelFileError(
            f"{path}, line {at}: expected {encoding.upper()} text, found {strange}"
        ) from error
    if "\0" in text:
        at = text.count("\n", 0, text.index("\0")) + 1
        strange = "a NUL byte (a damaged file, or UTF-16 without a byte order mark?)"
        raise LabelFileError(f"{path}, line {at}: expected text, found {strange}")
    return text
