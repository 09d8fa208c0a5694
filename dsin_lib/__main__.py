"""``python -m dsin_lib``: one run, the tables, or the whole DAG."""

import fcntl
import json
import os
import subprocess
import sys
from pathlib import Path

import typer

from dsin_lib.config import PROJECT, ConfigError, load_config, results_root

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.command()
def run(row: str, config: str = "quick", fold: int = 1, seed: int = 0) -> None:
    """Trains one row of a table on one fold, unless it is already there."""
    from dsin_lib.experiments import TABLE_4
    from dsin_lib.training.runs import run as run_row

    chosen = load_config(config)
    if row in {one.id for one in TABLE_4}:
        chosen = chosen.on_second_corpus()
    typer.echo(run_row(chosen, row, fold, seed).folder)


@app.command()
def study(name: str, config: str = "quick", fold: int = 1, seed: int = 0) -> None:
    """Trains every run of a study on one fold, unless they are already there."""
    from dsin_lib.files import write_text
    from dsin_lib.paths import study_record
    from dsin_lib.studies import STUDIES
    from dsin_lib.training.runs import run_study

    if name not in STUDIES:
        raise ValueError(f"study: expected one of {sorted(STUDIES)}, got {name!r}")
    chosen = load_config(config)
    folders = [one.folder for one in run_study(chosen, name, fold, seed)]
    record = study_record(chosen, name, fold, seed)
    record.parent.mkdir(parents=True, exist_ok=True)
    runs = [folder.relative_to(results_root()).as_posix() for folder in folders]
    write_text(record, json.dumps({"study": name, "runs": runs}, indent=1) + "\n")
    typer.echo(record)


@app.command()
def tables(config: str = "quick") -> None:
    """Computes the tables of a config from the predictions of its runs."""
    from dsin_lib.reporting.tables import write_tables

    for path in write_tables(load_config(config)):
        typer.echo(path)


@app.command()
def dag(
    config: str = "quick", cores: int = 2, target: str = "site", only: str = "", dry: bool = False
) -> None:
    """Runs the Snakemake DAG, taking over where an interrupted one stopped.

    A lock held by a living process keeps a second one out; a dead one's Snakemake lock is removed.
    """
    from dsin_lib.homes import places
    from dsin_lib.paths import config_dir
    from dsin_lib.reporting.site import how_to_open

    chosen = load_config(config)  # a wrong parameter is refused before anything runs
    root = results_root()
    root.mkdir(parents=True, exist_ok=True)
    with (root / ".dag.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ConfigError(f"{root}: another `make book` is at work here; wait for it") from None
        snakemake = [
            sys.executable, "-m", "snakemake", target, "--snakefile", str(PROJECT / "Snakefile"),
            "--directory", str(root), "--config", f"profile={_absolute(config)}",
        ]  # fmt: skip
        env = {**os.environ, **places()}
        if any((root / ".snakemake" / "locks").glob("*")):  # of a Snakemake that was killed
            unlocked = subprocess.run(
                [*snakemake, "--unlock"], env=env, capture_output=True, text=True
            )
            if unlocked.returncode:
                raise ConfigError(f"Snakefile: {unlocked.stderr}")
        options = ["--cores", str(cores), "--rerun-incomplete", "--quiet", "host"]
        options += ["--dry-run"] if dry else []
        options += ["--allowed-rules", *only.split(",")] if only else []
        code = subprocess.run([*snakemake, *options], env=env, pass_fds=[lock.fileno()]).returncode
    index = config_dir(chosen) / "site" / "index.html"
    if code == 0 and not dry and index.is_file():
        typer.echo(how_to_open(index))
    raise typer.Exit(code)


def _absolute(config: str) -> str:
    return str(Path(config).resolve()) if config.endswith((".yaml", ".yml")) else config


if __name__ == "__main__":
    try:
        app()
    except (ValueError, OSError) as error:
        sys.exit(f"error: {error}")
