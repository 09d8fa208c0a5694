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
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from dsin_lib.runs.files import PROVENANCE, SPEC
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import Run

FORMAT, MANIFEST, SCORES = 1, "archive.json", "scores.parquet"
ALWAYS = (SPEC, PROVENANCE, SCORES)
"""What an archive holds of every run."""
RUN = r"(?P<row>\w+)/fold\d_seed\d+_[0-9a-f]{8}-[0-9a-f]{8}"
NAMES = re.compile(
    rf"labels/[0-9a-f]{{8}}\.parquet|runs/(?P<run>{RUN})/\w+\.(csv|json|parquet)"
    rf"|weights/{RUN.replace('?P<row>', '')}/\d+of\d+"
)
"""What a member may be called: nothing of it leads out of the folder that it is taken into."""


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
    except Exception as error:  # zipfile and what it unpacks with fail in a dozen ways
        raise ValueError(f"{path}: expected a whole archive of runs, got {error!r}") from None
    if found != FORMAT:
        raise ValueError(f"{path}: expected format {FORMAT}, got {found!r}")
    try:
        stores, runs, sums = (dict(manifest[name]) for name in ("stores", "runs", "members"))
        trouble = _trouble(stores, runs, sums, members)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise ValueError(f"{path}: expected a whole {MANIFEST}, got {error!r}") from None
    if trouble:
        raise ValueError(f"{path}: expected {trouble}")
    return Archive(path, stores, runs, members)


def _trouble(
    stores: Mapping[str, dict],
    runs: Mapping[str, dict],
    sums: Mapping[str, str],
    members: Mapping[str, bytes],
) -> str | None:
    """What is expected of an archive and not so; none if it is whole and nothing but an archive."""
    if missing := sorted(set(sums) - set(members)):
        return f"{missing[0]!r}, found no such member"
    for name, data in members.items():
        match = NAMES.fullmatch(name)
        if not match or (match["run"] and match["run"] not in runs):
            return f"members of an archive of runs, got {name!r}"
        if sums.get(name) != hashlib.sha256(data).hexdigest():
            return f"the content of {name} that was packed, got another"
    for name, of in runs.items():
        match = re.fullmatch(RUN, name)
        if not match or match["row"] not in ROWS:
            return f"runs of rows {sorted(ROWS)}, got {name!r}"
        wanted = [of["labels"], *(f"runs/{name}/{file}" for file in ALWAYS)]
        if absent := [file for file in wanted if file not in members]:
            return f"{absent[0]!r} of the run {name}, found no such member"
        if "content" not in stores[of["store"]] or "weights" not in of:
            return f"pictures and weights of the run {name}, found no word of them"
    return None


def packed(folder: Path) -> set[str]:
    """The runs, ``ROW/FOLDER``, of all archives in a folder."""
    archives = (read_archive(path) for path in sorted(folder.glob("*.zip")))
    return {name for archive in archives for name in archive.runs}


def name_of(run: Run) -> str:
    """A run in an archive: ``ROW/FOLDER``, of the row that was trained."""
    return f"{run.trained.row.id}/{run.folder.name}"
