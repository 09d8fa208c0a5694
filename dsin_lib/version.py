"""Which state of the code is running."""

import subprocess

import dsin_lib
from dsin_lib.config import PROJECT


def code_version() -> str:
    """The commit, marked when files differ from it; the package's version without git."""
    command = ["git", "-C", str(PROJECT), "describe", "--always", "--dirty", "--abbrev=12"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return dsin_lib.__version__
