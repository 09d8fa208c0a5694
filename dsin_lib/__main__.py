"""``python -m dsin_lib``: one run, the tables, or the whole DAG."""

import contextlib
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from dsin_lib.config import load_config, results_root

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.command()
def run(
    row: str,
    config: str = "quick",
    fold: int = 1,
    seed: int = 0,
    change: Annotated[list[str] | None, typer.Option(help="such as 'training.patience=3'")] = None,
) -> None:
    """Trains one row of a table on one fold, with all that it starts from, unless it is there."""
    from dsin_lib.runs.rows import row_named
    from dsin_lib.runs.run import Run
    from dsin_lib.systems.ensure import ensure

    (made,) = ensure([Run(load_config(config), row_named(row), fold, seed, _changes(change or []))])
    typer.echo(made.folder)


@app.command()
def sweep(name: str, config: str = "quick", fold: int = 1, seed: int = 0) -> None:
    """Trains every run of a sweep on one fold, unless they are already there."""
    from dsin_lib.files import write_text
    from dsin_lib.runs.sweeps import SWEEPS, record_of
    from dsin_lib.systems.ensure import ensure

    if name not in SWEEPS:
        raise ValueError(f"sweep: expected one of {sorted(SWEEPS)}, got {name!r}")
    chosen = load_config(config)
    made = ensure(SWEEPS[name].at(chosen, fold, seed))
    record = record_of(chosen, name, fold, seed)
    record.parent.mkdir(parents=True, exist_ok=True)
    runs = [one.folder.relative_to(results_root()).as_posix() for one in made]
    write_text(record, json.dumps({"sweep": name, "runs": runs}, indent=1) + "\n")
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
    from dsin_lib.reporting.health import report
    from dsin_lib.runs.chapters import trainings

    wanted = trainings(load_config(config))
    counts, defects, missing = report(wanted)
    for line in [*counts, *defects, f"{len(wanted)} runs expected, {missing} missing"]:
        typer.echo(line)
    raise typer.Exit(1 if defects else 2 if missing else 0)


@app.command()
def again(config: str = "quick", row: list[str] | None = None) -> None:
    """Fits one run of each row anew, beside the one that is there, and says whether it is equal.

    Exit status: 1 if the predictions of one are not, else 2 if one is not there.
    """
    from dsin_lib.runs.chapters import trainings
    from dsin_lib.systems.again import fitted_again, one_of_each

    equal = []
    for same, said in fitted_again(one_of_each(trainings(load_config(config)), row)):
        typer.echo(said)
        equal.append(same)
    raise typer.Exit(1 if False in equal else 2 if None in equal else 0)


@app.command()
def pin(
    config: str = "quick",
    why: str = "pinned by hand",
    undo: Annotated[bool, typer.Option("--undo", help="let them follow the code again")] = False,
) -> None:
    """Keeps every run of a config as it is, whatever becomes of the code that made it."""
    from dsin_lib.runs import pins
    from dsin_lib.runs.chapters import trainings

    runs = trainings(load_config(config))
    if undo:
        asked = [run.folder for run in runs if pins.is_pinned(run.folder)]
    else:
        asked = [r.folder for r in runs if not pins.is_pinned(r.folder) and r.is_there()]
    for folder in asked:
        pins.unpin(folder) if undo else pins.pin(folder, why)
    typer.echo(f"{len(asked)} runs {'follow the code again' if undo else 'stay as they are'}")


@app.command()
def bundle(
    out: Annotated[Path, typer.Option(help="an empty folder, or none yet")],
    config: str = "gpu",
    python: Annotated[
        str, typer.Option(help="of that machine; none if it lacks no package")
    ] = "3.12",
    model: Annotated[bool, typer.Option("--model", help="carry the landmark model too")] = False,
) -> None:
    """Writes what a machine without a network needs to train a config: files and one command."""
    from dsin_lib.travel.bundle import bundle as written

    wheels = None if python == "none" else python
    files = written(load_config(config), config, out, wheels, model=model)
    for path in files:
        typer.echo(f"{path.stat().st_size / 1e6:6.2f} MB  {path}")
    typer.echo("there: bash run 560 OUT; here then: python -m dsin_lib take OUT/*.zip")


@app.command()
def take(archives: list[Path]) -> None:
    """Adds the runs of archives that were trained elsewhere, pinned as what they are."""
    from dsin_lib.travel.take import take as taken

    found = taken(archives)
    for line in found.said:
        typer.echo(line)
    typer.echo(f"{len(found.new)} runs taken, {found.there} were there")


@app.command()
def keep(
    config: str = "quick",
    out: Annotated[Path | None, typer.Option(help="none: results/published/runs")] = None,
) -> None:
    """Packs the runs of a config that are there and not packed yet, to be committed.

    Once all runs of its tables are there, the tables and the config are kept beside the archives:
    what must come out of them.
    """
    from dsin_lib.files import write_text
    from dsin_lib.reporting.site.publish import ARCHIVES, PUBLISHED
    from dsin_lib.reporting.tables import write_tables
    from dsin_lib.runs.chapters import trainings
    from dsin_lib.runs.run import MissingRunError
    from dsin_lib.travel.pack import COMMITTED, kept

    chosen = load_config(config)
    where = (out,) if out else (PUBLISHED / ARCHIVES, COMMITTED)
    made = kept(trainings(chosen), *where)
    tables = where[0] / "tables" / chosen.name
    with contextlib.suppress(MissingRunError):
        made += write_tables(chosen, tables)
        write_text(tables / "config.json", chosen.model_dump_json(indent=1) + "\n")
    for path in made:
        typer.echo(f"{path.stat().st_size / 1e6:6.2f} MB  {path}")


@app.command()
def dag(
    config: str = "quick", cores: int = 2, target: str = "site", only: str = "", dry: bool = False
) -> None:
    """Runs the Snakemake DAG, taking over where an interrupted one stopped."""
    from dsin_lib.config.places import config_dir
    from dsin_lib.dag import run_dag
    from dsin_lib.reporting.health import report
    from dsin_lib.reporting.site.build import how_to_open
    from dsin_lib.runs.chapters import trainings

    chosen = load_config(config)
    allowed = only.split(",") if only else []
    code = run_dag(config, target, cores=cores, only=allowed, dry=dry)
    index = config_dir(chosen) / "site" / "index.html"
    if code == 0 and not dry:
        _, defects, _ = report(trainings(chosen))
        for line in defects:
            typer.echo(line, err=True)
        if index.is_file():
            typer.echo(how_to_open(index))
    raise typer.Exit(code)


def _changes(given: list[str]) -> dict[str, Any]:
    """Dotted parameters and their values, of ``name=value`` on the command line."""
    found = {}
    for one in given:
        name, equals, value = one.partition("=")
        if not equals:
            raise ValueError(f"--change: expected parameter=value, got {one!r}")
        found[name] = yaml.safe_load(value)
    return found


if __name__ == "__main__":
    try:
        app()
    except (ValueError, RuntimeError, OSError, ArithmeticError) as error:
        sys.exit(f"error: {error}")
