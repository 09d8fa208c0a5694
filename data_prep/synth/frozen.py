"""The generator is frozen: whoever changes what it draws must give the corpus a new version.

`frozen.json` holds the version and a digest of everything that draws: the code without its
comments and docstrings, the tables, the head. A test compares it with what lies here. After a
change, raise `recipe.CORPUS_VERSION` and write the file anew.

Usage:
    python -m data_prep.synth.frozen
"""

import hashlib
import json

from data_prep.synth.recipe import CORPUS_VERSION
from data_prep.synth.shapes import HERE
from dsin_lib.code_digest import code_digest

RECORD = HERE / "frozen.json"
DRAWS_NOTHING = (
    "atlas.py", "bake.py", "calibrate.py", "compiled.py", "frozen.py", "measure.py", "solve.py",
)  # fmt: skip
"""Modules that no picture and no label of a corpus passes through."""


def digest() -> str:
    """Returns the SHA-256 of everything that decides a corpus's content."""
    drawing = [path for path in sorted(HERE.iterdir()) if path.name not in DRAWS_NOTHING]
    total = hashlib.sha256(code_digest(path for path in drawing if path.suffix == ".py").encode())
    for path in drawing:
        if path.suffix in (".json", ".xz") and path != RECORD:
            total.update(path.read_bytes())
    return total.hexdigest()


def record() -> dict[str, str]:
    """Returns what `frozen.json` must hold."""
    return {"version": CORPUS_VERSION, "digest": digest()}


if __name__ == "__main__":
    RECORD.write_text(json.dumps(record(), indent=1) + "\n")
    print(RECORD.read_text(), end="")
