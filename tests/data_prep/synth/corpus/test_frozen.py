"""A corpus of one version is always the same corpus."""

import json
import subprocess

import pytest

from data_prep.synth.corpus import frozen
from dsin_lib.code_digest import canonical


def test_a_changed_generator_is_a_new_version():
    """After a change of what is drawn: a new `CORPUS_VERSION`, then `python -m` the module."""
    assert json.loads(frozen.RECORD.read_text()) == frozen.record()


def test_words_are_not_content_and_numbers_are():
    code = canonical('"""Doc."""\nBLUR = 2  # pixels\n"""About BLUR."""\n')
    assert code == canonical("BLUR = 2\n")
    assert code != canonical("BLUR = 3\n")


def test_every_file_of_every_room_draws_or_is_said_not_to():
    """As git has them: a file that is added draws until somebody says otherwise."""
    files = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(files, cwd=frozen.HERE, capture_output=True, text=True, check=True)
    there = {name for name in listed.stdout.split("\0") if name and (frozen.HERE / name).exists()}
    draws, not_drawing = set(frozen.drawing()), set(frozen.DRAWS_NOTHING)
    assert draws | not_drawing == there and not draws & not_drawing


def one_changed(path):
    path.write_bytes(path.read_bytes() + b"\nMORE = 1\n")


def one_more(path):
    path.with_name(f"another{path.suffix}").write_bytes(b"")


def one_less(path):
    path.unlink()


def one_elsewhere(path):
    path.rename(path.with_name(f"another{path.suffix}"))


@pytest.fixture
def rooms(tmp_path, monkeypatch):
    """A package of one room in another, frozen."""
    for name in ("hall.py", "room/__init__.py", "room/closet/box.py", "room/closet/box.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("BOX = 1\n")
    monkeypatch.setattr(frozen, "HERE", tmp_path)
    monkeypatch.setattr(frozen, "DRAWS_NOTHING", ("room/list.py",))
    return tmp_path


@pytest.mark.parametrize("change", [one_changed, one_more, one_less, one_elsewhere])
@pytest.mark.parametrize("name", ["hall.py", "room/closet/box.py", "room/closet/box.json"])
def test_a_change_in_any_room_is_seen(rooms, change, name):
    before = frozen.digest()
    change(rooms / name)
    assert frozen.digest() != before


@pytest.mark.parametrize("name", ["room/list.py", "__pycache__/hall.pyc", "room/__pycache__/x.nbi"])
def test_what_draws_nothing_is_free_to_change(rooms, name):
    before = frozen.digest()
    (rooms / name).parent.mkdir(exist_ok=True)
    (rooms / name).write_text("MORE = 1\n")
    (rooms / "hall.py").write_text('"""A hall."""\nBOX = 1  # one\n')
    assert frozen.digest() == before
