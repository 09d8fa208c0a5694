"""Mini-batches carry the right patches to the right labels."""

import numpy as np
import pandas as pd
import pytest
import torch

from dsin_lib.data.dataset import as_input, split_data
from dsin_lib.data.folds import Split
from dsin_lib.data.store import Store
from dsin_lib.paths import store_dir
from dsin_lib.training.runs import subject_split


@pytest.fixture
def store(tiny):
    return Store.open(store_dir(tiny))


def test_a_batch_is_the_store_s_pixels_and_the_table_s_labels(tiny, store):
    split = subject_split(tiny, store, 1, 0)
    data = split_data(store, split, ("mouth", "face"), tiny.corpus.aus)["train"]
    images, y = data.batch([3, 0])
    for line, item in enumerate([3, 0]):
        frame = data.frames.iloc[item]
        pixels = images["mouth"][line].permute(1, 2, 0).numpy()
        np.testing.assert_array_equal(pixels, store.patch("mouth")[frame["row"]])
        assert y[line].tolist() == frame[tiny.corpus.aus].astype(float).tolist()
    assert images["face"].shape[2:] == (112, 112)
    assert images["mouth"].is_contiguous(memory_format=torch.channels_last)


def test_inputs_are_bytes_over_255():
    image = torch.tensor([[[[0, 255], [51, 102]]]], dtype=torch.uint8)
    assert as_input({"mouth": image})["mouth"].flatten().tolist() == pytest.approx([0, 1, 0.2, 0.4])
    assert as_input(image[0, 0].float()).tolist() == [[0, 255], [51, 102]], "cached outputs stay"


def test_parts_share_no_subject_and_miss_no_usable_frame(tiny, store):
    parts = split_data(store, subject_split(tiny, store, 2, 0), ("nose",), tiny.corpus.aus)
    subjects = [set(part.frames["subject"]) for part in parts.values()]
    assert not set.intersection(*subjects) and len(set.union(*subjects)) == 6
    assert sum(map(len, parts.values())) == store.frames["row"].notna().sum()


def test_frames_without_a_face_are_in_no_part_and_missing_labels_are_nan(own):
    path = store_dir(own) / "frames.parquet"
    frames = pd.read_parquet(path)
    frames.loc[0, "AU01"] = pd.NA
    last = len(frames) - 1
    frames.loc[last, "status"], frames.loc[last, "row"] = "no face", pd.NA
    frames.to_parquet(path)
    store = Store(store_dir(own), {}, pd.read_parquet(path))
    everybody = tuple(frames["subject"].unique())
    split = Split(train=everybody[:4], valid=everybody[4:5], test=everybody[5:])
    parts = split_data(store, split, ("nose",), own.corpus.aus)
    assert sum(map(len, parts.values())) == len(frames) - 1
    assert parts["train"].y[0, 0].isnan() and not parts["train"].y[0, 1:].isnan().any()


def test_a_part_without_frames_is_named(tiny, store):
    split = Split(train=("F001",), valid=("F099",), test=("F003",))
    with pytest.raises(ValueError, match="no usable frame of the valid subjects"):
        split_data(store, split, ("nose",), tiny.corpus.aus)
