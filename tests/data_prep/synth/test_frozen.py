"""A corpus of one version is always the same corpus."""

import json

from data_prep.synth import frozen
from dsin_lib.code_digest import canonical


def test_a_changed_generator_is_a_new_version():
    """After a change of what is drawn: a new `CORPUS_VERSION`, then `python -m` the module."""
    assert json.loads(frozen.RECORD.read_text()) == frozen.record()


def test_words_are_not_content_and_numbers_are():
    code = canonical('"""Doc."""\nBLUR = 2  # pixels\n"""About BLUR."""\n')
    assert code == canonical("BLUR = 2\n")
    assert code != canonical("BLUR = 3\n")


def test_the_frozen_parts_are_there():
    drawn = {path.name for path in frozen.HERE.glob("*.py")}
    assert set(frozen.DRAWS_NOTHING) <= drawn
