"""Which state of the code is running."""

import subprocess

import dsin_lib
from dsin_lib.config import PROJECT

CODE = (".", ":(exclude)results/published")
"""What counts as code: all that is in git, but for what has been published."""
COMMIT = ".commit"
"""Beside code that travelled without git: the commit that it is of."""


def code_version() -> str:
    """The commit, marked when files differ from it; without git the package's version.

    Code that travelled has its commit with it. Git is not asked then: it would answer with that of
    a repository around the folder that the code was put into.

    Published results are in git too, but change nothing that is computed: publishing a second
    chapter before the first one is committed must not look like another state of the code.
    """
    came = PROJECT / COMMIT
    if came.is_file():
        return came.read_text(encoding="utf-8").strip()
    try:
        commit = _git("describe", "--always", "--abbrev=12")
        changed = _git("status", "--porcelain", "--untracked-files=no", "--", *CODE)
    except (OSError, subprocess.CalledProcessError):
        return dsin_lib.__version__
    return f"{commit}-dirty" if changed else commit


def _git(*words: str) -> str:
    command = ["git", "--no-optional-locks", "-C", str(PROJECT), *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
