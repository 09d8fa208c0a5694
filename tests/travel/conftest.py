"""The book that all tests share, and folders for what is made of its runs."""

import shutil

import pytest
import yaml

from data_prep.ensure import prepared
from dsin_lib.config import load_config
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import Run

TINY = {
    "name": "tiny",
    "corpora": {
        "table_3": {
            "name": "synau_b", "n_subjects": 6, "n_tasks": 3, "frames_per_sequence": 5,
            "stride": 86,
        }
    },
    "preprocessing": {"face_px": 112},
    "patch_prediction": {"max_epochs": 1},
    "vgg": {"width": 8},
    "fusion": {"max_joint_epochs": 1},
    "structure_inference": {"max_joint_epochs": 1},
    "training": {"max_cached_epochs": 1},
    "evaluation": {"folds": [1]},
    "reporting": {"leave_out": ["protocols", "silences"]},
}  # fmt: skip


@pytest.fixture
def book(smoke, monkeypatch):
    """The profile of the shared book, whose runs are there; only to be looked at."""
    monkeypatch.setenv("DSIN_RESULTS", str(smoke))
    return load_config("smoke")


@pytest.fixture
def some(smoke, tmp_path, monkeypatch, book):
    """A results folder with two runs of the book, to which others may come."""
    results = tmp_path / "own results"
    (results / "runs").mkdir(parents=True)
    (results / "stores").symlink_to(smoke / "stores")
    monkeypatch.setenv("DSIN_RESULTS", str(results))

    def add(*rows):
        for run in (Run(book, ROWS[row], 1, 0) for row in rows):
            shutil.copytree(smoke / run.folder.relative_to(results), run.folder)

    add("pp_nose", "pp_face")
    return add


@pytest.fixture(scope="session")
def source(tmp_path_factory):
    """A profile of one's own, as small as it can be."""
    path = tmp_path_factory.mktemp("configs") / "my own.yaml"
    path.write_text(yaml.safe_dump(TINY))
    return str(path)


@pytest.fixture(scope="session")
def home(source, tmp_path_factory):
    """Results at home: the store, with landmarks that were found there, and no run."""
    results = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DSIN_RESULTS", str(results))
        config = load_config(source)
        prepared(config.corpora.table_3, config.preprocessing, workers=1, progress=False)
    return results
