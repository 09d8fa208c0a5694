"""The register and the code agree: ids, parameters, readings and defaults."""

import re
from pathlib import Path

import pytest

from dsin_lib.config import Config, ConfigError, changed
from dsin_lib.paper.readings import readings

LIBRARY = Path(__file__).parents[2] / "dsin_lib"
CONFIG = Config(name="defaults")


def cited():
    """Ids after ``Reading:``; ``Reading: ``id`` and a list over lines count too."""
    texts = [path.read_text() for path in LIBRARY.rglob("*.py")]
    return {
        found for text in texts for found in re.findall(r"Reading: (?:``)?([a-z][a-z-]+)", text)
    }


def test_every_id_that_the_code_cites_is_in_the_register_and_back():
    assert cited() == set(readings())


@pytest.mark.parametrize("entry", readings().values(), ids=readings())
def test_the_default_is_a_reading_and_the_config_s(entry):
    assert entry.default in entry.readings
    if entry.parameter and entry.id != "early-stopping":
        section, name = entry.parameter.split(".")
        assert getattr(getattr(CONFIG, section), name) == entry.default


@pytest.mark.parametrize("entry", readings().values(), ids=readings())
def test_the_config_takes_every_reading_and_no_other(entry):
    if entry.parameter is None or entry.id == "early-stopping":
        return
    for reading in entry.readings:
        changed(CONFIG, {entry.parameter: reading})
    with pytest.raises(ConfigError):
        changed(CONFIG, {entry.parameter: "another"})
