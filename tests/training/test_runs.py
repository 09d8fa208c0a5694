"""Runs are reproducible bit for bit, and blind to the test fold."""

import numpy as np
import pandas as pd
import pytest
import torch

from dsin_lib.config import changed, load_config
from dsin_lib.data.store import StoreError
from dsin_lib.runs.rows import ROWS
from dsin_lib.config.places import run_dir, store_dir
from dsin_lib.training.runs import run
from dsin_lib.runs.files import load_run


@pytest.fixture
def short(own):
    """One epoch a step: what is looked at does not depend on how many there are."""
    return changed(own, {"patch_prediction.max_epochs": 1, "training.max_cached_epochs": 1})


def test_the_same_seed_gives_the_same_predictions_bit_for_bit(own):
    first = run(own, "pp_mouth")
    first.folder.rename(first.folder.with_name("first"))
    second = run(own, "pp_mouth")
    pd.testing.assert_frame_equal(first.predictions, second.predictions, check_exact=True)
    other = run(own, "pp_mouth", seed=1)
    assert not first.predictions["AU01"].equals(other.predictions["AU01"])


def test_a_dsin_run_holds_everything_and_shares_its_starts(short):
    dsin, dsin_row = run(short, "dsin_10"), ROWS["dsin_10"]
    assert set(dsin.history["step"]) == {4, 5}
    assert {name.split(".")[0] for name in dsin.weights()} == {"pi", "phi", "omega"}
    assert set(dsin.predictions["split"]) == {"valid", "test"}
    assert {"AU01", "AU01_label", "AU01_fused", "AU01_chi"} <= set(dsin.predictions)
    for key in ("code", "data", "libraries", "seed", "machine", "seconds"):
        assert key in dsin.provenance
    runs_folder = run_dir(short, dsin_row, 1, 0).parents[1]
    trained = {folder.parent.name for folder in runs_folder.glob("*/*")}
    assert trained == {*(f"pp_{patch}" for patch in ROWS["pp_f"].patches), "pp_f", "dsin_10"}
    start = load_run(run_dir(short, ROWS["pp_f"], 1, 0)).provenance["finished"]
    assert run(short, "dsin_10_tt").folder == dsin.folder, "thresholds train nothing"
    run(short, "dsin_2")
    assert load_run(run_dir(short, ROWS["pp_f"], 1, 0)).provenance["finished"] == start


def test_configs_share_the_runs_that_they_agree_on(tiny):
    other = load_config("smoke", {"training.patience": 6, "structure_inference.chi_penalty": 0.1})
    assert other.name != tiny.name
    assert run_dir(other, ROWS["pp_f"], 1, 0) == run_dir(tiny, ROWS["pp_f"], 1, 0)
    assert run_dir(other, ROWS["dsin_2"], 1, 0) != run_dir(tiny, ROWS["dsin_2"], 1, 0)


def test_test_labels_reach_neither_weights_nor_history(own):
    honest = run(own, "pp_mouth")
    honest.folder.rename(honest.folder.with_name("honest"))
    path = store_dir(own) / "frames.parquet"
    frames = pd.read_parquet(path)
    test = frames["subject"].isin(honest.provenance["subjects"]["test"])
    frames.loc[test, own.corpus.aus] = 1 - frames.loc[test, own.corpus.aus]
    frames.to_parquet(path)
    flipped = run(own, "pp_mouth")
    timed = ["step_seconds", "step_cpu_seconds"]
    pd.testing.assert_frame_equal(
        honest.history.drop(columns=timed), flipped.history.drop(columns=timed)
    )
    before = load_run(honest.folder.with_name("honest")).weights()
    assert all(torch.equal(before[name], tensor) for name, tensor in flipped.weights().items())
    assert not honest.predictions["AU01_label"].equals(flipped.predictions["AU01_label"])


def test_predictions_carry_every_frame_and_its_label(tiny):
    predictions = run(tiny, "pp_mouth").predictions
    frames = pd.read_parquet(store_dir(tiny) / "frames.parquet")
    keys = ["subject", "sequence", "frame"]
    assert not predictions.duplicated(keys).any()
    both = predictions.merge(frames, on=keys, suffixes=("", "_true"))
    assert len(both) == len(predictions)
    for au in tiny.corpus.aus:
        np.testing.assert_array_equal(both[f"{au}_label"], both[f"{au}_true"].astype(float))


def test_labels_of_a_run_follow_the_threshold_and_are_those_of_table_4(tiny_levels):
    frames = pd.read_parquet(store_dir(tiny_levels) / "frames.parquet")
    folders = set()
    for level in (2, 4):
        config = load_config("smoke", {"corpus.name": "synau_d", "corpus.active_from": level})
        found = run(config, "pp_nose")
        folders.add(found.folder)
        both = found.predictions.merge(frames, on=["subject", "sequence", "frame"])
        labels = [column for column in found.predictions if column.endswith("_label")]
        assert labels == [f"{au}_label" for au in config.corpus.aus] and len(labels) == 8
        for au in config.corpus.aus:
            active = both[f"{au}_intensity"] >= level
            np.testing.assert_array_equal(both[f"{au}_label"], active.astype(float))
    assert len(folders) == 2


def test_without_a_store_the_error_names_the_file(results):
    with pytest.raises(StoreError, match=r"store\.json"):
        run(load_config("smoke"), "pp_mouth")
    assert not run_dir(load_config("smoke"), ROWS["pp_mouth"], 1, 0).exists()


def test_one_network_an_au_learns_from_that_au_alone(short):
    alone = run(short, "pp_mouth_ind")
    aus = list(ROWS["pp_mouth_ind"].aus)
    assert [c for c in alone.predictions if c.endswith("_label")] == [f"{au}_label" for au in aus]
    assert set(alone.history["network"]) == set(aus)
    before = alone.weights()
    alone.folder.rename(alone.folder.with_name("alone"))
    path = store_dir(short) / "frames.parquet"
    frames = pd.read_parquet(path)
    frames["AU10"] = 1 - frames["AU10"]
    frames.to_parquet(path)
    moved = {
        name.split(".")[2]
        for name, tensor in run(short, "pp_mouth_ind").weights().items()
        if not torch.equal(before[name], tensor)
    }
    assert moved == {"AU10"}


def test_vgg_is_trained_whole(tiny):
    found = run(tiny, "vgg_face")
    assert {name.split(".")[1] for name in found.weights()} == {"features", "head"}
    assert found.spec["vgg"]["width"] == 8
    assert "vgg" not in run(tiny, "pp_nose").spec


def test_stopping_on_the_test_fold_is_another_run_with_the_same_training_frames(tiny):
    honest = run(tiny, "pp_nose")
    habit = run(changed(tiny, {"training.stop_on": "test"}), "pp_nose")
    assert habit.folder != honest.folder
    assert habit.provenance["subjects"] == honest.provenance["subjects"]
    pd.testing.assert_series_equal(habit.history["train_loss"], honest.history["train_loss"])
    assert not np.allclose(habit.history["valid_loss"], honest.history["valid_loss"])
