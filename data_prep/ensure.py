"""Faces, patches, features and runs, made if they are not there."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from data_prep.chunks import run_chunks
from data_prep.feature_pass import make_feature
from data_prep.prepare import prepare
from data_prep.synth import CORPUS_VERSION, write_corpus
from data_prep.workers import worker_pool
from dsin_lib.config import Config, ConfigError, Corpus, Preprocessing
from dsin_lib.config.places import corpus_dir, store_dir
from dsin_lib.data.account import require_accepted
from dsin_lib.data.beside import Feature
from dsin_lib.data.folds import first_subjects
from dsin_lib.data.found import found_path, read_found
from dsin_lib.data.readers import LAYOUTS
from dsin_lib.data.store import Store, read_account
from dsin_lib.files import named
from dsin_lib.locks import alone
from dsin_lib.runs.run import Run, distinct
from dsin_lib.systems.ensure import ensure as trained
from dsin_lib.systems.ensure import features_of, missing

RENDERED = {"frames_per_sequence", "stride", "image_px", "seed"}
"""Parameters of an open corpus that its generator takes as they are."""


def ensure_corpus(corpus: Corpus, *, workers: int = 2, progress: bool = True) -> Path:
    """The folder of raw faces: rendered if open and absent, the user's own if licensed."""
    root = corpus_dir(corpus)
    if corpus.source.licensed:
        return root
    if corpus.version != CORPUS_VERSION:
        raise ConfigError(
            f"version of {corpus.name}: this generator makes {CORPUS_VERSION}, "
            f"got {corpus.version!r}"
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


def ensure_store(
    corpus: Corpus, preprocessing: Preprocessing, *, workers: int = 2, progress: bool = True
) -> Store:
    """The prepared patches; nothing is done again that is already whole. Paper: Sec. 4.1.2.

    Raises:
        AccountError: Something of a licensed corpus was left out that the corpus' ``accept`` does
            not accept.
    """
    store = prepared(corpus, preprocessing, workers=workers, progress=progress)
    if corpus.source.licensed:
        require_accepted(read_account(store), corpus.accept, corpus.name)
    return Store.open(store, corpus.active_from)


def ensure_feature(
    corpus: Corpus,
    preprocessing: Preprocessing,
    feature: Feature,
    *,
    workers: int = 2,
    progress: bool = True,
) -> np.ndarray:
    """A feature of every usable frame of a store, (row, ...), mapped; made if it is not there.

    Raises:
        StoreError: It is damaged, or cannot be made, see
            :func:`data_prep.feature_pass.make_feature`.
    """
    store = ensure_store(corpus, preprocessing, workers=workers, progress=progress)
    with alone(store.root / feature.stem):
        if not feature.is_there(store):
            with worker_pool(workers) as pool:
                run = partial(run_chunks, pool=pool, workers=workers, progress=progress)
                make_feature(corpus_dir(corpus), store, feature, run)
    return feature.of(store)


def prepared(
    corpus: Corpus, preprocessing: Preprocessing, *, workers: int = 2, progress: bool = True
) -> Path:
    """The folder of the prepared patches, whatever was left out of them."""
    how = {"workers": workers, "progress": progress}
    root, store = ensure_corpus(corpus, **how), store_dir(corpus, preprocessing)
    with alone(store):
        known = read_found(found_path(root))
        prepare(root, store, preprocessing, read=reader(corpus), found=known, **how)
    return store


def ensure(config: Config, runs: Iterable[Run] = ()) -> list[Run]:
    """What a chapter shows: patches of a profile's corpora, and runs, with all that these read.

    Args:
        config: The profile.
        runs: Such as :func:`dsin_lib.runs.chapters.runs` lists.

    Returns:
        The same runs.
    """
    runs = list(runs)
    wanted = [(corpus, config.preprocessing) for corpus in config.corpora.named()]
    wanted += [(one.corpus, one.config.preprocessing) for one in distinct(runs)]
    for corpus, preprocessing in dict.fromkeys(wanted):
        ensure_store(corpus, preprocessing)
    for one in missing(runs):
        for feature in features_of(one.row):
            ensure_feature(one.corpus, one.config.preprocessing, feature)
    return trained(runs)


def reader(corpus: Corpus) -> Callable[[Path], pd.DataFrame]:
    """Reads a folder as the corpus that a config names, and as no other."""
    layout = LAYOUTS[corpus.source.layout]
    return partial(layout.read, **corpus.model_dump(include=set(layout.options)))
