"""Where everything is written, and nothing else decides it.

``results/corpora``, ``results/stores`` and ``results/runs`` hold folders named by what made them,
so that profiles share what they have in common; ``results/<config>`` holds a config's tables,
executed notebooks, site and logs.
"""

import os
from pathlib import Path

from dsin_lib.config import (
    Config,
    ConfigError,
    Corpus,
    Preprocessing,
    absolute,
    digest,
    results_root,
)


def corpus_dir(corpus: Corpus) -> Path:
    """The raw faces: generated under ``results`` for an open corpus, the user's own otherwise.

    Raises:
        ConfigError: A licensed corpus without a folder, or with a path that depends on where one
            stands; names the corpus, its parameter and the variable.
    """
    if not corpus.source.licensed:
        return results_root() / "corpora" / f"{corpus.name}-{corpus.pictures_key()}"
    variable = corpus.source.root_variable
    root = corpus.root or os.environ.get(variable)
    if not root:
        raise ConfigError(
            f"root of {corpus.name}: expected its folder in the config, or in {variable}"
        )
    path = absolute(root, f"root of {corpus.name}")
    if not path.is_dir():
        raise ConfigError(f"root of {corpus.name}: expected a folder, got {root}")
    return path.resolve()


def store_dir(corpus: Corpus, preprocessing: Preprocessing) -> Path:
    """The prepared patches of a corpus."""
    return results_root() / "stores" / store_name(corpus, preprocessing)


def store_name(corpus: Corpus, preprocessing: Preprocessing) -> str:
    """What names a store: results may be moved, a licensed corpus' folder not.

    It keeps intensities, so it does not depend on which of them count as active.
    """
    made_of = [corpus.pictures_key(), preprocessing.key()]
    if corpus.source.licensed:
        made_of.append(str(corpus_dir(corpus)))
    return f"{corpus.name}-{digest(made_of)}"


def config_dir(config: Config) -> Path:
    """The results of one config."""
    return results_root() / config.name
