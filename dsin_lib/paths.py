"""Where everything is written, and nothing else decides it.

``results/corpora``, ``results/stores`` and ``results/runs`` hold folders named by what made them,
so that profiles share what they have in common; ``results/<config>`` holds a config's tables,
executed notebooks, site and logs.
"""

import os
from pathlib import Path

from dsin_lib.config import Config, ConfigError, digest, results_root
from dsin_lib.experiments import Row, run_spec

ROOT_VARIABLES = {"bp4d": "DSIN_BP4D_ROOT"}
"""The environment variable that names a licensed corpus' folder."""


def corpus_dir(config: Config) -> Path:
    """The raw faces: generated under ``results`` for an open corpus, the user's own otherwise.

    Raises:
        ConfigError: A licensed corpus without a folder; names the parameter and the variable.
    """
    corpus = config.corpus
    if corpus.name not in ROOT_VARIABLES:
        return results_root() / "corpora" / f"{corpus.name}-{corpus.key()}"
    variable = ROOT_VARIABLES[corpus.name]
    root = corpus.root or os.environ.get(variable)
    if root is None:
        raise ConfigError(
            f"corpus.root: expected the folder of {corpus.name}, or {variable} to name it"
        )
    if not Path(root).is_dir():
        raise ConfigError(f"corpus.root: expected a folder, got {root}")
    return Path(root).resolve()


def store_dir(config: Config) -> Path:
    """The prepared patches of a corpus; results may be moved, a licensed corpus' folder not."""
    made_of = [config.corpus.key(), config.preprocessing.key()]
    if config.corpus.name in ROOT_VARIABLES:
        made_of.append(str(corpus_dir(config)))
    return results_root() / "stores" / f"{config.corpus.name}-{digest(made_of)}"


def config_dir(config: Config) -> Path:
    """The results of one config."""
    return results_root() / config.name


def run_dir(config: Config, row: Row, fold: int, seed: int) -> Path:
    """The folder of one run, named by everything that its numbers depend on.

    Configs that agree on all of that share the run: a changed parameter trains again only the rows
    that depend on it.
    """
    key = digest(run_spec(config, row, fold, seed))
    return results_root() / "runs" / row.id / f"fold{fold}_seed{seed}_{key}"
