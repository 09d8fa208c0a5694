"""Run the DAG: one at a time in a folder of results, licensed faces only once accounted for."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from dsin_lib.card import RUNS_PER_CARD
from dsin_lib.config import PROJECT, ConfigError, load_config, results_root
from dsin_lib.config.places import store_dir
from dsin_lib.data.account import require_accepted
from dsin_lib.data.dataset import SHARED_BY
from dsin_lib.data.store import RECORD, read_account
from dsin_lib.homes import places


def run_dag(
    config: str, target: str, *, cores: int = 2, only: Sequence[str] = (), dry: bool = False
) -> int:
    """Runs Snakemake up to a target; takes over where an interrupted run stopped.

    Args:
        config: A profile, or the path of a YAML file.
        target: A rule or a file.
        cores: Processors.
        only: Rules that may run; none: all.
        dry: Whether to say only what would be done.

    Returns:
        Snakemake's exit status.

    Raises:
        ConfigError: A wrong parameter, or another run at work in the same results.
        AccountError: Something of a licensed corpus was left out that is not accepted. Its store
            is whole by then, and nothing was trained.
    """
    chosen = load_config(config)  # a wrong parameter is refused before anything runs
    profile = str(Path(config).resolve()) if config.endswith((".yaml", ".yml")) else config
    options = ["--cores", str(cores), "--resources", f"gpu={RUNS_PER_CARD}"]
    options += ["--rerun-incomplete", "--quiet", "host"]
    with _alone(results_root()) as lock:

        def snakemake(*arguments: str) -> int:
            command = [
                sys.executable, "-m", "snakemake", "--snakefile", str(PROJECT / "Snakefile"),
                "--directory", str(results_root()), "--config", f"profile={profile}", *arguments,
            ]  # fmt: skip
            shared = {SHARED_BY: str(min(cores, RUNS_PER_CARD))}
            env = {**shared, **os.environ, **places()}
            return subprocess.run(command, env=env, pass_fds=[lock]).returncode

        if any((results_root() / ".snakemake" / "locks").glob("*")):  # of one that was killed
            snakemake("--unlock", "--quiet", "all")
        licensed = [of for of in chosen.corpora.named() if of.source.licensed]
        for corpus in [] if dry or only else licensed:
            store = store_dir(corpus, chosen.preprocessing)
            if code := snakemake(*options, "--", str(store / RECORD)):
                return code
            require_accepted(read_account(store), corpus.accept, corpus.name)
        options += ["--dry-run"] if dry else []
        options += ["--allowed-rules", *only] if only else []
        return snakemake(*options, "--", target)


@contextmanager
def _alone(root: Path) -> Iterator[int]:
    """A lock that falls with this process and those it starts; its file descriptor."""
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".dag.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigError(f"{root}: another `make book` is at work here; wait for it") from None
        yield lock.fileno()
