"""``python -m data_prep``: the corpus and the store of a config, each made only once."""

import typer

from data_prep.ensure import ensure_corpus, ensure_store
from dsin_lib.config import load_config

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)


@app.command()
def corpus(config: str = "quick", workers: int = 2) -> None:
    """Renders the open corpus of a config (a licensed one is only looked for)."""
    typer.echo(ensure_corpus(load_config(config), workers=workers))


@app.command()
def store(config: str = "quick", workers: int = 2) -> None:
    """Finds the faces, aligns them and cuts the patches."""
    typer.echo(ensure_store(load_config(config), workers=workers).root)


if __name__ == "__main__":
    app()
