"""A tiny corpus, rendered once for all tests of the generator."""

import os
from pathlib import Path

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")

from data_prep.synth import write_corpus

RECIPE = dict(
    subjects=["F001", "F004", "F012", "M003", "M008", "M016"],
    tasks=["T1", "T8"],
    frames_per_sequence=6,
    stride=8,
    image_px=256,
    seed=0,
)


@pytest.fixture(scope="session")
def recipe() -> dict:
    return dict(RECIPE)


@pytest.fixture(scope="session")
def corpus(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("synau-b")
    write_corpus(root, **RECIPE, workers=1, progress=False)
    return root
