"""What a replication is asked to do: profiles, their sections, the corpora that they may name."""

from dsin_lib.config.corpus import Corpus, Place
from dsin_lib.config.profile import Config, changed, load_config, origin, with_seed
from dsin_lib.config.roots import PROJECT, ConfigError, absolute, results_root
from dsin_lib.config.section import digest
from dsin_lib.config.sections import Preprocessing

__all__ = [
    "PROJECT",
    "Config",
    "ConfigError",
    "Corpus",
    "Place",
    "Preprocessing",
    "absolute",
    "changed",
    "digest",
    "load_config",
    "origin",
    "results_root",
    "with_seed",
]
