"""The rules that hold the house up: layers, thin notebooks, one set of pins, no machine's path."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import nbformat
import pytest
import yaml

from dsin_lib.runs.chapters import CHAPTERS

ROOT = Path(__file__).parents[2]
KEPT = ROOT / "results" / "published" / "runs"
"""Archives of runs, which are looked into in tests/travel/test_kept.py."""
NOTEBOOKS = sorted((ROOT / "book").glob("*.ipynb"))
OTHER_NOTES = {"audit": "_arithmetic.md"}
"""Chapters that measure nothing, and what they say instead."""
BANNED = (
    ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, ast.For, ast.While, ast.If,
    ast.Try, ast.With,
)  # fmt: skip


def pins(lines):
    """Package name to version of ``name==version`` lines."""
    found = (re.match(r"^([A-Za-z0-9_.-]+)==(\S+)$", line.strip()) for line in lines)
    return {m[1].lower().replace("_", "-"): m[2] for m in found if m}


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def test_layers():
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout


def test_one_set_of_pins(project):
    direct = project["dependencies"] + project["optional-dependencies"]["test"]
    wanted = pins(direct)
    assert len(wanted) == len(direct), "every requirement is an exact pin"
    locked = pins((ROOT / "requirements.lock").read_text().splitlines())
    assert {name: locked.get(name) for name in wanted} == wanted
    conda = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    assert pins(conda[-1]["pip"]) == wanted
    assert "python=3.11" in conda and project["requires-python"] == ">=3.11,<3.13"


def test_what_the_newest_releases_are_tried_with_is_part_of_the_pins(project):
    """`make newest` takes its names from pyproject.toml and never runs a whole DAG."""
    made = subprocess.run(
        ["make", "--dry-run", "newest"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    install = next(line for line in made.splitlines() if "pip install" in line and "numba" in line)
    names = set(install.split("--disable-pip-version-check")[1].split())
    wanted = set(pins(project["dependencies"] + project["optional-dependencies"]["test"]))
    assert {"torch", "numpy", "numba", "pandas", "pytest"} <= names <= wanted
    tests = [word for word in made.split() if word.startswith("tests/")]
    assert tests and all((ROOT / one).exists() for one in tests)
    assert not {"tests/test_dag.py", "tests/book", "tests/sources"} & set(tests)


def test_the_environment_is_the_lock():
    from importlib.metadata import version

    locked = pins((ROOT / "requirements.lock").read_text().splitlines())
    assert {
        n: version(n).split("+")[0] for n in ("torch", "fastai", "dlib-bin", "jupyter-book")
    } == {n: locked[n] for n in ("torch", "fastai", "dlib-bin", "jupyter-book")}
    assert "+" not in locked["torch"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_thin_stripped_and_parameterised(path):
    cells = [cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
    assert sum("parameters" in cell.metadata.get("tags", []) for cell in cells) == 1
    for cell in cells:
        assert not cell.outputs and cell.execution_count is None, "stored outputs"
        assert len(cell.source.splitlines()) <= 10, cell.source
        tree = ast.parse(cell.source)
        fat = [type(node).__name__ for node in ast.walk(tree) if isinstance(node, BANNED)]
        assert not fat, f"{fat} in:\n{cell.source}"
        loops = [node for node in ast.walk(tree) if isinstance(node, ast.comprehension)]
        assert not loops, f"a comprehension is a loop:\n{cell.source}"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_chapter_says_that_faces_are_rendered_and_stands_in_the_book(path):
    text = path.read_text()
    assert f"{{include}} {OTHER_NOTES.get(path.stem, '_synthetic.md')}" in text
    assert f"book/{path.stem}" in (ROOT / "_toc.yml").read_text()
    assert path.stem in CHAPTERS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_chapter_asks_for_the_kernel_that_this_checkout_brings(path):
    (kernel,) = (ROOT / "dsin_lib" / "jupyter" / "kernels").iterdir()
    assert nbformat.read(path, 4).metadata["kernelspec"]["name"] == kernel.name


def tracked():
    names = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def test_no_path_of_a_machine_and_no_large_file():
    machine = re.compile(r"/(?:home|root|Users|work|tmp)/\w+")
    for path in (one for one in tracked() if one.parent != KEPT):
        assert path.stat().st_size <= 1_000_000, path
        if path.suffix not in {".xz", ".png", ".lock"} and path != Path(__file__):
            found = machine.findall(path.read_text(encoding="utf-8"))
            assert not found, f"{path}: {found}"


def test_every_module_and_public_function_says_what_it_is():
    for path in [*(ROOT / "dsin_lib").rglob("*.py"), *(ROOT / "data_prep").rglob("*.py")]:
        assert ast.get_docstring(ast.parse(path.read_text())), path
