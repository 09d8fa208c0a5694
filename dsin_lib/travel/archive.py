"""An archive of runs: small enough to be sent or committed, whole enough for every table.

==================================  ======================================================
member                              content
==================================  ======================================================
archive.json                        format, what packed it, the stores, the runs, and a
                                    SHA-256 of every other member
labels/DIGEST.parquet               frames and labels, once for all runs that read the same
runs/ROW/FOLDER/scores.parquet      a run's predictions in half precision, without labels
runs/ROW/FOLDER/...                 its other files as they are, but for its weights
weights/ROW/FOLDER/1of3             a piece of its weights in half precision, if they travel
==================================  ======================================================

Each archive can be read alone; only the pieces of one run's weights may lie in several.
"""

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dsin_lib.config import digest
from dsin_lib.data.store import read_record
from dsin_lib.files import whole
from dsin_lib.runs.files import PREDICTIONS, WEIGHTS, Files
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import Run
from dsin_lib.travel.half import as_parquet, halved, labels_of, scores_of
from dsin_lib.version import code_version

FORMAT, MANIFEST, SCORES = 1, "archive.json", "scores.parquet"
LARGEST = 15.0
"""Megabytes of an archive."""
NAMES = re.compile(
    r"labels/[0-9a-f]{8}\.parquet"
    r"|runs/(?P<row>\w+)/fold\d_seed\d+_[0-9a-f]{8}-[0-9a-f]{8}/\w+\.(csv|json|parquet)"
    r"|weights/\w+/fold\d_seed\d+_[0-9a-f]{8}-[0-9a-f]{8}/\d+of\d+"
)
"""What a member may be called: nothing of it leads out of the folder that it is taken into."""


@dataclass
class Parcel:
    """What one run, or a piece of its weights, adds to an archive.

    Attributes:
        members: Names and contents.
        run: The folder of the run, ``ROW/FOLDER``.
        said: What the manifest says of the run; empty of a piece of its weights.
        store: Name and record of the run's store.
    """

    members: dict[str, bytes]
    run: str
    said: dict[str, Any] = field(default_factory=dict)
    store: tuple[str, dict] | None = None

    @property
    def size(self) -> int:
        """Bytes before compression; csv and json shrink, tables and weights hardly."""
        return sum(map(len, self.members.values()))


def pack(
    runs: Iterable[Run], out: Path, weights: Iterable[Run] = (), largest: float = LARGEST
) -> list[Path]:
    """Writes archives of some runs.

    Args:
        runs: They must be there.
        out: The folder of the archives; it is made.
        weights: Those whose weights travel too.
        largest: Megabytes of an archive.

    Returns:
        The archives, each named by its content.

    Raises:
        MissingRunError: A run is not there.
        ValueError: A run's file is damaged, or too large for an archive; names the run.
    """
    with_weights = {run.folder for run in weights}
    room = largest * 1e6 * 0.98  # the manifest and the directory take the rest
    out.mkdir(parents=True, exist_ok=True)
    made, waiting = [], []
    for parcel in _parcels(runs, with_weights, room / 2):
        if parcel.size > room:
            raise ValueError(f"{parcel.run}: expected at most {largest} MB, got {parcel.size:,} B")
        if waiting and _size([*waiting, parcel]) > room:
            made.append(_write(waiting, out))
            waiting = []
        waiting.append(parcel)
    return made + ([_write(waiting, out)] if waiting else [])


def _parcels(runs: Iterable[Run], with_weights: set[Path], piece: float) -> Iterator[Parcel]:
    for run in {one.folder: one for one in runs}.values():
        files, name = run.files, name_of(run)
        labels = labels_of(files.predictions)
        label_file = as_parquet(labels)
        label_name = f"labels/{hashlib.sha256(label_file).hexdigest()[:8]}.parquet"
        members = {
            label_name: label_file,
            f"runs/{name}/{SCORES}": as_parquet(scores_of(files.predictions, labels)),
        }
        for file in files.provenance["files"]:
            if file not in (PREDICTIONS, WEIGHTS):
                members[f"runs/{name}/{file}"] = (run.folder / file).read_bytes()
        said = {"labels": label_name, "store": run.store.name, "weights": None}
        pieces = dict(_pieces(files, name, int(piece))) if run.folder in with_weights else {}
        if pieces:
            said["weights"] = hashlib.sha256(b"".join(pieces.values())).hexdigest()
        yield Parcel(members, name, said, (run.store.name, read_record(run.store)))
        for part, data in pieces.items():
            yield Parcel({part: data}, name)


def _pieces(files: Files, name: str, size: int) -> Iterator[tuple[str, bytes]]:
    data = halved(files.arrays())
    starts = range(0, len(data), size)
    for number, start in enumerate(starts, 1):
        yield f"weights/{name}/{number}of{len(starts)}", data[start : start + size]


def _size(parcels: list[Parcel]) -> int:
    return sum(map(len, {name: of for one in parcels for name, of in one.members.items()}.values()))


def _write(parcels: list[Parcel], out: Path) -> Path:
    members = {name: data for one in parcels for name, data in sorted(one.members.items())}
    manifest = {
        "format": FORMAT,
        "packed_by": code_version(),
        "stores": dict(one.store for one in parcels if one.store),
        "runs": {one.run: one.said for one in parcels if one.said},
        "members": {name: hashlib.sha256(data).hexdigest() for name, data in members.items()},
    }
    path = out / f"runs-{digest(manifest['members'])}.zip"
    with whole(path) as partial, zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(MANIFEST, json.dumps(manifest, indent=1))
        for name, data in members.items():
            archive.writestr(name, data)
    return path


@dataclass(frozen=True)
class Archive:
    """An archive that was read and is whole.

    Attributes:
        path: Its file.
        stores: Name of a store to its record where the runs were trained.
        runs: ``ROW/FOLDER`` of a run to what is said of it: its ``labels``, its ``store``, and the
            SHA-256 of its ``weights`` if they travel.
        members: Name to content.
    """

    path: Path
    stores: Mapping[str, dict]
    runs: Mapping[str, dict]
    members: Mapping[str, bytes]


def read_archive(path: Path) -> Archive:
    """Reads and checks a whole archive; nothing is written.

    Raises:
        FileNotFoundError: No such file.
        ValueError: It is none, of another format, damaged, or holds something that no archive
            holds; names it, what was expected and what came.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path}: expected an archive of runs, found no file")
    try:
        with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
            members = {name: archive.read(name) for name in archive.namelist()}
        manifest = json.loads(members.pop(MANIFEST))
        found = manifest["format"]
        stores, runs, sums = (manifest[name] for name in ("stores", "runs", "members"))
    except (zipfile.BadZipFile, EOFError, KeyError, ValueError, TypeError, OSError) as error:
        raise ValueError(f"{path}: expected a whole archive of runs, got {error!r}") from None
    if found != FORMAT:
        raise ValueError(f"{path}: expected format {FORMAT}, got {found}")
    for name, data in members.items():
        match = NAMES.fullmatch(name)
        if not match:
            raise ValueError(f"{path}: expected members of an archive of runs, got {name!r}")
        if match["row"] and match["row"] not in ROWS:
            raise ValueError(f"{path}: expected a row of {sorted(ROWS)}, got {match['row']!r}")
        if sums.get(name) != hashlib.sha256(data).hexdigest():
            raise ValueError(f"{path}: {name}: expected the content that was packed, got another")
    if missing := sorted(set(sums) - set(members)):
        raise ValueError(f"{path}: expected {missing[0]!r}, found no such member")
    return Archive(path, stores, runs, members)


def packed(folder: Path) -> set[str]:
    """The runs, ``ROW/FOLDER``, of all archives in a folder."""
    archives = (read_archive(path) for path in sorted(folder.glob("*.zip")))
    return {name for archive in archives for name in archive.runs}


def kept(runs: Iterable[Run], folder: Path) -> list[Path]:
    """Packs into a folder those runs that are there and in none of its archives.

    Returns:
        The new archives.
    """
    before = packed(folder)
    there = (run for run in runs if run.is_there())
    return pack([run for run in there if name_of(run) not in before], folder)


def name_of(run: Run) -> str:
    """A run in an archive: ``ROW/FOLDER``."""
    return f"{run.row.id}/{run.folder.name}"
