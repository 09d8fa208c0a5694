"""``python -m dsin_lib``: one run, the tables, or the whole DAG."""

import json
import sys

import typer

from dsin_lib.config import load_config, results_root

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.command()
def run(row: str, config: str = "quick", fold: int = 1, seed: int = 0) -> None:
    """Trains one row of a table on one fold, unless it is already there."""
    from dsin_lib.runs.rows import TABLE_4
    from dsin_lib.training.runs import run as run_row

    chosen = load_config(config)
    if row in {one.id for one in TABLE_4}:
        chosen = chosen.on_second_corpus()
    typer.echo(run_row(chosen, row, fold, seed).folder)


@app.command()
def study(name: str, config: str = "quick", fold: int = 1, seed: int = 0) -> None:
    """Trains every run of a study on one fold, unless they are already there."""
    from dsin_lib.files import write_text
    from dsin_lib.config.places import study_record
    from dsin_lib.runs.sweeps import STUDIES
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
def health(config: str = "quick") -> None:
    """Counts the units of a config's runs by what became of them, and names the dead.

    Exit status: 1 if a dead one was fed, else 2 if a run is missing.
    """
    from dsin_lib.reporting.health import on_disk, report

    found = on_disk(load_config(config))
    counts, defects = report(found)
    missing = len(found) - len(counts)
    for line in [*counts, *defects, f"{len(found)} runs expected, {missing} missing"]:
        typer.echo(line)
    raise typer.Exit(1 if defects else 2 if missing else 0)


@app.command()
def dag(
    config: str = "quick", cores: int = 2, target: str = "site", only: str = "", dry: bool = False
) -> None:
    """Runs the Snakemake DAG, taking over where an interrupted one stopped."""
    from dsin_lib.dag import run_dag
    from dsin_lib.config.places import config_dir
    from dsin_lib.reporting.health import on_disk, report
    from dsin_lib.reporting.site import how_to_open

    chosen = load_config(config)
    allowed = only.split(",") if only else []
    code = run_dag(config, target, cores=cores, only=allowed, dry=dry)
    index = config_dir(chosen) / "site" / "index.html"
    if code == 0 and not dry:
        _, defects = report(on_disk(chosen))
        for line in defects:
            typer.echo(line, err=True)
        if index.is_file():
            typer.echo(how_to_open(index))
    raise typer.Exit(code)


if __name__ == "__main__":
    try:
        app()
    except (ValueError, OSError) as error:
        sys.exit(f"error: {error}")
