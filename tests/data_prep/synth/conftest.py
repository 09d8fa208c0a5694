"""Tiny corpora, rendered once for all tests of the generator."""

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
RECIPE_D = dict(
    shape="synau_d",
    subjects=["SN001", "SN002", "SN029"],
    frames_per_sequence=12,
    stride=200,
    image_px=96,
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


@pytest.fixture(scope="session")
def recipe_d() -> dict:
    return dict(RECIPE_D)


@pytest.fixture(scope="session")
def corpus_d(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("synau-d")
    write_corpus(root, **RECIPE_D, workers=1, progress=False)
    return root
