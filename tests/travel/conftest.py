"""The book that all tests share, and folders for what is made of its runs."""

import pytest

from dsin_lib.config import load_config


@pytest.fixture
def book(smoke, monkeypatch):
    """The profile of the shared book, whose runs are there; only to be looked at."""
    monkeypatch.setenv("DSIN_RESULTS", str(smoke))
    return load_config("smoke")
