"""``python -m data_prep``: the corpus and the store of a config, each made only once."""

import sys
from pathlib import Path

import typer

from data_prep.check import check as check_corpus
from data_prep.ensure import ensure_corpus, ensure_store
from dsin_lib.config import ConfigError, load_config

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.command()
def corpus(config: str = "quick", workers: int = 2) -> None:
    """Renders the open corpus of a config (a licensed one is only looked for)."""
    typer.echo(ensure_corpus(load_config(config), workers=workers))


@app.command()
def store(config: str = "quick", workers: int = 2) -> None:
    """Finds the faces, aligns them and cuts the patches."""
    typer.echo(ensure_store(load_config(config), workers=workers).root)


@app.command()
def check(root: Path) -> None:
    """Prints what a corpus holds beside the published counts, and its problems."""
    check_corpus(root)


if __name__ == "__main__":
    try:
        app()
    except (ConfigError, ValueError, RuntimeError, FileNotFoundError) as error:
        sys.exit(f"error: {error}")
