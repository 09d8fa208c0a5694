"""What no bundle is made of is refused, and nothing is left behind; a large one is cut."""

import os
import subprocess
import tarfile

import pytest
from typer.testing import CliRunner

from dsin_lib.__main__ import app
from dsin_lib.config import ConfigError, load_config
from dsin_lib.data.store import StoreError
from dsin_lib.travel import bundle as bundle_module
from dsin_lib.travel.bundle import bundle


@pytest.fixture
def at_home(home, monkeypatch):
    monkeypatch.setenv("DSIN_RESULTS", str(home))


@pytest.mark.parametrize("config", ["bp4d", "disfa"])
def test_a_licensed_corpus_stays_where_it_is(results, tmp_path, config):
    with pytest.raises(ConfigError, match=f"{config}: expected open corpora"):
        bundle(load_config(config), config, tmp_path / "bundle", None)
    assert not (tmp_path / "bundle").exists()


def test_a_folder_that_is_not_empty_is_refused(at_home, source, tmp_path):
    (tmp_path / "note.txt").write_text("mine")
    with pytest.raises(ValueError, match="expected an empty folder"):
        bundle(load_config(source), source, tmp_path, None)
    assert [path.name for path in tmp_path.iterdir()] == ["note.txt"]


def test_a_store_that_is_missing_says_what_makes_it_and_leaves_nothing(results, source, tmp_path):
    with pytest.raises(StoreError) as refused:
        bundle(load_config(source), source, tmp_path / "bundle", None)
    command = str(refused.value).split("`")[1]
    assert command == f"python -m data_prep store --config {source} --table 3"
    assert not list((tmp_path / "bundle").iterdir()), "the next try finds an empty folder"


def test_what_is_larger_than_a_part_is_cut_and_too_large_a_whole_is_refused(
    at_home, source, tmp_path, monkeypatch
):
    monkeypatch.setattr(bundle_module, "PART", 0.2)
    command = ["bundle", "--config", source, "--python", "none", "--out", str(tmp_path / "cut")]
    said = CliRunner().invoke(app, command)
    assert said.exit_code == 0, said.output
    parts = sorted((tmp_path / "cut").glob("code.tar.gz.part*"))
    assert len(parts) > 1 and max(path.stat().st_size for path in parts) <= 200_000
    assert not (tmp_path / "cut" / "code.tar.gz").exists()
    whole = tmp_path / "code.tar.gz"
    whole.write_bytes(b"".join(path.read_bytes() for path in parts))
    with tarfile.open(whole) as code:
        assert "dsin_lib/travel/run.sh" in code.getnames()
    monkeypatch.setattr(bundle_module, "ALL", 0.3)
    with pytest.raises(ValueError, match=r"expected at most 0\.3 MB, got"):
        bundle(load_config(source), source, tmp_path / "large", None)
    assert not list((tmp_path / "large").iterdir())


def test_every_package_that_is_carried_is_in_the_lock():
    lock = (bundle_module.PROJECT / "requirements.lock").read_text().split()
    names = {pin.partition("==")[0] for pin in lock}
    carried = bundle_module.MISSING.read_text().split()
    assert {name.partition("==")[0] for name in [*carried, bundle_module.MODEL]} <= names


def test_the_command_unpacks_a_bundle_once_and_another_one_anew(tmp_path):
    """Also one that was cut, into a place with a space; results of before stay."""
    bundle, there = tmp_path / "a bundle", tmp_path / "there (1)"
    bundle.mkdir()
    text = (bundle_module.HERE / "run.sh").read_text().replace("@CONFIG@", "config.yaml")
    (bundle / "run").write_text(text)

    def put(name):
        (tmp_path / name).write_text(name * 1000)
        with tarfile.open(bundle / "code.tar.gz", "w:gz") as code:
            code.add(tmp_path / name, name)

    def said():
        env = {**os.environ, "DSIN_THERE": str(there), "PYTHON": "echo"}
        command = ["bash", "a bundle/run", "77", "what came"]
        done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    put("first")
    assert f"{bundle}/config.yaml --out {tmp_path}/what came --seconds 7" in said()
    (there / "project" / "mark").touch()
    (there / "results" / "run").touch()
    said()
    assert (there / "project" / "mark").exists(), "unpacked once"
    put("second")
    whole = bundle / "code.tar.gz"
    data = whole.read_bytes()
    whole.unlink()
    for number, part in enumerate((data[:100], data[100:])):
        (bundle / f"code.tar.gz.part{number:02d}").write_bytes(part)
    said()
    assert [path.name for path in (there / "project").iterdir()] == ["second"]
    assert (there / "project" / "second").read_text() == "second" * 1000
    assert (there / "results" / "run").exists()
