"""Where the project and its results lie on this machine."""

import contextlib
import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]


class ConfigError(ValueError):
    """A config that names an unknown parameter or a value out of range."""


def results_root() -> Path:
    """Where results go: ``results/`` of the project, or the folder that DSIN_RESULTS names.

    Raises:
        ConfigError: DSIN_RESULTS depends on where one stands, or names a file.
    """
    path = absolute(os.environ.get("DSIN_RESULTS") or PROJECT / "results", "DSIN_RESULTS")
    if path.exists() and not path.is_dir():
        raise ConfigError(f"DSIN_RESULTS: expected a folder, got the file {path}")
    return path.resolve()


def absolute(path: str | Path, parameter: str) -> Path:
    """A path that means the same from every folder; ``~`` is the user's home.

    Jobs and notebooks run in folders of their own, so a relative path would mean several places.

    Raises:
        ConfigError: Names the parameter and the path.
    """
    with contextlib.suppress(RuntimeError):  # ~nobody, or no home: stays as it is, not absolute
        expanded = Path(path).expanduser()
        if expanded.is_absolute():
            return expanded
    raise ConfigError(f"{parameter}: expected an absolute path, got {str(path)!r}")
