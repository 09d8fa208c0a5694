"""Which stores some runs read, and the command line that makes each."""

from collections.abc import Iterable
from pathlib import Path

from dsin_lib.config import Config, Corpus, Preprocessing
from dsin_lib.config.places import store_dir
from dsin_lib.data.store import RECORD
from dsin_lib.runs.run import Run, distinct

Made = tuple[Corpus, Preprocessing]
"""What a store is made of."""


def stores_of(runs: Iterable[Run]) -> dict[Path, Made]:
    """The record of every store that some runs read, and what makes it."""
    read = dict.fromkeys((run.corpus, run.config.preprocessing) for run in distinct(runs))
    return {store_dir(*made) / RECORD: made for made in read}


def table_of(config: Config, corpus: Corpus) -> int:
    """The table of the paper that is measured on a corpus of a config."""
    return 3 if corpus.pictures_key() == config.corpora.table_3.pictures_key() else 4


def store_options(config: Config, corpus: Corpus, preprocessing: Preprocessing) -> list[str]:
    """What `python -m data_prep store` is told beside the config: the corpus, and changes."""
    plain, own = config.preprocessing.model_dump(), preprocessing.model_dump()
    changes = ",".join(f"{name}={own[name]}" for name in own if own[name] != plain[name])
    options = ["--table", str(table_of(config, corpus))]
    return options + (["--preprocessing", changes] if changes else [])
