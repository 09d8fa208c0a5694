"""The code that computes a run, as eight hex digits.

A mended equation changes them, a mended word does not. Covered is what fitting a system imports,
module by module, inside this library. Some modules are left out: what rows and configs decide
stands in a run's spec, and some only read and write what others compute. Stores are named by their
parameters alone: that their pixels stay is what the tests of alignment and patches are for.
"""

import ast
import json
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from dsin_lib.code_digest import code_digest
from dsin_lib.config import PROJECT, digest

LIBRARY, LIBRARIES = "dsin_lib", ("dsin_lib", "data_prep")
SYSTEMS = f"{LIBRARY}.systems"
FITTING = f"{SYSTEMS}.fit"
FOLDS = PROJECT / LIBRARY / "data" / "folds.json"
IN_THE_SPEC = ("config", "paper", "facs", "runs.rows", "runs.run", "runs.spec")
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


def notebook_code(path: Path) -> list[Path]:
    """The files of this project that a notebook's cells import, directly or not."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    return [_path(name) for name in modules(tuple(sorted(set(_imported(code)))), left_out=())]


@cache
def modules(starts: tuple[str, ...], left_out: tuple[str, ...] = LEFT_OUT) -> tuple[str, ...]:
    """The modules of this project that some modules import, directly or not, and they; sorted.

    Args:
        starts: Their names.
        left_out: Modules that are not followed, nor those below them.
    """
    reached, waiting = set(), list(starts)
    while waiting:
        name = waiting.pop()
        if name not in reached and not _is_below(name, left_out):
            reached.add(name)
            waiting += _named_in(name)
    return tuple(sorted(reached))


def _is_below(name: str, others: tuple[str, ...]) -> bool:
    return any(name == other or name.startswith(f"{other}.") for other in others)


@cache
def _named_in(name: str) -> tuple[str, ...]:
    """Modules of this project that a module's file names in an import, wherever in it."""
    return tuple(_imported(_path(name).read_text(encoding="utf-8")))


def _imported(code: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names if _is_module(one.name))
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            parts = (f"{node.module}.{one.name}" for one in node.names)
            yield from (one for one in (node.module, *parts) if _is_module(one))


def _is_module(name: str) -> bool:
    return name.split(".")[0] in LIBRARIES and _path(name).is_file()


def _path(name: str) -> Path:
    """The file of a module, or of a package."""
    path = PROJECT.joinpath(*name.split("."))
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
