"""Takes runs out of archives, and pins them: made by the code and on the machine that they name."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dsin_lib.config import results_root
from dsin_lib.data.store import StoreError, read_record
from dsin_lib.locks import alone
from dsin_lib.runs.files import PREDICTIONS, PROVENANCE, WEIGHTS, writing
from dsin_lib.runs.pins import pin
from dsin_lib.travel.archive import SCORES, Archive, read_archive
from dsin_lib.travel.half import from_parquet, predictions_of

HALF = "half"


@dataclass(frozen=True)
class Taken:
    """What became of some archives.

    Attributes:
        new: Folders of the runs that were added, or to which their weights were.
        there: How many were there before, and stay as they are.
        said: Lines for people: corpora that differ from those here, weights that did not come.
    """

    new: tuple[Path, ...]
    there: int
    said: tuple[str, ...]


def take(paths: Iterable[Path]) -> Taken:
    """Adds the runs of some archives to the results, once all archives are found whole.

    Raises:
        FileNotFoundError: There is no such archive; names it.
        ValueError: One is damaged or foreign; names it. Nothing is added then.
    """
    archives = [read_archive(Path(path)) for path in paths]
    pieces = {
        name: of
        for one in archives
        for name, of in one.members.items()
        if name.startswith("weights/")
    }
    new, there, said = [], 0, dict[str, None]()
    for archive in archives:
        lines = {name: _apart(name, of) for name, of in archive.stores.items()}
        said |= dict.fromkeys(filter(None, lines.values()))
        for name, of in archive.runs.items():
            folder = results_root() / "runs" / name
            weights = _joined(pieces, name, of["weights"])
            with alone(folder):
                if not _wanted(folder, weights):
                    there += 1
                    continue
                _add(archive, name, folder, weights, differs=bool(lines[of["store"]]))
            new.append(folder)
            if of["weights"] and weights is None:
                said[f"{name}: left out: its weights are not whole in these archives"] = None
    return Taken(tuple(new), there, tuple(said))


def _wanted(folder: Path, weights: bytes | None) -> bool:
    """Whether a run is not there, or was taken without its weights, which are here now."""
    if not (folder / PROVENANCE).is_file():
        return True
    taken = json.loads((folder / PROVENANCE).read_text()).get("taken", {})
    return weights is not None and WEIGHTS in taken.get("left_out", ())


def _add(
    archive: Archive, name: str, folder: Path, weights: bytes | None, *, differs: bool
) -> None:
    """Writes a run's folder, pinned: whole or absent."""
    own, prefix, of = archive.members, f"runs/{name}/", archive.runs[name]
    provenance = json.loads(own[f"{prefix}{PROVENANCE}"])
    labels = from_parquet(own[of["labels"]])
    with writing(folder) as fresh:
        for member, data in own.items():
            file = member.removeprefix(prefix)
            if member.startswith(prefix) and file not in (SCORES, PROVENANCE):
                (fresh / file).write_bytes(data)
        predictions = predictions_of(from_parquet(own[f"{prefix}{SCORES}"]), labels)
        predictions.to_parquet(fresh / PREDICTIONS, index=False)
        if weights is not None:
            (fresh / WEIGHTS).write_bytes(weights)
        files = sorted([*(path.name for path in fresh.iterdir()), PROVENANCE])
        before = provenance.get("taken", {}).get("left_out", ())  # if it was taken there too
        taken = {
            "scores": HALF,
            "left_out": sorted({*provenance["files"], *before} - set(files)),
            "store": archive.stores[of["store"]],
            "other_pictures_here": differs,
        }
        text = json.dumps({**provenance, "files": files, "taken": taken}, indent=1)
        (fresh / PROVENANCE).write_text(text + "\n")
        pin(fresh, f"taken from {archive.path.name}")


def _joined(pieces: Mapping[str, bytes], name: str, wanted: str | None) -> bytes | None:
    """A run's weights, of pieces from several archives; none if they are not all there."""
    prefix = f"weights/{name}/"
    own = {of.removeprefix(prefix): data for of, data in pieces.items() if of.startswith(prefix)}
    for number in {part.partition("of")[2] for part in own}:  # it may have been cut twice
        parts = [part for part in own if part.endswith(f"of{number}")]
        data = b"".join(own[part] for part in sorted(parts, key=lambda of: int(of.split("of")[0])))
        if hashlib.sha256(data).hexdigest() == wanted:
            return data
    return None


def _apart(name: str, there: Mapping) -> str | None:
    """A line that says so if a store's pictures there differ from those here."""
    try:
        here = read_record(results_root() / "stores" / name).get("content")
    except StoreError:
        return None  # nothing here to compare with
    if here == there["content"]:
        return None
    return (
        f"{name}: its pictures there ({there['content']}) are not those here ({here}): "
        "scores are of theirs, which other versions of libraries may draw a little differently"
    )
