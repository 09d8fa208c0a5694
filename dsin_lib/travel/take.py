"""Takes runs out of archives, and pins them: made by the code and on the machine that they name."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dsin_lib.config import results_root
from dsin_lib.data.store import StoreError, read_record
from dsin_lib.runs.files import PREDICTIONS, PROVENANCE, WEIGHTS, writing
from dsin_lib.runs.pins import pin
from dsin_lib.travel.archive import SCORES, Archive, read_archive
from dsin_lib.travel.half import from_parquet, predictions_of

HALF = "half"


@dataclass(frozen=True)
class Taken:
    """What became of some archives.

    Attributes:
        new: Folders of the runs that were added.
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
    stores = {name: of for one in archives for name, of in one.stores.items()}
    apart = dict(filter(None, map(_apart, stores.items())))
    new, there, said = [], 0, list(apart.values())
    for archive in archives:
        for name, of in archive.runs.items():
            folder = results_root() / "runs" / name
            weights = _joined(pieces, name, of["weights"])
            if of["weights"] and weights is None:
                said.append(f"{name}: its weights are not whole in these archives: left out")
            if (folder / PROVENANCE).is_file():
                there += 1
                continue
            _add(archive, name, folder, weights, differs=of["store"] in apart)
            new.append(folder)
    return Taken(tuple(new), there, tuple(said))


def _add(
    archive: Archive, name: str, folder: Path, weights: bytes | None, *, differs: bool
) -> None:
    """Writes a run's folder: whole or absent."""
    own, prefix = archive.members, f"runs/{name}/"
    provenance = json.loads(own[f"{prefix}{PROVENANCE}"])
    labels = from_parquet(own[archive.runs[name]["labels"]])
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
        left_out = sorted(set(provenance["files"]) - set(files))
        taken = {"scores": HALF, "left_out": left_out, "other_pictures_here": differs}
        text = json.dumps({**provenance, "files": files, "taken": taken}, indent=1)
        (fresh / PROVENANCE).write_text(text + "\n")
    pin(folder, f"taken from {archive.path.name}")


def _joined(pieces: Mapping[str, bytes], name: str, wanted: str | None) -> bytes | None:
    """A run's weights, of pieces from several archives; none if they are not all there."""
    prefix = f"weights/{name}/"
    own = {of.removeprefix(prefix): data for of, data in pieces.items() if of.startswith(prefix)}
    in_order = sorted(own, key=lambda part: int(part.partition("of")[0]))
    data = b"".join(own[part] for part in in_order)
    return data if wanted and hashlib.sha256(data).hexdigest() == wanted else None


def _apart(store: tuple[str, dict]) -> tuple[str, str] | None:
    """A store whose pictures there differ from those here, and a line that says so."""
    name, there = store
    try:
        here = read_record(results_root() / "stores" / name)
    except StoreError:
        return None  # nothing here to compare with
    if here["content"] == there["content"]:
        return None
    return name, (
        f"{name}: its pictures there ({there['content']}) are not those here ({here['content']}): "
        "scores are of theirs, which other versions of libraries may draw a little differently"
    )
