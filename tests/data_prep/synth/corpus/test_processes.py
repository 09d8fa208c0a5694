"""The renderer's processes: they end with it, and nothing compiles before it is needed."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from data_prep.synth import compiled

PROJECT = Path(__file__).resolve().parents[4]
RENDERING = """
import sys
from data_prep.synth import write_corpus

if __name__ == "__main__":
    write_corpus(
        sys.argv[1], subjects=["F001", "F002", "F003", "F004"], tasks=["T1"], image_px=96,
        frames_per_sequence=400, stride=1, workers=2, progress=False,
    )
"""
FINISHED = """
import sys
import data_prep.__main__
import dsin_lib.systems.algorithm_1
from data_prep.ensure import ensure_corpus
from dsin_lib.config import load_config

print(ensure_corpus(load_config("smoke").corpora.table_3))
print([name for name in sys.modules if name in ("numba", "data_prep.synth.corpus.sequences")])
"""


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(PROJECT), "OMP_NUM_THREADS": "1", **more}


def until(true, seconds: float = 30.0) -> bool:
    """Whether it became true in time."""
    deadline = time.monotonic() + seconds
    while not (found := true()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(found)


def test_workers_end_with_a_killed_renderer(tmp_path):
    script, root = tmp_path / "rendering.py", tmp_path / "corpus"
    script.write_text(RENDERING)
    renderer = subprocess.Popen([sys.executable, script, root], env=environment())
    try:
        assert until(lambda: len(list(root.rglob("*.jpg"))) > 1), "both workers are at work"
        workers = psutil.Process(renderer.pid).children(recursive=True)
        assert len(workers) >= 2
    finally:
        renderer.send_signal(signal.SIGKILL)
        renderer.wait()
    _, alive = psutil.wait_procs(workers, timeout=10)
    for worker in alive:
        worker.kill()
    assert not alive, "workers outlived the renderer"
    assert not (root / "corpus.json").exists()


def test_a_finished_corpus_and_a_training_import_no_compiler(results):
    """Rendered elsewhere, found here: only the record is looked at."""
    from data_prep.ensure import RENDERED
    from data_prep.synth.corpus.recipe import recipe_of
    from dsin_lib.config import load_config
    from dsin_lib.config.places import corpus_dir
    from dsin_lib.data.folds import first_subjects

    corpus = load_config("smoke").corpora.table_3
    how = corpus.model_dump(include=RENDERED)
    recipe = recipe_of(
        "synau_b",
        first_subjects(6),
        ["T1", "T2", "T3"],
        how["frames_per_sequence"],
        how["stride"],
        how["image_px"],
        how["seed"],
    )
    corpus_dir(corpus).mkdir(parents=True)
    (corpus_dir(corpus) / "corpus.json").write_text(json.dumps({"recipe": recipe.as_json()}))
    done = subprocess.run(
        [sys.executable, "-c", FINISHED], env=environment(), capture_output=True, text=True
    )
    assert done.stdout.splitlines() == [str(corpus_dir(corpus)), "[]"], done.stderr


@pytest.fixture
def no_home(tmp_path, monkeypatch, results):
    """Neither the sources nor the home can be written, not even by root: they are in no folder."""
    (tmp_path / "file").touch()
    monkeypatch.setattr(compiled, "BESIDE", tmp_path / "file" / "__pycache__")
    monkeypatch.setenv("HOME", str(tmp_path / "file" / "home"))
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("NUMBA_CACHE_DIR", "")  # so that it is put back afterwards
    monkeypatch.delenv("NUMBA_CACHE_DIR")
    return results


def chosen() -> str | None:
    compiled.choose_folder()
    return os.environ.get("NUMBA_CACHE_DIR")


def test_kernels_are_kept_under_results_where_nothing_else_can_be_written(no_home):
    assert chosen() == str(no_home / ".numba")


@pytest.mark.parametrize("writable", ["the sources", "the home", "a folder that was named"])
def test_a_cache_that_works_stays(no_home, tmp_path, monkeypatch, writable):
    if writable == "the sources":
        monkeypatch.setattr(compiled, "BESIDE", tmp_path / "__pycache__")
    elif writable == "the home":
        monkeypatch.setenv("HOME", str(tmp_path))
    else:
        monkeypatch.setenv("NUMBA_CACHE_DIR", "/named")
    assert chosen() == ("/named" if writable == "a folder that was named" else None)


def test_no_folder_is_made_of_a_home_that_is_not_known(no_home, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "~")
    assert chosen() == str(no_home / ".numba")
    assert not (tmp_path / "~").exists()
