"""The register and the code agree: ids, parameters, readings and defaults."""

import re
from functools import reduce
from pathlib import Path

import pytest

from dsin_lib.config import Config, ConfigError, changed, load_config
from dsin_lib.paper.readings import readings
from dsin_lib.reporting.chapters import silences
from dsin_lib.runs import chapters
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import distinct
from dsin_lib.runs.sweeps import taken

LIBRARY = Path(__file__).parents[2] / "dsin_lib"
CONFIG = Config(name="defaults", corpora={"table_4": {"name": "synau_d", "n_subjects": 27}})


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
    if entry.parameter:
        assert reduce(getattr, entry.parameter.split("."), CONFIG) == entry.default
    assert taken(CONFIG, entry) == entry.default


@pytest.mark.parametrize("entry", readings().values(), ids=readings())
def test_the_config_takes_every_reading_and_no_other(entry):
    if entry.parameter is None:
        return
    for reading in entry.readings:
        changed(CONFIG, {entry.parameter: reading})
    with pytest.raises(ConfigError):
        changed(CONFIG, {entry.parameter: "another"})


@pytest.mark.parametrize("entry", readings().values(), ids=readings())
def test_an_entry_is_measured_on_a_row_or_says_why_not(entry):
    assert (entry.measured_on is None) == bool(entry.unmeasured)
    assert entry.measured_on is None or entry.measured_on in ROWS
    assert entry.compared is None or entry.compared in ROWS
    if entry.measured_on:
        assert len(entry.readings) > 1, "nothing to compare"
        assert (entry.parameter is None) == (entry.compared is not None)


@pytest.mark.parametrize(
    "overrides",
    [{}, {"training.patience": 10}, {"structure_inference.include_self": False}],
    ids=["default", "patience", "message-mean"],
)
def test_the_sweep_skips_no_measured_reading(overrides, monkeypatch):
    config = load_config("smoke", overrides)
    unchanged = dict.fromkeys(("change", "low", "high"), 0.0)
    monkeypatch.setattr(silences, "change", lambda runs, base: unchanged)
    pairs = silences.pairs(config)
    swept = silences.swept(pairs)
    expected = {
        (entry.id, str(reading).lower())
        for entry in readings().values()
        for reading in entry.readings
        if entry.measured_on and reading != taken(config, entry)
    }
    found = list(zip(swept["choice"], swept["reading"].str.lower(), strict=True))
    assert set(found) == expected and len(found) == len(expected)
    shown = {run.folder for run in distinct(chapters.runs("silences", config))}
    assert {run.folder for run in silences.trainings(pairs)} <= shown, "and is made before"
