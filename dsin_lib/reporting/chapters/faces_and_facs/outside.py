"""What an outside reader makes of the faces: AUCs of each version of SynAU that was read.

They are read from what `benchmarks/faces` keeps in the repository, a folder a version; its README
says which reader, which frames, and how often the drawing was looked at. No network of this book
has a part in them.
"""

import re
from pathlib import Path

import pandas as pd
from IPython.display import HTML

from dsin_lib.config import PROJECT
from dsin_lib.facs import au_name
from dsin_lib.reporting.page.tables import ends, number, small, styled

READ = PROJECT / "benchmarks" / "faces"
"""One folder a version, with `auc.csv` in it."""
VERSION = re.compile(r"\d+\.\d+\.\d+")
LINE = ["unit", "level"]
DEAD = {
    "yes": "the reader's score for it hardly moves on photographs either",
    "partly": "the reader's score for it moves little on photographs too",
}
"""Notes, by what `auc.csv` says of a unit's score."""


def versions(folder: Path = READ) -> list[str]:
    """The versions that were read, the oldest first; other folders, such as looks, do not count.

    Raises:
        FileNotFoundError: None was.
    """
    names = [path.parent.name for path in folder.glob("*/auc.csv")]
    found = [name for name in names if VERSION.fullmatch(name)]
    if not found:
        raise FileNotFoundError(f"{folder}: expected a version's auc.csv, found none")
    return sorted(found, key=lambda name: [int(part) for part in name.split(".")])


def aucs(folder: Path = READ) -> pd.DataFrame:
    """The AUCs as they are kept: one line a unit and band of levels, columns of each version.

    Columns are ``dead``, and ``n V``, ``AUC V``, ``low V``, ``high V`` of each version ``V``. Where
    a version was compared with the one before it (its `gain.csv`), also ``gain``, ``gain low`` and
    ``gain high`` of the last: the difference over the same frames, paired over subjects.
    """
    names = versions(folder)
    tables = [_table(folder / name / "auc.csv") for name in names]
    later = [one.drop(columns=["corpus", "dead"]) for one in tables[1:]]
    table = pd.concat([tables[0], *later], axis=1)
    gains = folder / names[-1] / "gain.csv"
    if gains.is_file():
        table = table.join(_table(gains)[["gain", "gain low", "gain high"]])
    return table


def before_and_after(folder: Path = READ) -> HTML:
    """The AUCs with their intervals, versions side by side, one line a unit and band of levels."""
    return styled(lines(folder))


def lines(folder: Path = READ) -> pd.DataFrame:
    """The cells of :func:`before_and_after`; ``attrs`` has the notes."""
    table = aucs(folder)
    names = [f"{au_name(unit)}, levels {band}" for unit, band in table.index]
    cells = {f"SynAU {name}": _cells(table, name) for name in versions(folder)}
    if "gain" in table:
        gain = table[["gain low", "gain high"]].set_axis(["low", "high"], axis=1)
        cells["gain"] = _with_interval(table["gain"], gain)
    shown = pd.DataFrame(cells).set_axis(names)
    shown.attrs["notes"] = pd.Series(table["dead"].to_numpy(), names).dropna().map(DEAD).to_dict()
    return shown


def _table(path: Path) -> pd.DataFrame:
    return pd.read_csv(path).set_index(LINE)


def _cells(table: pd.DataFrame, version: str) -> pd.Series:
    interval = table[[f"low {version}", f"high {version}"]].set_axis(["low", "high"], axis=1)
    return _with_interval(table[f"AUC {version}"], interval)


def _with_interval(values: pd.Series, interval: pd.DataFrame) -> pd.Series:
    """Numbers with their interval in small print below; a dash for what was not measured."""
    below = ends(interval, 2).where(values.notna(), None)
    return values.map(lambda value: number(value, 2)) + below.map(small)
