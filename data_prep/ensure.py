"""A config's faces and patches, made if they are not there: what every notebook begins with."""

from pathlib import Path

from data_prep.prepare import prepare
from data_prep.synth import CORPUS_VERSION, write_corpus
from dsin_lib.config import Config, ConfigError
from dsin_lib.data.folds import first_subjects
from dsin_lib.data.store import Store
from dsin_lib.paths import ROOT_VARIABLES, corpus_dir, store_dir


def ensure_corpus(config: Config, *, workers: int = 2, progress: bool = True) -> Path:
    """The folder of raw faces: rendered if open and absent, the user's own if licensed."""
    root, corpus = corpus_dir(config), config.corpus
    if corpus.name not in ROOT_VARIABLES:
        if corpus.version != CORPUS_VERSION:
            raise ConfigError(
                f"corpus.version: this generator makes {CORPUS_VERSION}, got {corpus.version!r}"
            )
        write_corpus(
            root,
            subjects=first_subjects(corpus.n_subjects),
            tasks=[f"T{k}" for k in range(1, corpus.n_tasks + 1)],
            frames_per_sequence=corpus.frames_per_sequence,
            stride=corpus.stride,
            image_px=corpus.image_px,
            seed=corpus.seed,
            workers=workers,
            progress=progress,
        )
    return root


def ensure_store(config: Config, *, workers: int = 2, progress: bool = True) -> Store:
    """The prepared patches; nothing is done again that is already whole. Paper: Sec. 4.1.2."""
    chosen = config.preprocessing
    prepare(
        ensure_corpus(config, workers=workers, progress=progress),
        store_dir(config),
        alignment=chosen.alignment,
        patch_crop=chosen.patch_crop,
        face_px=chosen.face_px,
        patch_px=chosen.patch_px,
        upsample=chosen.upsample,
        workers=workers,
        progress=progress,
    )
    return Store.open(store_dir(config))
