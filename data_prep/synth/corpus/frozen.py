"""The generator is frozen: whoever changes what it draws must give the corpus a new version.

`frozen.json` holds the version and a digest of everything that draws: the code without its
comments and docstrings, the tables, the head. A test compares it with what lies here. After a
change, raise `recipe.CORPUS_VERSION` and write the file anew.

Usage:
    python -m data_prep.synth.corpus.frozen
"""

import hashlib
import json
from pathlib import Path

from data_prep.synth.corpus.recipe import CORPUS_VERSION
from dsin_lib.code_digest import code_digest

HERE = Path(__file__).parents[1]
RECORD = HERE / "corpus" / "frozen.json"
DRAWS_NOTHING = (
    "README.md", "atlas.py", "compiled.py", "corpus/frozen.json", "corpus/frozen.py",
    "fitting/__init__.py", "fitting/calibrate.py", "fitting/excursions.py", "fitting/measure.py",
    "fitting/ranges.csv", "fitting/solve.py", "fitting/soundness.py", "mesh/bake.py",
)  # fmt: skip
"""Files that no picture and no label of a corpus passes through; every other one draws."""


def drawing() -> dict[str, Path]:
    """Returns every file that draws, in any folder of the package, by its name from there."""
    files = (path for path in HERE.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    named = {path.relative_to(HERE).as_posix(): path for path in files}
    return {name: named[name] for name in sorted(named) if name not in DRAWS_NOTHING}


def digest() -> str:
    """Returns the SHA-256 of everything that decides a corpus's content, and of where it lies."""
    total = hashlib.sha256()
    for name, path in drawing().items():
        content = code_digest([path]).encode() if path.suffix == ".py" else path.read_bytes()
        total.update(f"{name} {len(content)}\n".encode() + content)
    return total.hexdigest()


def record() -> dict[str, str]:
    """Returns what `frozen.json` must hold."""
    return {"version": CORPUS_VERSION, "digest": digest()}


if __name__ == "__main__":
    RECORD.write_text(json.dumps(record(), indent=1) + "\n")
    print(RECORD.read_text(), end="")
