"""The code that computes a run, as eight hex digits.

A mended equation changes them, a mended word does not. Covered is what training imports, module by
module, inside this library. Some modules are left out: what rows and configs decide stands in a
run's spec, and what others only carry changes no number.
"""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from dsin_lib.code_digest import code_digest
from dsin_lib.config import PROJECT, digest

LIBRARY = "dsin_lib"
TRAINING = "dsin_lib.training.train"
FOLDS = PROJECT / LIBRARY / "data" / "folds.json"
IN_THE_SPEC = (
    "dsin_lib.config",
    "dsin_lib.paper",
    "dsin_lib.facs",
    "dsin_lib.runs.rows",
    "dsin_lib.runs.run",
)
CARRYING = (
    "dsin_lib.data.account",
    "dsin_lib.faces",
    "dsin_lib.files",
    "dsin_lib.homes",
    "dsin_lib.kernel",
    "dsin_lib.locks",
    "dsin_lib.runs.files",
    "dsin_lib.runs.health",
    "dsin_lib.training.memory",
    "dsin_lib.training.provenance",
    "dsin_lib.version",
)
"""Modules, and those below them, that are left out: decided in the spec, or only carrying."""


@cache
def computing_code(system: str = TRAINING) -> str:
    """Eight hex digits of the modules that compute a run; equal on every Python from 3.11.

    Args:
        system: The module that training starts from.
    """
    code = code_digest(_path(name) for name in modules(system))
    return digest([code, FOLDS.read_text(encoding="utf-8")])


@cache
def modules(start: str = TRAINING) -> tuple[str, ...]:
    """The modules of this library that a module imports, directly or not, and itself; sorted."""
    found, waiting = set(), [start]
    while waiting:
        name = waiting.pop()
        if name not in found and not name.startswith((*IN_THE_SPEC, *CARRYING)):
            found.add(name)
            waiting += _imported(name)
    return tuple(sorted(found))


def _imported(name: str) -> Iterator[str]:
    """Modules of this library that a module's file names in an import, wherever in it."""
    for node in ast.walk(ast.parse(_path(name).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names if _is_module(one.name))
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            parts = (f"{node.module}.{one.name}" for one in node.names)
            yield from (one for one in (node.module, *parts) if _is_module(one))


def _is_module(name: str) -> bool:
    return name.split(".")[0] == LIBRARY and _path(name).is_file()


def _path(name: str) -> Path:
    """The file of a module, or of a package."""
    path = PROJECT.joinpath(*name.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
