"""The outside reader, in one command: draws the fixed frames, reads them, prints the AUCs.

Every call without --first is a look at the drawing. SynAU 2.0 may be looked at three times: write
each into `README.md` beside this file, with its commit.

Usage, after `make reader`:
    python -m benchmarks.faces.outside 1.0.0 [--keep FOLDER] [--first 20]
"""

import argparse
import subprocess
import tempfile
from pathlib import Path

import pandas as pd

from benchmarks.faces import compare
from benchmarks.faces.draw import draw
from benchmarks.faces.frames import frames
from data_prep.synth.corpus.recipe import CORPUS_VERSION

HERE = Path(__file__).parent
READER = HERE.parents[1] / ".venv-reader" / "bin" / "python"


def main() -> None:
    """Draws, reads and compares; keeps levels and matching blendshapes of every frame."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("version", help="the name under which the readings are kept")
    parser.add_argument("--keep", type=Path, help="where the pictures are kept")
    parser.add_argument("--first", type=int, help="a rehearsal on as many; nothing is kept")
    parser.add_argument("--reader", type=Path, default=READER, help="its Python")
    asked = parser.parse_args()
    if not asked.reader.exists():
        parser.error(f"{asked.reader}: not there; say make reader")
    wanted = frames()
    if asked.first:
        wanted = wanted.sample(asked.first, random_state=0)
    print(f"generator {CORPUS_VERSION}, {len(wanted)} frames")
    with tempfile.TemporaryDirectory() as folder:
        root = (asked.keep or Path(folder)).absolute()
        draw(root, wanted, tell=lambda line: print(line, flush=True))
        readings = Path(folder) / "readings.csv"
        subprocess.run([asked.reader, "-I", HERE / "read.py", root, readings], check=True)
        found = compare.joined(root, readings)
    if asked.first:
        print(found[["picture", "found", "AU12", "mouthSmileLeft"]].to_string())
        return
    folder = HERE / asked.version
    folder.mkdir(exist_ok=True)
    names = sorted({name for of in compare.MATCHING.values() for name in of})
    units = [name for name in found if name.startswith("AU")]
    found[units] = found[units].astype("Int64")
    columns = ["picture", "corpus", "subject", "found", *units, *names]
    found[columns].to_csv(folder / "frames.csv.xz", index=False)
    table = compare.table({asked.version: found})
    table.round(4).to_csv(folder / "auc.csv", index=False)
    with pd.option_context("display.max_rows", None, "display.width", 200):
        print(table.round(3).to_string(index=False))


if __name__ == "__main__":
    main()
