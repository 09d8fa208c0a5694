"""Does rebuilt code still make the same predictions? Bit for bit, beside an older commit.

    python -m benchmarks.yardstick COMMIT [--config smoke] [--folder FOLDER] [--cores 2]

Trains every row and sweep of a profile twice on this machine, with COMMIT's code and with the code
that lies here (what is not committed included), each in results of its own; then compares the
predictions of every run. Exit 0 only if all are equal and none is missing. `smoke` took 10 minutes
of CPU in all, 21 by the clock on two cores that had other work too; leave the code alone meanwhile.

With a FOLDER that is kept, what was trained is not trained again: results are named by the tree of
files that made them, so changed code never meets the results of other code.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Annotated

import typer

from benchmarks.compare_runs import report

HERE = Path(__file__).resolve().parents[1]
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL", "NUMBA")}

TARGETS = """
import sys
from dsin_lib.config import load_config
from dsin_lib.config.places import config_dir
from dsin_lib.runs.sweeps import SWEEPS, record_of

config = load_config(sys.argv[1])
print(config_dir(config) / "tables" / "table3.csv")
for name, sweep in SWEEPS.items():
    for fold in sweep.folds(config):
        for seed in sweep.seeds(config):
            print(record_of(config, name, fold, seed))
"""
"""Run by a checkout's own code: the files to make, after which everything is trained. Mend it, and
the beginning of compare_runs.py, when names or places change."""


def git(*words: str, **more: str) -> str:
    done = subprocess.run(
        ["git", *words], cwd=HERE, env={**os.environ, **more}, capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"error: git {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout.strip()


def tree_here() -> str:
    """The name that git would give to the files that lie here, committed or not."""
    with tempfile.TemporaryDirectory() as scratch:
        index = {"GIT_INDEX_FILE": str(Path(scratch) / "index")}
        git("read-tree", "HEAD", **index)
        git("add", "--all", **index)
        return git("write-tree", **index)


@contextmanager
def checkout(commit: str) -> Iterator[Path]:
    """A commit's files in a worktree that goes away again."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "there"
        git("worktree", "add", "--detach", str(folder), commit)
        try:
            yield folder
        finally:
            git("worktree", "remove", "--force", str(folder))


def train(code: Path, results: Path, config: str, cores: int) -> None:
    """Everything that a profile trains, by the code of a checkout whatever is installed."""
    results.mkdir(parents=True, exist_ok=True)
    own = {**ONE_THREAD, **os.environ, "PYTHONPATH": str(code), "DSIN_RESULTS": str(results)}
    asked = subprocess.run(
        [sys.executable, "-c", TARGETS, config], cwd=code, env=own, stdout=subprocess.PIPE,
        text=True, check=True,
    ).stdout.split("\n")  # fmt: skip
    command = [
        sys.executable, "-m", "snakemake", *filter(None, asked), "--snakefile", code / "Snakefile",
        "--directory", results, "--cores", str(cores), "--rerun-incomplete", "--quiet", "all",
        "--config", f"profile={config}",
    ]  # fmt: skip
    if subprocess.run(command, cwd=code, env=own).returncode:
        sys.exit(f"error: {code}: training failed; the logs are in {results / config / 'logs'}")


def main(
    commit: str,
    config: str = "smoke",
    folder: Annotated[Path | None, typer.Option(help="Kept; none: a temporary one.")] = None,
    cores: int = 2,
) -> None:
    """Compares the code that lies here with a commit's."""
    tree = git("rev-parse", "--verify", f"{commit}^{{tree}}")
    scratch = tempfile.TemporaryDirectory() if folder is None else nullcontext(folder)
    with scratch as kept, checkout(commit) as old:
        sides = {"there": (old, tree), "here": (HERE, tree_here())}
        made = {}
        for side, (code, made_by) in sides.items():
            made[side] = Path(kept).resolve() / f"{side}-{config}-{made_by[:12]}"
            print(f"{side}: {made[side].name}", flush=True)
            train(code, made[side], config, cores)
        same = report(made["there"], made["here"])
    raise typer.Exit(0 if same else 1)


if __name__ == "__main__":
    typer.run(main)
