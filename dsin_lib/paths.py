"""Where everything is written, and nothing else decides it.

``results/corpora``, ``results/stores`` and ``results/runs`` hold folders named by what made them,
so that profiles share what they have in common; ``results/<config>`` holds a config's tables,
executed notebooks, site and logs.
"""

import os
from pathlib import Path

from dsin_lib.config import Config, ConfigError, absolute, results_root
from dsin_lib.experiments import Row, run_spec
from dsin_lib.sections import digest


def corpus_dir(config: Config) -> Path:
    """The raw faces: generated under ``results`` for an open corpus, the user's own otherwise.

    Raises:
        ConfigError: A licensed corpus without a folder, or with a path that depends on where one
            stands; names the parameter and the variable.
    """
    corpus = config.corpus
    if not corpus.source.licensed:
        return results_root() / "corpora" / f"{corpus.name}-{corpus.pictures_key()}"
    variable = corpus.source.root_variable
    root = corpus.root or os.environ.get(variable)
    if not root:
        raise ConfigError(
            f"corpus.root: expected the folder of {corpus.name}, or {variable} to name it"
        )
    path = absolute(root, "corpus.root")
    if not path.is_dir():
        raise ConfigError(f"corpus.root: expected a folder, got {root}")
    return path.resolve()


def store_dir(config: Config) -> Path:
    """The prepared patches of a corpus."""
    return results_root() / "stores" / store_name(config)


def store_name(config: Config) -> str:
    """What names a store: results may be moved, a licensed corpus' folder not.

    It keeps intensities, so it does not depend on which of them count as active.
    """
    made_of = [config.corpus.pictures_key(), config.preprocessing.key()]
    if config.corpus.source.licensed:
        made_of.append(str(corpus_dir(config)))
    return f"{config.corpus.name}-{digest(made_of)}"


def config_dir(config: Config) -> Path:
    """The results of one config."""
    return results_root() / config.name


def study_record(config: Config, name: str, fold: int, seed: int) -> Path:
    """The file that says which runs a study is made of; there once all of them are."""
    return config_dir(config) / "studies" / f"{name}_fold{fold}_seed{seed}.json"


def run_dir(config: Config, row: Row, fold: int, seed: int) -> Path:
    """The folder of one run, named by everything that its numbers depend on.

    Configs that agree on all of that share the run: a changed parameter trains again only the rows
    that depend on it. The store's name is part of it, since a variable of the environment may name
    a licensed corpus' folder without the config knowing.
    """
    key = digest([run_spec(config, row, fold, seed), *_stores(config, row)])
    return results_root() / "runs" / row.id / f"fold{fold}_seed{seed}_{key}"


def _stores(config: Config, row: Row) -> list[str]:
    """Names of the stores that a run reads, its own first."""
    names = [store_name(config)]
    if row.fixed_filters:
        names.append(store_name(config.on_second_corpus()))
    return names
