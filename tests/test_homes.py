"""A home that cannot be written has its place taken; one that can is left alone."""

import pytest

from dsin_lib import homes


@pytest.fixture
def no_home(tmp_path, monkeypatch, results):
    """A home in a file: not even root can make it."""
    (tmp_path / "file").touch()
    monkeypatch.setenv("HOME", str(tmp_path / "file" / "home"))
    for name in homes.PLACES:
        monkeypatch.delenv(name, raising=False)
    return results


def test_every_place_is_under_results(no_home):
    assert {name: str(no_home / ".home" / to) for name, to in homes.PLACES.items()} == (
        homes.places()
    )
    assert not no_home.exists(), "nothing is made before it is used"


def test_a_variable_that_is_set_stays(no_home, monkeypatch):
    monkeypatch.setenv("MPLCONFIGDIR", "/mine")
    assert set(homes.places()) == set(homes.PLACES) - {"MPLCONFIGDIR"}


def test_a_home_that_can_be_written_is_used(no_home, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert homes.places() == {}
    assert [path.name for path in tmp_path.iterdir()] == ["file"], "and left as it is"


def test_a_home_that_is_not_known_gets_no_folder(no_home, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "~")
    assert set(homes.places()) == set(homes.PLACES)
    assert not (tmp_path / "~").exists()
