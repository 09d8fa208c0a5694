"""The generator is frozen: whoever changes what it draws must give the corpus a new version.

`frozen.json` holds the version and a digest of everything that draws: the code without its
comments and docstrings, the tables, the head. A test compares it with what lies here. After a
change, raise `recipe.CORPUS_VERSION` and write the file anew.

Usage:
    python -m data_prep.synth.frozen
"""

import ast
import hashlib
import json

from data_prep.synth.recipe import CORPUS_VERSION
from data_prep.synth.shapes import HERE

RECORD = HERE / "frozen.json"
DRAWS_NOTHING = ("atlas.py", "bake.py", "calibrate.py", "frozen.py", "measure.py", "solve.py")
"""Modules that no picture and no label of a corpus passes through."""


def digest() -> str:
    """Returns the SHA-256 of everything that decides a corpus's content."""
    total = hashlib.sha256()
    for path in sorted(HERE.iterdir()):
        if path.name in (RECORD.name, *DRAWS_NOTHING):
            continue
        if path.suffix == ".py":
            total.update(_code(path.read_text(encoding="utf-8")))
        elif path.suffix in (".json", ".xz"):
            total.update(path.read_bytes())
    return total.hexdigest()


def _code(text: str) -> bytes:
    """Returns a program without comments, docstrings and layout."""
    tree = ast.parse(text)
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [line for line in body if not _is_text(line)]
    return ast.dump(tree).encode()


def _is_text(line: ast.stmt) -> bool:
    return isinstance(line, ast.Expr) and isinstance(getattr(line.value, "value", None), str)


def record() -> dict[str, str]:
    """Returns what `frozen.json` must hold."""
    return {"version": CORPUS_VERSION, "digest": digest()}


if __name__ == "__main__":
    RECORD.write_text(json.dumps(record(), indent=1) + "\n")
    print(RECORD.read_text(), end="")
