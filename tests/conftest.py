"""What several tests share: a small store with a signal in it, made without rendering."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from filelock import FileLock
from made import made, made_run

from dsin_lib.config import load_config, results_root
from dsin_lib.config.places import store_dir
from dsin_lib.data import store as store_module
from dsin_lib.data.account import account
from dsin_lib.data.folds import first_subjects
from dsin_lib.facs import BP4D_AUS, DISFA_AUS, au_names
from dsin_lib.runs.run import distinct
from dsin_lib.shapes import PATCHES


def pytest_collection_modifyitems(items):
    """The files that run whole DAGs come first, so that no worker is left alone with one."""
    items.sort(key=lambda item: item.path.parent.name != "sources" and "dag" not in item.path.name)


@pytest.fixture
def results(tmp_path, monkeypatch):
    """An empty results folder that the whole library writes to."""
    monkeypatch.setenv("DSIN_RESULTS", str(tmp_path / "results"))
    return tmp_path / "results"


@pytest.fixture(scope="session")
def smoke(tmp_path_factory):
    """The results of the whole DAG at ``smoke`` with its site, made once for all workers.

    DSIN_SMOKE may name a folder in which they are kept from one run of the tests to the next.
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    kept = os.environ.get("DSIN_SMOKE")
    results = Path(kept or shared / "results of smoke (1)")  # a path with a space works
    with FileLock(shared / "smoke.lock"):
        if not (shared / "smoke.made").is_file():
            results.mkdir(parents=True, exist_ok=True)
            done = subprocess.run(
                [sys.executable, "-m", "dsin_lib", "dag", "--config", "smoke"],
                cwd=results,
                env={**os.environ, "DSIN_RESULTS": str(results)},
                capture_output=True,
                text=True,
            )
            assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
            (shared / "smoke.made").touch()
    return results


@pytest.fixture(scope="session")
def shared(tmp_path_factory):
    """A results folder that all tests and workers of a session share, with its stores."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with FileLock(base / "shared.lock"), pytest.MonkeyPatch.context() as patch:
        patch.setenv("DSIN_RESULTS", str(base / "shared results"))
        for config in (tiny_config(), levels_config()):
            with_stores(config)
    return base / "shared results"


@pytest.fixture
def shared_results(shared, monkeypatch):
    """A results folder of the whole session: what one test trains, no other trains again.

    A run's folder is named by all that its numbers depend on, so whoever asks first and in what
    order changes nothing. That holds as long as nobody touches what is there, which is looked at
    after every test.
    """
    monkeypatch.setenv("DSIN_RESULTS", str(shared))
    before = stamps(shared)
    yield shared
    after = stamps(shared)
    touched = sorted(name for name, stamp in before.items() if after.get(name) != stamp)
    touched += sorted(name for name in after.keys() - before if not name.startswith("runs/"))
    assert not touched, f"changed what other tests read; take own: {touched}"


def stamps(folder):
    """Time and size of every file by its name; of runs and stores that are whole."""
    found = {}
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith((".writing-", ".locks"))]
        for name in files:
            with contextlib.suppress(FileNotFoundError):  # of a run that is just being renamed
                stat = Path(place, name).stat()
                key = Path(place, name).relative_to(folder).as_posix()
                found[key] = stat.st_ino, stat.st_mtime_ns, stat.st_size
    return found


def tiny_config():
    """6 subjects x 12 frames; AU brightness stands in for a face."""
    return load_config("smoke", {"training.patience": 6})


def levels_config():
    """6 subjects x 12 frames of intensities."""
    return load_config("smoke", {"corpora.table_3.name": "synau_d"})


def with_stores(config):
    """The config, with a store of each of its corpora if there is none."""
    for corpus in config.corpora.named():
        root = store_dir(corpus, config.preprocessing)
        if not (root / store_module.RECORD).is_file():
            subjects, levels = first_subjects(6, corpus.name), corpus.name == "synau_d"
            write_store(root, subjects=subjects, frames_per_subject=12, intensities=levels)
    return config


@pytest.fixture
def tiny(shared_results):
    """A small config with its stores, all only to be looked at; runs of it are kept and shared.

    The corpus of Table 4 has intensities, of other subjects.
    """
    return tiny_config()


@pytest.fixture
def tiny_levels(shared_results):
    """As ``tiny``, in DISFA's shape: intensities, from which the threshold makes labels."""
    return levels_config()


@pytest.fixture
def own(results):
    """``tiny`` in a folder of the test's own: to change files, or to watch a training."""
    return with_stores(tiny_config())


def write_store(root, *, subjects, frames_per_subject, intensities=False):
    """A complete store of noise in which each AU brightens a spot of its own."""
    rng = np.random.default_rng(0)
    n, names = len(subjects) * frames_per_subject, au_names(DISFA_AUS if intensities else BP4D_AUS)
    labels = (rng.random((n, len(names))) < 0.4).astype(int)
    frames = pd.DataFrame(labels, columns=names).astype("Int8")
    if intensities:
        levels = labels * rng.integers(1, 6, labels.shape)
        frames[[f"{name}_intensity" for name in names]] = levels.astype(np.int8)
    frames.insert(0, "frame", np.tile(np.arange(1, frames_per_subject + 1), len(subjects)))
    frames.insert(0, "sequence", "T1")
    frames.insert(0, "subject", np.repeat(subjects, frames_per_subject))
    frames["status"], frames["row"] = "ok", pd.array(np.arange(n), dtype="Int64")
    root.mkdir(parents=True)
    frames.to_parquet(root / "frames.parquet")
    for patch in PATCHES:
        px = 112 if patch == "face" else 56
        pixels = rng.integers(0, 60, (n, px, px, 3), dtype=np.uint8)
        for j in range(len(names)):
            y, x = divmod(j, 4)
            pixels[:, 2 + y * 16 : 14 + y * 16, 2 + x * 13 : 12 + x * 13, :] += (
                labels[:, j, None, None, None] * 120
            ).astype(np.uint8)
        np.save(root / f"{patch}.npy", pixels)
    for name in store_module.LANDMARKS:
        np.save(root / f"{name}.npy", np.zeros((n, 68, 2), np.float32))
    (root / store_module.ACCOUNT).write_text(account(frames.assign(source="a"), []).to_json())
    (root / "anchors.json").write_text('{"anchors": [[80, 90], [144, 90], [112, 160]]}')
    store_module.write_text(root / "store.json", json.dumps({"format": store_module.FORMAT}))


@pytest.fixture
def copied(tiny, tmp_path, monkeypatch):
    """Goes on in a results folder of the test's own, with copies of some runs, or of some rows'.

    They were trained in the folder that all tests share, whose stores are read from here too.
    """

    def copied(*runs):
        runs = [made(tiny, one) if isinstance(one, str) else made_run(one) for one in runs]
        shared, here = results_root(), tmp_path / "copied"
        for one in distinct(runs):
            shutil.copytree(one.folder, here / one.folder.relative_to(shared))
        (here / "stores").symlink_to(shared / "stores")
        monkeypatch.setenv("DSIN_RESULTS", str(here))
        return tiny

    return copied
