"""Prepare a corpus: raw face tree -> landmarks -> aligned patches -> store (Sec. 4.1.2).

Two passes over the images, since the anchors need every neutral face before the first face can be
aligned. Each pass is cut into chunks that are worked on in parallel and kept on disk as they are
finished, under ``.parts`` of the store's folder, named by a key of all that they depend on: a
rerun takes finished chunks as they are, and a change of a parameter never meets a stale one. The
store itself is complete or absent.
"""

import hashlib
import json
import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd

from data_prep.anchors import reference_anchors
from data_prep.chunks import console, run_chunks
from data_prep.landmark_pass import find_landmarks
from data_prep.parts import CODE, versions
from data_prep.patch_pass import cut_patches
from data_prep.workers import worker_pool
from dsin_lib.config import Preprocessing
from dsin_lib.data.account import Account, account
from dsin_lib.data.found import Found, key_of
from dsin_lib.data.frames import digest
from dsin_lib.data.readers import read_corpus
from dsin_lib.data.store import (
    ACCOUNT,
    ANCHORS,
    FRAMES,
    RECORD,
    StoreError,
    publish,
    read_account,
    read_record,
)
from dsin_lib.files import named, write_text

PARTS = ".parts"

say = partial(console.print, soft_wrap=True, markup=False, highlight=False)  # no path is broken


def prepare(
    root: Path,
    store: Path,
    preprocessing: Preprocessing = Preprocessing(),
    *,
    read: Callable[..., pd.DataFrame] = read_corpus,
    workers: int = 2,
    progress: bool = True,
    found: Found | None = None,
) -> None:
    """Prepare a corpus; do nothing if the store is already what would be made.

    A store made with other parameters or from another state of the corpus is made anew, and what
    differs is printed. The state of the corpus is its labels, its image names and their sizes.
    Files that match nothing change the store's account and nothing else of it.

    Paper: Sec. 4.1.2.

    Args:
        root: The corpus' folder.
        store: The folder to make.
        preprocessing: What the pixels depend on, besides the corpus.
        read: Reads the corpus into its frames table; ``unmatched=[]`` receives what matched
            nothing.
        workers: Processes; 1 works in this one.
        progress: Whether to draw a progress bar.
        found: Landmarks that were found elsewhere, in place of looking for them; the store's record
            says so.

    Raises:
        CorpusError: If the corpus cannot be read.
        AlignmentError: If too few subjects have a neutral frame with a face.
    """
    root, store = Path(root).resolve(), Path(store).resolve()
    unmatched = list[str]()
    frames = read(root, unmatched=unmatched)
    source = {"corpus": frames["corpus"].iloc[0], "state": corpus_state(root, frames)}
    if found is not None:
        source["landmarks"] = f"found in the pictures {found.content}: {key_of(found)}"
    wanted = {"code": CODE, "source": source, "parameters": preprocessing.model_dump()}
    if up_to_date(store, wanted):
        keep_account(store, unmatched)
        shutil.rmtree(store / PARTS, ignore_errors=True)
        return
    with worker_pool(workers) as pool:
        run = partial(run_chunks, pool=pool, workers=workers, progress=progress)
        upsample, parts = preprocessing.upsample, store / PARTS
        faces = find_landmarks(root, frames, parts, source, upsample, run, found)
        anchors = reference_anchors(faces.table, faces.points)
        building = cut_patches(root, faces, anchors["anchors"], parts, preprocessing, run)
    frames = faces.table
    with named(building / FRAMES):
        frames.to_parquet(building / FRAMES, index=False)
    write_text(building / ANCHORS, json.dumps(anchors, indent=1) + "\n")
    told = account(frames, unmatched)
    write_text(building / ACCOUNT, told.to_json())
    counts = {"frames": len(frames), **frames["status"].value_counts().to_dict()}
    record = {**wanted, "content": faces.content, "counts": counts, "versions": versions()}
    publish(building, store, record)
    shutil.rmtree(store / PARTS)
    report(frames, store)
    report_account(told, store)


def corpus_state(root: Path, frames: pd.DataFrame) -> str:
    """Sixteen hex digits for labels, image names and sizes, and the corpus' own record."""
    state = hashlib.sha256(digest(frames).encode())
    own_record = root / "corpus.json"
    state.update(own_record.read_bytes() if own_record.is_file() else b"")
    sizes = {source: _size(root / source) for source in frames["source"].dropna().unique()}
    for source in frames["source"].dropna():
        state.update(b"%d," % sizes[source])
    return state.hexdigest()[:16]


def _size(path: Path) -> int:
    """Bytes of a file; -1 if it cannot be asked, as of a link to nothing."""
    try:
        return path.stat().st_size
    except OSError:
        return -1


def up_to_date(store: Path, wanted: dict[str, Any]) -> bool:
    """Whether the store is already what is wanted; says what differs if it is another one."""
    try:
        record = read_record(store)
    except StoreError as error:
        if (store / RECORD).exists():
            say(f"Preparing {store} anew: {error}")
        return False
    differs = [
        f"{name} {before!r} -> {now!r}"
        for name, now, before in _side_by_side(wanted, record)
        if now != before
    ]
    if differs:
        say(f"Preparing {store} anew: {', '.join(differs)}")
    return not differs


def _side_by_side(wanted: dict, record: dict) -> list[tuple[str, Any, Any]]:
    """(name, wanted value, value on record) of every leaf of ``wanted``."""
    return [
        leaf
        for name, now in wanted.items()
        for leaf in (
            _side_by_side(now, record.get(name, {}))
            if isinstance(now, dict)
            else [(name, now, record.get(name))]
        )
    ]


def keep_account(store: Path, unmatched: list[str]) -> None:
    """Write the account of a store that stays as it is anew, if it says something else now."""
    told = account(pd.read_parquet(store / FRAMES), unmatched)
    try:
        unchanged = read_account(store) == told
    except StoreError:
        unchanged = False
    if not unchanged:
        write_text(store / ACCOUNT, told.to_json())
        report_account(told, store)


def report_account(told: Account, store: Path, shown: int = 10) -> None:
    """Print an account; of a long one the first items of each kind, and where all are."""
    lines = list(told.lines(shown))
    if any(line.startswith("  ... and ") for line in lines):
        lines.append(f"the whole account: {store / ACCOUNT}")
    for line in lines:
        say(line)


def report(frames: pd.DataFrame, store: Path, shown: int = 10) -> None:
    """Print what became of the frames: how many of each status, and the first failures by path."""
    counts = frames["status"].value_counts()
    listed = ", ".join(f"{count} {status}" for status, count in counts.items())
    say(f"{store}: {len(frames)} frames: {listed}")
    failed = frames.loc[frames["detail"] != "", "detail"]
    for line in failed.head(shown):  # the account has frame numbers, and no reasons
        say(f"  {line}")
    if len(failed) > shown:
        rest = f"  ... and {len(failed) - shown} more, all in {store / FRAMES} (status, detail)"
        say(rest)
