"""A real site, that of the smoke DAG or the one that ``DSIN_SITE`` names, and a real browser."""

import os
import shutil
from pathlib import Path

import pytest

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="session")
def site(request: pytest.FixtureRequest) -> Path:
    """The folder of a built site."""
    if "DSIN_SITE" in os.environ:
        return Path(os.environ["DSIN_SITE"]).resolve()
    return request.getfixturevalue("smoke") / "smoke" / "site"


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium; without one the tests are skipped, in CI they fail."""
    found = os.environ.get("DSIN_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        message = "no Chromium found: `apt-get install chromium`, or name one in DSIN_CHROMIUM"
        (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(message)
    return found
