"""Archives that are committed: small, of no machine, and tables come of them without training."""

import os
import shutil
import subprocess
import sys

import pytest
from archives import opened
from checkouts import ROOT, copy_checkout

from dsin_lib.config import Config, load_config
from dsin_lib.reporting.site.publish import ARCHIVES, PUBLISHED
from dsin_lib.reporting.site.publishable import OF_A_MACHINE
from dsin_lib.reporting.tables import write_tables
from dsin_lib.runs.chapters import trainings
from dsin_lib.travel.archive import packed, read_archive
from dsin_lib.travel.pack import COMMITTED, LARGEST, kept
from dsin_lib.travel.take import take

COMMITTED_NOW = sorted((PUBLISHED / ARCHIVES).glob("*.zip"))


def test_what_is_committed_is_whole_small_and_of_no_machine(book, tmp_path):
    made = kept(trainings(book), tmp_path, COMMITTED)
    for paths in (made, COMMITTED_NOW):
        sizes = [path.stat().st_size / 1e6 for path in paths]
        assert max(sizes, default=0) <= LARGEST and sum(sizes) <= COMMITTED
        for path in paths:
            assert read_archive(path).runs
            manifest, members = opened(path)
            texts = [
                data.decode() for name, data in members.items() if not name.endswith("parquet")
            ]
            for text in [str(manifest), *texts]:
                assert not OF_A_MACHINE.findall(text), path


@pytest.mark.skipif(not COMMITTED_NOW, reason="no archive of runs is committed")
def test_published_tables_come_out_of_what_is_committed(results):
    take(COMMITTED_NOW)
    kept_tables = sorted((PUBLISHED / ARCHIVES / "tables").iterdir())
    assert kept_tables
    for folder in kept_tables:
        config = Config.model_validate_json((folder / "config.json").read_text())
        for path in write_tables(config):
            if not path.stem.endswith("_scores"):
                assert path.read_text() == (folder / path.name).read_text()


@pytest.fixture(scope="module")
def checkout(smoke, tmp_path_factory):
    """Another checkout, with the archives of a book and without its results, and a way to make."""
    root = copy_checkout(tmp_path_factory.mktemp("kept"))
    for name in ("Makefile", "requirements.lock"):
        shutil.copy(ROOT / name, root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DSIN_RESULTS", str(smoke))
        kept(trainings(load_config("smoke")), root / "results" / "published" / "runs", LARGEST)
    python = root / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    (root / ".venv" / ".ready").write_text(f"{version} in {root}\n")
    return root


def make(root, *words):
    clean = ("DSIN_RESULTS", "CONFIG", "MAKEFLAGS", "MFLAGS", "MAKELEVEL", "PYTHONPATH")
    env = {name: of for name, of in os.environ.items() if name not in clean}
    done = subprocess.run(["make", *words], cwd=root, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_make_tables_computes_them_from_archives_and_trains_nothing(checkout, smoke):
    said = make(checkout, "tables", "CONFIG=smoke")
    n = len(trainings(load_config("smoke")))
    assert f"{n} runs taken, 0 were there" in said
    for name in ("table3", "table4"):
        own = checkout / "results" / "smoke" / "tables" / f"{name}.csv"
        assert str(own) in said
        assert own.read_text() == (smoke / "smoke" / "tables" / f"{name}.csv").read_text()
    assert not (checkout / "results" / "stores").exists(), "nor is a face rendered"


def test_make_keep_packs_what_no_archive_has(checkout, monkeypatch):
    folder = checkout / "results" / "published" / "runs"
    before = packed(folder)
    monkeypatch.setenv("DSIN_RESULTS", str(checkout / "results"))
    take(folder.glob("*.zip"))
    for path in folder.glob("*.zip"):
        path.unlink()
    assert ".zip" in make(checkout, "keep", "CONFIG=smoke")
    assert packed(folder) == before
    assert ".zip" not in make(checkout, "keep", "CONFIG=smoke")
    assert {path.name for path in (folder / "tables" / "smoke").iterdir()} >= {
        "config.json", "table3.csv", "table4.csv"
    }  # fmt: skip


def test_without_archives_make_tables_asks_the_results_alone(checkout, tmp_path):
    for name in ("Makefile", "requirements.lock"):
        shutil.copy(checkout / name, tmp_path)
    said = make(tmp_path, "--dry-run", "--assume-old=.venv/.ready", "tables", "CONFIG=laptop")
    assert "-m dsin_lib tables --config laptop" in said and " take " not in said
