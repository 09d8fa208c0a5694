"""``python -m data_prep``: a config's corpora, stores and features, each made only once."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from data_prep.check import check as check_corpus
from data_prep.ensure import ensure_corpus, ensure_feature, prepared
from dsin_lib.config import Config, Corpus, changed, load_config
from dsin_lib.config.places import store_dir
from dsin_lib.data.account import require_accepted
from dsin_lib.data.beside import named
from dsin_lib.data.store import read_account

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


ConfigOption = Annotated[str, typer.Option(help="a profile, or the path of a YAML file")]
TableOption = Annotated[int, typer.Option(help="whose corpus: that of Table 3 or of Table 4")]
PreprocessingOption = Annotated[str, typer.Option(help="parameters to change: alignment=affine")]


@app.command()
def corpus(config: ConfigOption = "quick", table: TableOption = 3, workers: int = 2) -> None:
    """Renders the open corpus of a config (a licensed one is only looked for)."""
    typer.echo(ensure_corpus(_corpus(load_config(config), table), workers=workers))


@app.command()
def store(
    config: ConfigOption = "quick",
    table: TableOption = 3,
    preprocessing: PreprocessingOption = "",
    workers: int = 2,
) -> None:
    """Finds the faces, aligns them and cuts the patches."""
    chosen = _prepared_as(load_config(config), preprocessing)
    typer.echo(prepared(_corpus(chosen, table), chosen.preprocessing, workers=workers))


@app.command()
def feature(
    name: Annotated[str, typer.Argument(help="a file of dsin_lib/data/features")],
    config: ConfigOption = "quick",
    table: TableOption = 3,
    parameters: Annotated[str, typer.Option(help="of the feature: size=0.25")] = "",
    preprocessing: PreprocessingOption = "",
    workers: int = 2,
) -> None:
    """Computes a feature of every face of a store, beside it."""
    wanted = named(name, **_values(parameters, "--parameters"))
    chosen = _prepared_as(load_config(config), preprocessing)
    of = _corpus(chosen, table)
    typer.echo(ensure_feature(of, chosen.preprocessing, wanted, workers=workers).filename)


@app.command()
def account(config: ConfigOption = "quick", table: TableOption = 3) -> None:
    """Prints the account of a config's store; fails if it is not clean and not accepted."""
    chosen = load_config(config)
    of = _corpus(chosen, table)
    found = read_account(store_dir(of, chosen.preprocessing))
    for line in found.lines():
        typer.echo(line)
    if of.source.licensed:
        require_accepted(found, of.accept, of.name)


@app.command()
def check(
    root: Path,
    corpus: Annotated[str, typer.Option(help="its options in a config: first_image=0")] = "",
) -> None:
    """Prints what a corpus holds beside the published counts, and its account; fails on errors."""
    found = check_corpus(root, **_values(corpus, "--corpus"))
    raise typer.Exit(int(bool(found.account.of("error"))))


def _prepared_as(config: Config, preprocessing: str) -> Config:
    """A config with the changes of the option ``--preprocessing``."""
    values = _values(preprocessing, "--preprocessing")
    return changed(config, {f"preprocessing.{name}": value for name, value in values.items()})


def _values(text: str, option: str) -> dict[str, Any]:
    """``name=value,name=value`` of an option of the command line."""
    values = {}
    for change in filter(None, text.split(",")):
        name, given, value = change.partition("=")
        if not given:
            raise ValueError(f"{option}: expected name=value, got {change!r}")
        values[name] = yaml.safe_load(value)
    return values


def _corpus(config: Config, table: int) -> Corpus:
    """The corpus that a table of the paper is measured on."""
    if table not in (3, 4):
        raise ValueError(f"--table: expected 3 or 4, got {table}")
    return config.corpus(f"table_{table}")


if __name__ == "__main__":
    try:
        app()
    except (ValueError, RuntimeError, OSError) as error:
        sys.exit(f"error: {error}")
