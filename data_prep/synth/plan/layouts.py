"""Where a corpus's files lie, and what its label files say: BP4D's layout and DISFA's.

A layout is four answers. Nothing here knows how a face is drawn.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

NOT_CODED = 9
N_COLUMNS = 100
"""BP4D's AU_OCC files have columns 0..99: the frame number, then AU 1 to AU 99."""

Texts = dict[str, str]
"""Path relative to the corpus's folder -> content of the file."""


@dataclass(frozen=True)
class Layout:
    """One way to lie on disk; every path is relative to the corpus's folder.

    Attributes:
        pictures: (subject, task) -> folder of the pictures.
        name: (subject, task) -> name of the sequence, for the truth's file.
        digits: width of a picture's number, zero-padded.
        labels: (subject, task, frame, label, aus) -> the label files.
    """

    pictures: Callable[[str, str], str]
    name: Callable[[str, str], str]
    digits: int
    labels: Callable[[str, str, np.ndarray, np.ndarray, Sequence[int]], Texts]

    def truth(self, subject: str, task: str) -> str:
        """Returns the path of what was drawn."""
        return f"truth/{self.name(subject, task)}.parquet"

    def is_written(self, root: Path, subject: str, task: str) -> bool:
        """Whether a sequence is there: its pictures' folder gets its name last of all."""
        return (root / self.pictures(subject, task)).is_dir()


def occurrence_codes(frame: np.ndarray, label: np.ndarray, aus: Sequence[int]) -> pd.DataFrame:
    """Returns BP4D's AU_OCC table: column 0 the frame, column N the code of AU N.

    Args:
        frame: (n) video frame numbers.
        label: (n au) 0/1 of the coded AUs.
        aus: their numbers; every other AU is 9, not coded.
    """
    table = np.full((len(frame), N_COLUMNS), NOT_CODED, int)
    table[:, 0] = frame
    table[:, list(aus)] = label
    return pd.DataFrame(table, columns=[str(i) for i in range(N_COLUMNS)])


def _bp4d(
    subject: str, task: str, frame: np.ndarray, label: np.ndarray, aus: Sequence[int]
) -> Texts:
    """One table a sequence: `AUCoding/AU_OCC/F001_T1.csv`."""
    table = occurrence_codes(frame, label, aus).to_csv(index=False)
    return {f"AUCoding/AU_OCC/{subject}_{task}.csv": table}


def _disfa(
    subject: str, task: str, frame: np.ndarray, label: np.ndarray, aus: Sequence[int]
) -> Texts:
    """One file an AU: `ActionUnit_Labels/SN001/SN001_au1.txt`, lines `frame,intensity`."""
    return {
        f"ActionUnit_Labels/{subject}/{subject}_au{au}.txt": "".join(
            f"{number},{level}\n" for number, level in zip(frame, label[:, a], strict=True)
        )
        for a, au in enumerate(aus)
    }


BP4D = Layout(
    pictures=lambda subject, task: f"{subject}/{task}",
    name=lambda subject, task: f"{subject}_{task}",
    digits=4,
    labels=_bp4d,
)
DISFA = Layout(
    pictures=lambda subject, task: f"Images_{task.capitalize()}Camera/{subject}",
    name=lambda subject, task: subject,
    digits=5,
    labels=_disfa,
)


def write_text(path: Path, text: str) -> None:
    """Writes a small file that is whole or absent; what is half of one ends in `.tmp`."""
    part = path.with_name(path.name + ".tmp")
    part.write_text(text)
    part.replace(path)
