"""The files of a corpus: each is taken by what its name says, or is left over, never lost.

A reader asks a folder for the entries that a pattern matches. Whatever the pattern does not match
is left over at that moment, so what is read and what is reported as unread cannot drift apart.
"""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple
from unicodedata import normalize

from dsin_lib.data.readers.corpus import OPEN, RECORD

LITTER = re.compile(
    r"\._.*|\.DS_Store|\.localized|\.AppleDouble|\.Spotlight-V100|\.Trashes|\.fseventsd|__MACOSX"
    r"|Icon\r|(eh)?Thumbs\.db|desktop\.ini|\$RECYCLE\.BIN|System Volume Information|\.directory"
    r"|@eaDir|lost\+found|\.nfs[0-9a-f]+",
    re.IGNORECASE,
)
"""What macOS, Windows, Linux desktops and network drives leave in folders."""

IMAGE = re.compile(r"(?P<frame>\d{1,18})\.(jpe?g|png)", re.IGNORECASE | re.ASCII)
SPACED = re.compile(r"\s*([_.])\s*")
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def pattern(text: str) -> re.Pattern[str]:
    """A pattern of file names, matched whatever their case."""
    return re.compile(text, re.IGNORECASE | re.ASCII)


def plain(name: str) -> str:
    """A name without the white space at its ends and around its separators.

    >>> plain(" F001 _T1 .csv"), plain("F001_T1 (1).csv")
    ('F001_T1.csv', 'F001_T1 (1).csv')
    """
    return SPACED.sub(r"\1", name.strip())


def printable(name: str) -> str:
    r"""A name as any screen and file can hold it, and the same on every system.

    >>> print(printable("Icon\r, \udcff"))
    Icon\x0d, \udcff
    """
    said = normalize("NFC", name).encode(errors="backslashreplace").decode()
    return CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", said)


class Entry(NamedTuple):
    """One name in a folder."""

    path: Path
    is_folder: bool


class Files:
    """The folders of a corpus as a reader goes through them.

    Attributes:
        root: The corpus' folder.
        labels: The folder of its label files; where there is none, the place it should have.
        problems: Receives folders that may not be read, and two names that claim the same.
        unmatched: Receives what no pattern matched, relative to the root, folders with a ``/`` at
            the end and not looked into. The label folder and an open corpus' own files are known.
    """

    def __init__(
        self, root: Path, labels: Path, problems: list[str], unmatched: list[str] | None
    ) -> None:
        self.root, self.problems = Path(root), problems
        self.unmatched = [] if unmatched is None else unmatched
        self.labels = self.locate(labels)
        own = OPEN if (self.root / RECORD).is_file() else ()
        names = (self.labels.relative_to(self.root).parts[0], *own)
        self._known = {self.root / name for name in names}

    def take(
        self,
        folder: Path,
        name: re.Pattern[str],
        key: Callable[[re.Match[str]], Any],
        once: str,
        *,
        folders: bool = False,
    ) -> dict[Any, Path]:
        """The entries of a folder by what their names say.

        Args:
            folder: The folder; none that is there has no entries.
            name: Matches the whole of a name, as :func:`plain` has it.
            key: What a match stands for; None leaves the entry over.
            once: What two entries with one key break: ``each frame once``.
            folders: Whether folders are asked for, or files.
        """
        taken: dict[Any, Path] = {}
        for path, is_folder in self._entries(folder):
            if path in self._known:
                continue
            match = name.fullmatch(plain(path.name)) if is_folder == folders else None
            of = key(match) if match else None
            if of is None:
                self.unmatched.append(printable(self.relative(path)) + "/" * is_folder)
            elif of in taken:
                self.problems.append(f"{path}: expected {once}, found {taken[of].name} too")
            else:
                taken[of] = path
        return taken

    def images(self, folder: Path) -> dict[int, Path]:
        """The images of a folder by frame number, whatever the zero padding."""
        return self.take(folder, IMAGE, lambda match: int(match["frame"]), "each frame once")

    def locate(self, path: str | Path) -> Path:
        """The place of a path relative to the root, whatever the case of its names.

        Two folders that differ only in that are a problem. Where there is none, the path is
        returned as it was asked for.

        Raises:
            ValueError: If the path leads out of the root.
        """
        if Path(path).is_absolute() or ".." in Path(path).parts:
            raise ValueError(f"images: expected a folder inside {self.root}, found {str(path)!r}")
        place = self.root
        for part in Path(path).parts:
            same = [
                entry.path
                for entry in self._entries(place)
                if plain(entry.path.name).casefold() == part.casefold()
            ]
            exact = place / part
            if len(same) > 1:
                said = f"{same[1]}: expected one folder {part}, found {same[0].name} too"
                self.problems.append(said)
            place = exact if exact in same or not same else same[0]
        return place

    def relative(self, path: Path) -> str:
        """A path as the account and the frames table have it."""
        return path.relative_to(self.root).as_posix()

    def _entries(self, folder: Path) -> list[Entry]:
        """What lies in a folder, by name, without the litter of systems."""
        try:
            with os.scandir(folder) as listing:
                entries = [
                    Entry(folder / entry.name, _is_folder(entry))
                    for entry in listing
                    if not LITTER.fullmatch(entry.name)
                ]
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            said = f"{folder}: expected a folder that may be read, found {error.strerror}"
            if said not in self.problems:
                self.problems.append(said)
            return []
        return sorted(entries)


def _is_folder(entry: os.DirEntry) -> bool:
    """Whether an entry is a folder or a link to one; a link to nothing is none."""
    try:
        return entry.is_dir()
    except OSError:
        return False
