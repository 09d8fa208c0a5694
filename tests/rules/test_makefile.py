"""An environment is used only where it was made and while its Python is there."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KERNEL = "dsin_lib/jupyter/kernels/dsin-book/kernel.json"


@pytest.fixture
def checkout(tmp_path):
    """What make asks for, in a path with a space, and an environment that looks whole."""
    root = tmp_path / "my checkout"
    (root / KERNEL).parent.mkdir(parents=True)
    for name in ("Makefile", "requirements.lock", KERNEL):
        shutil.copy(ROOT / name, root / name)
    python = root / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    (root / ".venv" / ".ready").write_text(f"{version()} in {root}\n")
    return root


def version():
    return f"python{sys.version_info.major}.{sys.version_info.minor}"


def planned(root):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(["make", "-n", "env"], cwd=root, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_an_environment_made_here_is_taken_as_it_is(checkout):
    assert "venv" not in planned(checkout).replace("'env'", "")


@pytest.mark.parametrize("trouble", ["copied", "another python", "python gone", "half made"])
def test_any_other_is_made_anew(checkout, trouble):
    ready, python = checkout / ".venv" / ".ready", checkout / ".venv" / "bin" / "python"
    if trouble == "copied":
        ready.write_text(f"{version()} in /another/checkout\n")
    elif trouble == "another python":
        ready.write_text(f"python3.9 in {checkout}\n")
    elif trouble == "python gone":
        python.unlink()
        python.symlink_to("/nowhere/python")
    else:
        ready.unlink()
    assert "-m venv --clear .venv" in planned(checkout)
