"""A published book of two chapters, whose trainings never ran."""

import shutil

import pytest
from fake_book import fill, write_fake, write_pages

from dsin_lib.config import load_config, results_root
from dsin_lib.reporting.site.publish import publish
from dsin_lib.runs import chapters


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """A config and the folder of its complete runs, of every row, none of them trained."""
    config = load_config("smoke", {"evaluation.folds": [1, 2]})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DSIN_RESULTS", str(tmp_path_factory.mktemp("trained")))
        for run in chapters.trainings(config):
            write_fake(run)
        return config, results_root() / "runs"


@pytest.fixture
def config(results, trained):
    """A config with all its runs, which stand in a folder of all tests, its tables and pages."""
    return fill(trained)


@pytest.fixture
def pages(tmp_path):
    return write_pages(tmp_path / "pages")


@pytest.fixture(scope="session")
def once(trained, tmp_path_factory):
    """What is published, made once."""
    folder = tmp_path_factory.mktemp("once")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DSIN_RESULTS", str(folder / "results"))
        fill(trained)
        publish(trained[0], folder / "published", write_pages(folder / "pages"))
    return folder / "published"


@pytest.fixture
def published(once, out):
    """What was published from ``config`` and ``pages``, where it may be damaged."""
    return shutil.copytree(once, out)


@pytest.fixture
def out(tmp_path):
    return tmp_path / "to" / "published"
