"""The code that computes a run, as eight hex digits.

A mended equation changes them, a mended word does not. Covered is what fitting a system imports,
module by module, inside this library. Some modules are left out: what rows and configs decide
stands in a run's spec, and what others only carry changes no number.
"""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from dsin_lib.code_digest import code_digest
from dsin_lib.config import PROJECT, digest

LIBRARY = "dsin_lib"
SYSTEMS = f"{LIBRARY}.systems"
FITTING = f"{SYSTEMS}.fit"
FOLDS = PROJECT / LIBRARY / "data" / "folds.json"
IN_THE_SPEC = ("config", "paper", "facs", "runs.rows", "runs.run")
CARRYING = (
    "data.account",
    "data.account_items",
    "data.beside",
    "faces",
    "files",
    "homes",
    "kernel",
    "locks",
    "runs.code",
    "runs.files",
    "runs.pins",
    "systems.provenance",
    "training.memory",
    "version",
)
"""Modules, and those below them, that are left out: decided in the spec, or only carrying."""
LEFT_OUT = tuple(f"{LIBRARY}.{name}" for name in (*IN_THE_SPEC, *CARRYING))


@cache
def computing_code(system: str) -> str:
    """Eight hex digits of the modules that compute a run; equal on every Python from 3.11.

    Args:
        system: The file of :mod:`dsin_lib.systems` that the run's row names.

    Raises:
        ValueError: There is no such file; names it.
    """
    path = _path(f"{SYSTEMS}.{system}")
    if not path.is_file():
        raise ValueError(f"system: expected a file {path.relative_to(PROJECT)}, found none")
    code = code_digest(_path(name) for name in modules((FITTING, f"{SYSTEMS}.{system}")))
    return digest([code, FOLDS.read_text(encoding="utf-8")])


def together(codes: Iterable[str]) -> str:
    """One code for what several have made: theirs if it is one, else a digest of all."""
    distinct = sorted(set(codes))
    return distinct[0] if len(distinct) == 1 else digest(distinct)


@cache
def modules(starts: tuple[str, ...]) -> tuple[str, ...]:
    """The modules of this library that some modules import, directly or not, and they; sorted."""
    reached, waiting = set(), list(starts)
    while waiting:
        name = waiting.pop()
        if name not in reached and not _is_left_out(name):
            reached.add(name)
            waiting += _imported(name)
    return tuple(sorted(reached))


def _is_left_out(name: str) -> bool:
    return any(name == out or name.startswith(f"{out}.") for out in LEFT_OUT)


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
