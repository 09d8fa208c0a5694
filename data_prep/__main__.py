"""``python -m data_prep``: the corpus and the store of a config, each made only once."""

import sys
from pathlib import Path
from typing import Annotated

import typer
import yaml

from data_prep.check import check as check_corpus
from data_prep.ensure import ensure_corpus, ensure_store
from dsin_lib.config import Config, changed, load_config

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
    named = {}
    for change in filter(None, preprocessing.split(",")):
        name, given, value = change.partition("=")
        if not given:
            raise ValueError(f"--preprocessing: expected name=value, got {change!r}")
        named[f"preprocessing.{name}"] = yaml.safe_load(value)
    typer.echo(ensure_store(changed(_chosen(config, second), named), workers=workers).root)


@app.command()
def check(root: Path) -> None:
    """Prints what a corpus holds beside the published counts, and its problems."""
    check_corpus(root)


def _chosen(config: str, second: bool) -> Config:
    chosen = load_config(config)
    return chosen.on_second_corpus() if second else chosen


if __name__ == "__main__":
    try:
        app()
    except (ValueError, RuntimeError, OSError) as error:
        sys.exit(f"error: {error}")
