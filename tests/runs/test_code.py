"""The code that computes a run: what changes its name, what does not, on every Python alike."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from checkouts import copy_checkout

from dsin_lib.code_digest import code_digest
from dsin_lib.config import PROJECT
from dsin_lib.runs.code import FITTING, _path, computing_code, modules, together

SAY = "from dsin_lib.runs.code import computing_code; print(computing_code('algorithm_1'))"
BOTH = (FITTING, "dsin_lib.systems.algorithm_1")
READ = """
import sys
from pathlib import Path
from dsin_lib.code_digest import code_digest
print(code_digest(map(Path, sys.argv[1:])))
"""


def newer():
    """A Python 3.12 that starts: the system's, or one of pyenv's that is not on the path."""
    of_pyenv = Path.home().glob(".pyenv/versions/3.12*/bin/python")
    for python in (shutil.which("python3.12"), *map(str, of_pyenv)):
        if python and subprocess.run([python, "-c", ""], capture_output=True).returncode == 0:
            return python
    return None


NEWER = newer()


def said_by(checkout, python=sys.executable):
    done = subprocess.run([python, "-c", SAY], cwd=checkout, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    return copy_checkout(tmp_path_factory.mktemp("code"))


CHANGES = {
    "an equation": ("model/losses.py", "return", "return 2 *", True),
    "a constant of the training": ("training/predict.py", "BATCH = 256", "BATCH = 128", True),
    "who is held out": ("data/folds.json", '"F001"', '"F002"', True),
    "a docstring": ("model/losses.py", '"""', '"""Differently said. ', False),
    "a comment": ("model/losses.py", "\n\n\n", "\n\n\n# a word\n", False),
    "how a table looks": ("reporting/tables.py", "\n\n\n", "\n\n\nMORE = 1\n", False),
    "a row": ("runs/rows.py", "ALONE = {", "MORE = 1\nALONE = {", False),
    "where a run is written": ("runs/files.py", "indent=1", "indent=2", False),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_mended_equation_makes_other_runs_and_a_mended_word_does_not(checkout, what):
    name, old, new, other = CHANGES[what]
    path = checkout / "dsin_lib" / name
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    try:
        assert (said_by(checkout) != computing_code("algorithm_1")) == other
    finally:
        path.write_text(text)


def test_it_is_the_same_in_another_folder(checkout):
    assert said_by(checkout) == computing_code("algorithm_1")


@pytest.mark.skipif(NEWER is None, reason="no Python 3.12 here")
def test_a_newer_python_reads_the_same_code():
    """By the standard library alone, so that it needs none of this environment."""
    paths = [str(_path(name)) for name in modules(BOTH)]
    said = subprocess.run(
        [NEWER, "-c", READ, *paths], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == code_digest(map(Path, paths))


def test_what_fits_and_scores_is_covered_and_what_draws_is_not():
    covered = modules(BOTH)
    names = {name.removeprefix("dsin_lib.") for name in covered}
    assert {"model.losses", "training.stages", "data.folds", "runs.split", "systems.fit"} <= names
    assert not [name for name in names if name.startswith(("reporting", "config", "paper"))]


def test_the_code_of_several_is_theirs_if_it_is_one():
    assert together(["a", "a"]) == "a"
    assert together(["a", "b"]) == together(["b", "a", "b"]) not in ("a", "b")
