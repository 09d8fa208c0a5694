"""``python -m data_prep``: the corpus and the store of a config, each made only once."""

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from data_prep.check import check as check_corpus
from data_prep.ensure import ensure_corpus, prepared
from dsin_lib.config import Config, changed, load_config
from dsin_lib.data.account import require_accepted
from dsin_lib.data.store import read_account
from dsin_lib.paths import store_dir

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.command()
def corpus(config: str = "quick", second: bool = False, workers: int = 2) -> None:
    """Renders the open corpus of a config (a licensed one is only looked for)."""
    typer.echo(ensure_corpus(_chosen(config, second), workers=workers))


@app.command()
def store(
    config: str = "quick",
    second: bool = False,
    preprocessing: Annotated[str, typer.Option(help="parameters to change: alignment=affine")] = "",
    workers: int = 2,
) -> None:
    """Finds the faces, aligns them and cuts the patches."""
    typer.echo(prepared(_chosen(config, second, preprocessing), workers=workers))


@app.command()
def account(config: str = "quick", second: bool = False) -> None:
    """Prints the account of a config's store; fails if it is not clean and not accepted."""
    chosen = _chosen(config, second)
    found = read_account(store_dir(chosen))
    for line in found.lines():
        typer.echo(line)
    if chosen.corpus.source.licensed:
        require_accepted(found, chosen.corpus.accept, chosen.corpus.name)


@app.command()
def check(
    root: Path,
    corpus: Annotated[str, typer.Option(help="its options in a config: first_image=0")] = "",
) -> None:
    """Prints what a corpus holds beside the published counts, and its account; fails on errors."""
    found = check_corpus(root, **_values(corpus, "--corpus"))
    raise typer.Exit(int(bool(found.account.of("error"))))


def _values(text: str, option: str) -> dict[str, Any]:
    """``name=value,name=value`` of an option of the command line."""
    values = {}
    for change in filter(None, text.split(",")):
        name, given, value = change.partition("=")
        if not given:
            raise ValueError(f"{option}: expected name=value, got {change!r}")
        values[name] = yaml.safe_load(value)
    return values


def _chosen(config: str, second: bool, preprocessing: str = "") -> Config:
    chosen = load_config(config)
    changes = {
        f"preprocessing.{name}": value
        for name, value in _values(preprocessing, "--preprocessing").items()
    }
    return changed(chosen.on_second_corpus() if second else chosen, changes)


if __name__ == "__main__":
    try:
        app()
    except (ValueError, RuntimeError, OSError) as error:
        sys.exit(f"error: {error}")
