"""Which state of the code is running."""

import subprocess

import dsin_lib
from dsin_lib.config import PROJECT

CODE = (".", ":(exclude)results/published")
"""What counts as code: all that is in git, but for what has been published."""


COMMIT = ".commit"
"""Beside code that travelled without git: the commit that it is of."""


def code_version() -> str:
    """The commit, marked when files differ from it; without git what came with the code.

    That is the commit on its way to another machine, or the package's version.

    Published results are in git too, but change nothing that is computed: publishing a second
    chapter before the first one is committed must not look like another state of the code.
    """
    try:
        commit = _git("describe", "--always", "--abbrev=12")
        changed = _git("status", "--porcelain", "--untracked-files=no", "--", *CODE)
    except (OSError, subprocess.CalledProcessError):
        came = PROJECT / COMMIT
        return came.read_text().strip() if came.is_file() else dsin_lib.__version__
    return f"{commit}-dirty" if changed else commit


def _git(*words: str) -> str:
    command = ["git", "--no-optional-locks", "-C", str(PROJECT), *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
