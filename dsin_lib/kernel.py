"""What a chapter is asked before it runs: does it lie in this checkout, are its parameters known?

Papermill runs a notebook wherever it is told and with whatever it is given: with two checkouts and
one environment, a chapter of the one would show the other's code and results, and a misspelt
``-p confg paper`` would run ``quick``. Both end in numbers that are not what the reader asked for.
"""

import ast
import os
import sys
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

INJECTED = "# Parameters\n"
"""How the cell begins that papermill puts behind a notebook's own parameters."""

OF_A_CHECKOUT = ("_toc.yml", "dsin_lib/__init__.py")
"""Files by which a checkout of this project is known."""


class KernelError(ValueError):
    """A notebook that would not run what its reader asked for."""


def check(project: Path) -> None:
    """Refuses a notebook of another checkout, and a parameter that it does not have.

    Does nothing outside a notebook.

    Args:
        project: The checkout whose code is running.

    Raises:
        KernelError: Names both checkouts and the cure, or the parameter and those there are.
    """
    if "ipykernel" not in sys.modules:
        return
    from IPython import get_ipython

    shell = get_ipython()
    if shell is None:
        return
    for place in (Path.cwd(), *_notebook()):
        if (home := checkout_of(place)) not in (None, project):
            raise KernelError(
                f"{place}: lies in the checkout {home}, but the code that runs is that of "
                f"{project}: say PYTHONPATH={home}, or use an environment in which "
                f"`pip install --no-deps -e {home}` was the last one"
            )
    if wrong := unknown_parameters(shell.user_ns.get("In", ())):
        raise KernelError(wrong)


def checkout_of(place: Path) -> Path | None:
    """The checkout of this project that a path lies in, if any."""
    for folder in (place, *place.parents):
        if all((folder / name).is_file() for name in OF_A_CHECKOUT):
            return folder
    return None


def unknown_parameters(cells: Sequence[str]) -> str:
    r"""What is wrong with the parameters that papermill put into a notebook; empty if nothing is.

    Args:
        cells: What was executed so far; an injected cell stands behind the notebook's own
            parameters.

    >>> unknown_parameters(["", "config = 'quick'", "# Parameters\nconfg = 'paper'"])
    "confg: unknown parameter of this chapter, expected one of ['config']"
    """
    for own, injected in pairwise(cells):
        if injected.startswith(INJECTED):
            known = _assigned(own)  # none: a notebook without parameters of its own
            if known and (strangers := [name for name in _assigned(injected) if name not in known]):
                said = ", ".join(strangers)
                return f"{said}: unknown parameter of this chapter, expected one of {known}"
    return ""


def _assigned(cell: str) -> list[str]:
    """Names that a cell gives values to."""
    names = [node for node in ast.walk(ast.parse(cell)) if isinstance(node, ast.Name)]
    return [name.id for name in names if isinstance(name.ctx, ast.Store)]


def _notebook() -> Iterator[Path]:
    """Where the notebook lies, as far as it can be told: Jupyter says so, papermill was told so."""
    if session := os.environ.get("JPY_SESSION_NAME"):
        yield Path(session).resolve()
    import psutil

    try:
        parent = psutil.Process().parent()
        said, stands = (parent.cmdline(), parent.cwd()) if parent else ([], "/")
    except psutil.Error:  # gone, or another user's
        return
    for argument in said:
        if argument.endswith(".ipynb") and (path := Path(stands, argument)).is_file():
            yield path.resolve()
            return
