"""Packs runs into archives of a size that is given, see :mod:`dsin_lib.travel.archive`."""

import hashlib
import json
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from typing import Any

from dsin_lib.config import digest
from dsin_lib.data.store import read_record
from dsin_lib.files import whole
from dsin_lib.runs.files import PREDICTIONS, WEIGHTS, Files
from dsin_lib.runs.run import Run
from dsin_lib.travel.archive import FORMAT, MANIFEST, SCORES, name_of, packed
from dsin_lib.travel.half import as_parquet, halved, labels_of, scores_of
from dsin_lib.version import code_version

LARGEST, COMMITTED = 15.0, 25.0
"""Megabytes of an archive, and of all that are committed."""
ENTRY, DIRECTORY = 400, 2000
"""Bytes that each member and run take beside their content, and those of the rest."""


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
        return _size([self])


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
    room = largest * 1e6 * 0.998 - DIRECTORY  # what cannot be compressed grows by a thousandth
    out.mkdir(parents=True, exist_ok=True)
    made, waiting = [], []
    for parcel in _parcels(runs, with_weights, room / 2 - 2 * ENTRY):
        if parcel.size > room:
            raise ValueError(f"{parcel.run}: expected at most {largest} MB, got {parcel.size:,} B")
        if waiting and (_size([*waiting, parcel]) > room or _of_other_pictures(waiting, parcel)):
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
        yield Parcel(members, name, said, (run.store.name, _pictures(run)))
        for part, data in pieces.items():
            yield Parcel({part: data}, name)


def _pictures(run: Run) -> dict:
    """The record of the store that a run was trained on, here or where it was taken from."""
    taken = run.provenance.get("taken", {})
    return taken.get("store") or read_record(run.store)


def _pieces(files: Files, name: str, size: int) -> Iterator[tuple[str, bytes]]:
    data = halved(files.arrays())
    starts = range(0, len(data), size)
    for number, start in enumerate(starts, 1):
        yield f"weights/{name}/{number}of{len(starts)}", data[start : start + size]


def _size(parcels: list[Parcel]) -> int:
    members = {name: len(of) for one in parcels for name, of in one.members.items()}
    records = {json.dumps(one.store) for one in parcels if one.store}
    content = sum(members.values()) + sum(map(len, records))
    return content + ENTRY * (len(members) + len(parcels))


def _of_other_pictures(parcels: list[Parcel], parcel: Parcel) -> bool:
    """Whether its store has the name of one of theirs and was made elsewhere."""
    theirs = [one.store for one in parcels if one.store and parcel.store]
    return any(name == parcel.store[0] and of != parcel.store[1] for name, of in theirs)


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
    with whole(path) as partial, zipfile.ZipFile(partial, "w") as archive:
        for name, data in {MANIFEST: json.dumps(manifest, indent=1), **members}.items():
            entry = zipfile.ZipInfo(name)  # of no date: packed again, it is the same file
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return path


def kept(runs: Iterable[Run], folder: Path, most: float = inf) -> list[Path]:
    """Packs into a folder those runs that are there and in none of its archives.

    Args:
        runs: They need not be there.
        folder: Of the archives; it is made.
        most: Megabytes of all archives in it.

    Returns:
        The new archives.

    Raises:
        ValueError: A run of a licensed corpus, whose labels are lent; an archive in it is damaged,
            or all would be too large. Nothing is added then.
    """
    runs = list(runs)
    for run in (one for one in runs if one.corpus.source.licensed):
        raise ValueError(f"{run}: expected an open corpus, got {run.corpus.name}: it is lent")
    before = packed(folder)
    new = [run for run in runs if run.is_there() and name_of(run) not in before]
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".writing-") as fresh:
        archives = pack(new, Path(fresh))
        size = sum(path.stat().st_size for path in [*folder.glob("*.zip"), *archives]) / 1e6
        if size > most:
            raise ValueError(
                f"{folder}: expected at most {most} MB of archives, got {size:.1f}; remove those "
                "of runs that nothing published is made of"
            )
        return [path.rename(folder / path.name) for path in archives]
