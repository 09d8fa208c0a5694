"""A config's faces and patches, made if they are not there: what every notebook begins with."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pandas as pd

from data_prep.prepare import prepare
from data_prep.synth import CORPUS_VERSION, write_corpus
from dsin_lib.config import Config, ConfigError
from dsin_lib.data.account import require_accepted
from dsin_lib.data.folds import first_subjects
from dsin_lib.data.readers import LAYOUTS
from dsin_lib.data.store import Store, read_account
from dsin_lib.files import named
from dsin_lib.locks import alone
from dsin_lib.paths import corpus_dir, store_dir
from dsin_lib.sections import Corpus

RENDERED = {"frames_per_sequence", "stride", "image_px", "seed"}
"""Parameters of an open corpus that its generator takes as they are."""


def ensure_corpus(config: Config, *, workers: int = 2, progress: bool = True) -> Path:
    """The folder of raw faces: rendered if open and absent, the user's own if licensed."""
    root, corpus = corpus_dir(config), config.corpus
    if corpus.source.licensed:
        return root
    if corpus.version != CORPUS_VERSION:
        raise ConfigError(
            f"corpus.version: this generator makes {CORPUS_VERSION}, got {corpus.version!r}"
        )
    tasks = [f"T{k}" for k in range(1, corpus.n_tasks + 1)]
    with alone(root), named(root):
        write_corpus(
            root,
            shape=corpus.name,
            subjects=first_subjects(corpus.n_subjects, corpus.name),
            tasks=tasks if corpus.source.layout == "bp4d" else None,
            **corpus.model_dump(include=RENDERED),
            workers=workers,
            progress=progress,
        )
    return root


def ensure_store(config: Config, *, workers: int = 2, progress: bool = True) -> Store:
    """The prepared patches; nothing is done again that is already whole. Paper: Sec. 4.1.2.

    Raises:
        AccountError: Something of a licensed corpus was left out that ``corpus.accept`` does not
            accept.
    """
    store = prepared(config, workers=workers, progress=progress)
    if config.corpus.source.licensed:
        require_accepted(read_account(store), config.corpus.accept, config.corpus.name)
    return Store.open(store, config.corpus.active_from)


def prepared(config: Config, *, workers: int = 2, progress: bool = True) -> Path:
    """The folder of the prepared patches, whatever was left out of them."""
    how = {"workers": workers, "progress": progress}
    root, store = ensure_corpus(config, **how), store_dir(config)
    with alone(store):
        prepare(
            root,
            store,
            read=reader(config.corpus),
            **config.preprocessing.model_dump(),
            **how,
        )
    return store


def ensure_stores(config: Config, *, workers: int = 2, progress: bool = True) -> list[Store]:
    """The prepared patches of every corpus that a profile names, its own first."""
    second = [] if config.second_corpus is None else [config.on_second_corpus()]
    how = {"workers": workers, "progress": progress}
    return [ensure_store(own, **how) for own in (config, *second)]


def reader(corpus: Corpus) -> Callable[[Path], pd.DataFrame]:
    """Reads a folder as the corpus that a config names, and as no other."""
    layout = LAYOUTS[corpus.source.layout]
    return partial(layout.read, **corpus.model_dump(include=set(layout.options)))
