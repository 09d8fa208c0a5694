"""Mini-batches carry the right patches to the right labels."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import torch

from dsin_lib.data import dataset
from dsin_lib.data.dataset import ResidentData, as_input, on_device, resident, split_data
from dsin_lib.data.folds import Split
from dsin_lib.data.store import Store
from dsin_lib.model.dsin import DSIN
from dsin_lib.model.losses import DSINLoss
from dsin_lib.model.patch_prediction import PatchPrediction
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import Run
from dsin_lib.runs.split import split_of, store_of
from dsin_lib.training.learner import fit
from dsin_lib.training.predict import predict


@pytest.fixture
def run(tiny):
    """Declared, never trained: its store, its subjects and its units are what counts here."""
    return Run(tiny, ROWS["pp_face"], 1, 0)


@pytest.fixture
def store(run):
    return store_of(run)


def test_a_batch_is_the_store_s_pixels_and_the_table_s_labels(run, store):
    data = split_data(store, split_of(run, store), ("mouth", "face"), run.aus)["train"]
    images, y = data.batch([3, 0])
    for line, item in enumerate([3, 0]):
        frame = data.frames.iloc[item]
        pixels = images["mouth"][line].permute(1, 2, 0).numpy()
        np.testing.assert_array_equal(pixels, store.patch("mouth")[frame["row"]])
        assert y[line].tolist() == frame[run.aus].astype(float).tolist()
    assert images["face"].shape[2:] == (112, 112)
    assert images["mouth"].is_contiguous(memory_format=torch.channels_last)


def test_inputs_are_bytes_over_255():
    image = torch.tensor([[[[0, 255], [51, 102]]]], dtype=torch.uint8)
    assert as_input({"mouth": image})["mouth"].flatten().tolist() == pytest.approx([0, 1, 0.2, 0.4])
    assert as_input(image[0, 0].float()).tolist() == [[0, 255], [51, 102]], "cached outputs stay"


def test_parts_share_no_subject_and_miss_no_usable_frame(run, store):
    second = replace(run, fold=2)
    parts = split_data(store, split_of(second, store), ("nose",), run.aus)
    subjects = [set(part.frames["subject"]) for part in parts.values()]
    assert not set.intersection(*subjects) and len(set.union(*subjects)) == 6
    assert sum(map(len, parts.values())) == store.frames["row"].notna().sum()


def test_frames_without_a_face_are_in_no_part_and_missing_labels_are_nan(own):
    run = Run(own, ROWS["pp_nose"], 1, 0)
    path = run.store / "frames.parquet"
    frames = pd.read_parquet(path)
    frames.loc[0, "AU01"] = pd.NA
    last = len(frames) - 1
    frames.loc[last, "status"], frames.loc[last, "row"] = "no face", pd.NA
    frames.to_parquet(path)
    store = Store(run.store, {}, pd.read_parquet(path))
    everybody = tuple(frames["subject"].unique())
    split = Split(train=everybody[:4], valid=everybody[4:5], test=everybody[5:])
    parts = split_data(store, split, ("nose",), run.aus)
    assert sum(map(len, parts.values())) == len(frames) - 1
    assert parts["train"].y[0, 0].isnan() and not parts["train"].y[0, 1:].isnan().any()


def test_a_part_without_frames_is_named(run, store):
    split = Split(train=("F001",), valid=("F099",), test=("F003",))
    with pytest.raises(ValueError, match="no usable frame of the valid subjects"):
        split_data(store, split, ("nose",), run.aus)


@pytest.fixture
def both(run, store):
    """Training and held-out frames of two patches, on disk and as a GPU would have them."""
    disk = split_data(store, split_of(run, store), ("mouth", "face"), run.aus)
    return disk, {part: resident(of, torch.device("cpu")) for part, of in disk.items()}


def assert_same_batch(one, other):
    (images, y), (images_, y_) = one, other
    torch.testing.assert_close(y, y_, rtol=0, atol=0, equal_nan=True)
    assert list(images) == list(images_)
    for name, pixels in images.items():
        assert pixels.dtype == images_[name].dtype == torch.uint8
        assert torch.equal(pixels, images_[name])
        assert pixels.stride() == images_[name].stride()
        assert images_[name].is_contiguous(memory_format=torch.channels_last)


def test_resident_patches_are_those_of_the_store_batch_for_batch(both):
    disk, here = both
    for part, of in disk.items():
        assert isinstance(here[part], ResidentData) and len(here[part]) == len(of)
        assert here[part].frames is of.frames
        for items in ([3, 0], [0], [5, 5, 1], list(range(len(of)))):
            assert_same_batch(of.batch(items), here[part].batch(items))


def test_a_training_and_its_predictions_do_not_depend_on_where_patches_lie(both, tiny):
    training = tiny.training.model_copy(update={"batch_size": 16})
    found = []
    for data in both:
        torch.manual_seed(0)
        model = DSIN(PatchPrediction(12, {"mouth": 56, "face": 112}))
        loss = DSINLoss(torch.ones(12), w_pi=1.0, w_phi=0.0, w_omega=0.0)
        parts = data["train"], data["valid"]
        history = fit(model, *parts, loss, max_epochs=2, training=training, seed=0)
        found.append((history, model.state_dict(), predict(model, data["test"])["p"]))
    (history, weights, p), (history_, weights_, p_) = found
    pd.testing.assert_frame_equal(history, history_, check_exact=True)
    assert all(torch.equal(tensor, weights_[name]) for name, tensor in weights.items())
    assert torch.equal(p, p_)


def test_resident_patches_are_shared_by_networks_of_one_unit_each(both):
    _, here = both
    one = replace(here["train"], y=here["train"].y[:, [4]])
    images, y = one.batch([2, 7])
    assert torch.equal(y, here["train"].y[[2, 7], 4:5])
    assert torch.equal(images["face"], here["train"].batch([2, 7])[0]["face"])
    assert one.patches is here["train"].patches, "not copied"


def test_on_a_cpu_patches_stay_on_disk(both):
    disk, _ = both
    assert on_device(disk, torch.device("cpu")) == disk


@pytest.mark.parametrize("sharing", [None, 14])
def test_all_parts_go_to_a_gpu_or_none_by_the_share_of_a_training(both, monkeypatch, sharing):
    """However little of it is free at that moment: others may give theirs back, or take it."""
    disk, here = both
    needed = sum(map(len, disk.values())) * 3 * (56 * 56 + 112 * 112)
    parts = iter(here)
    monkeypatch.setattr(dataset, "resident", lambda of, device: here[next(parts)])
    if sharing:
        monkeypatch.setenv(dataset.SHARED_BY, str(sharing))
    cuda = torch.device("cuda")
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _: (0, 2 * needed * (sharing or 1) - 1))
    assert on_device(disk, cuda) == disk
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda _: (0, 2 * needed * (sharing or 1)))
    assert on_device(disk, cuda) == here
