"""What is committed as ``results/published`` is whole, and ``make site`` shows it."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest

from dsin_lib.config import load_config
from dsin_lib.reporting.site.build import ROOT, notebooks
from dsin_lib.reporting.site.pictures import LIMIT
from dsin_lib.reporting.site.publish import OF_A_MACHINE, PUBLISHED, sources
from dsin_lib.reporting.site.restore import restore


def test_holds_every_chapter_of_a_profile_that_is_there(tmp_path):
    record = json.loads((PUBLISHED / "published.json").read_text())
    config = load_config(record["profile"])
    assert not any(corpus.source.licensed for corpus in config.corpora.named())
    assert record["n_trainings"] == len(record["trainings"]) > 0
    restore(PUBLISHED, tmp_path)
    for name in notebooks(ROOT):
        assert sources(nbformat.read(tmp_path / f"{name}.ipynb", 4))


def test_holds_no_large_file_and_no_path_of_a_machine():
    for path in filter(Path.is_file, PUBLISHED.rglob("*")):
        data = path.read_bytes()
        assert len(data) <= LIMIT, path
        assert not OF_A_MACHINE.findall(data.decode("latin-1")), path


@pytest.mark.parametrize(
    ("there", "arguments", "runs"),
    [
        (True, (), "-m dsin_lib.reporting.site.restore"),
        (True, ("CONFIG=quick",), "-m dsin_lib dag --config quick"),
        (False, (), "-m dsin_lib dag --config quick"),
        (False, ("CONFIG=smoke",), "-m dsin_lib dag --config smoke"),
    ],
)
def test_make_site_shows_what_is_published_unless_told(tmp_path, there, arguments, runs):
    shutil.copy(ROOT / "Makefile", tmp_path)
    kernel = "dsin_lib/jupyter/kernels/dsin-book/kernel.json"
    files = ["requirements.lock", "pyproject.toml", kernel, ".venv/.ready"]
    for name in [*files, "results/published/published.json"] if there else files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    clean = {k: v for k, v in os.environ.items() if k not in ("CONFIG", "MAKEFLAGS", "MFLAGS")}
    done = subprocess.run(
        ["make", "--dry-run", "site", *arguments],
        cwd=tmp_path, env=clean, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert runs in done.stdout
