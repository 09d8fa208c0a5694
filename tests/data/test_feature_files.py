"""Files of features stand alone: a feature's key is made of its own file."""

import ast

import pytest

from dsin_lib.config import PROJECT

FILES = sorted((PROJECT / "dsin_lib" / "data" / "features").glob("[!_]*.py"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_feature_imports_nothing_of_this_project(path):
    named = [
        name
        for node in ast.walk(ast.parse(path.read_text()))
        for name in (
            [one.name for one in node.names] if isinstance(node, ast.Import)
            else [node.module or "."] if isinstance(node, ast.ImportFrom) else []
        )
    ]  # fmt: skip
    ours = [name for name in named if name.split(".")[0] in ("", "dsin_lib", "data_prep")]
    assert named and not ours
