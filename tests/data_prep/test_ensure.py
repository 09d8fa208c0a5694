"""A config gets the faces that it names, or is told why not."""

import pytest

from data_prep.ensure import ensure_corpus
from data_prep.synth import CORPUS_VERSION
from dsin_lib.config import ConfigError, Corpus, load_config


def test_configs_name_the_version_that_the_generator_makes():
    assert Corpus().version == CORPUS_VERSION


def test_another_version_is_refused_before_anything_is_rendered(results):
    with pytest.raises(ConfigError, match=rf"corpus\.version: .*{CORPUS_VERSION}, got '9\.9\.9'"):
        ensure_corpus(load_config("smoke", {"corpus.version": "9.9.9"}))
    assert not results.exists()
