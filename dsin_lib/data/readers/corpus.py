"""What every reader shares: the error, the corpus' name, the table."""

import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from dsin_lib.data.account import first_of_each
from dsin_lib.data.frames import KEYS, au_columns, intensity_columns, validate

RECORD = "corpus.json"
OPEN = (RECORD, "subjects.csv", "truth")
"""What an open corpus has in its folder beside what its layout asks for."""

SHOWN = 20


class CorpusError(ValueError):
    """A corpus that cannot be read as it lies on disk.

    Its text shows the first few problems of each file, so that none hides another's.

    Attributes:
        root: The corpus' folder.
        problems: Every problem found, each naming file, line, what was expected and found.
    """

    def __init__(self, root: Path, problems: list[str]) -> None:
        shown = [problem for problem, first in first_of_each(problems) if first][:SHOWN]
        more = [f"... and {len(problems) - len(shown)} more"] if len(problems) > len(shown) else []
        super().__init__("\n  ".join([f"{root}: {len(problems)} problem(s)", *shown, *more]))
        self.root, self.problems = Path(root), tuple(problems)


def corpus_name(root: Path, licensed: str) -> str:
    """The corpus' own name: key ``name`` of its ``corpus.json``.

    Args:
        root: The corpus' folder.
        licensed: The name where there is no such file: only open corpora carry one. An open
            corpus that does not say its name is ``unnamed``, never taken for the licensed one.

    Raises:
        CorpusError: If the file is damaged.
    """
    path = Path(root) / RECORD
    if not path.is_file():
        return licensed
    try:
        return str(json.loads(path.read_text(encoding="utf-8-sig")).get("name", "unnamed"))
    except (ValueError, AttributeError, OSError) as error:
        said = f"{path}: expected a JSON object with the corpus' name, found {error}"
        raise CorpusError(root, [said]) from error


def frames_table(corpus: str, lines: list[tuple], columns: Sequence[str]) -> pd.DataFrame:
    """The frames table of a corpus: typed, checked and sorted.

    Args:
        corpus: The corpus' name.
        lines: Subject, sequence, frame, source, then what ``columns`` names.
        columns: Names of a line's other values.
    """
    table = pd.DataFrame(lines, columns=[*KEYS[1:], "source", *columns])
    table.insert(0, "corpus", corpus)
    types = dict.fromkeys(("corpus", "subject", "sequence", "source"), "str") | {"frame": "int64"}
    types |= {name: "Int64" for name in columns if name == "video_index"}
    types |= dict.fromkeys([*au_columns(table), *intensity_columns(table)], "Int8")
    return validate(table.astype(types))
