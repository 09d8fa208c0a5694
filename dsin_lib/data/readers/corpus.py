"""What every reader shares: the error, the corpus' name, pictures by number, the table."""

import json
import re
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from dsin_lib.data.frames import KEYS, au_columns, intensity_columns, validate

IMAGE_SUFFIXES = (".jpg", ".jpeg", ".png")
SHOWN = 20


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


def folders(root: Path, name: re.Pattern[str]) -> list[Path]:
    """Sub-folders whose whole name matches, by name; none where there is no such root."""
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


def frames_table(corpus: str, rows: list[tuple], columns: Sequence[str]) -> pd.DataFrame:
    """The frames table of a corpus: typed, checked and sorted.

    Args:
        corpus: The corpus' name.
        rows: Subject, sequence, frame, source, then what ``columns`` names.
        columns: Names of a row's other values.
    """
    table = pd.DataFrame(rows, columns=[*KEYS[1:], "source", *columns])
    table.insert(0, "corpus", corpus)
    types = dict.fromkeys(("corpus", "subject", "sequence", "source"), "str") | {"frame": "int64"}
    types |= {name: "Int64" for name in columns if name == "video_index"}
    types |= dict.fromkeys([*au_columns(table), *intensity_columns(table)], "Int8")
    return validate(table.astype(types))
