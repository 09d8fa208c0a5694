"""Trained runs are reproducible bit for bit, and blind to the test fold."""

import numpy as np
import pandas as pd
import pytest
import torch
from made import made

from dsin_lib.config import changed, load_config
from dsin_lib.data.store import StoreError
from dsin_lib.runs.files import read
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import Run


@pytest.fixture
def short(own):
    """One epoch a step: what is looked at does not depend on how many there are."""
    return changed(own, {"patch_prediction.max_epochs": 1, "training.max_cached_epochs": 1})


def set_aside(run, name):
    """What a run has left, after its folder has got another name."""
    run.folder.rename(run.folder.with_name(name))
    return read(run.folder.with_name(name))


def test_the_same_seed_gives_the_same_predictions_bit_for_bit(own):
    first = set_aside(made(own, "pp_mouth"), "first")
    second = made(own, "pp_mouth")
    pd.testing.assert_frame_equal(first.predictions, second.predictions, check_exact=True)
    other = made(own, "pp_mouth", seed=1)
    assert not first.predictions["AU01"].equals(other.predictions["AU01"])


def test_a_dsin_run_holds_everything_and_shares_its_starts(short):
    dsin = made(short, "dsin_10")
    assert set(dsin.history["step"]) == {4, 5}
    assert {name.split(".")[0] for name in dsin.files.weights()} == {"pi", "phi", "omega"}
    assert set(dsin.predictions["split"]) == {"valid", "test"}
    assert {"AU01", "AU01_label", "AU01_fused", "AU01_chi"} <= set(dsin.predictions)
    for key in ("code", "data", "libraries", "seed", "machine", "seconds"):
        assert key in dsin.provenance
    trained = {folder.parent.name for folder in dsin.folder.parents[1].glob("*/*")}
    assert trained == {*(f"pp_{patch}" for patch in ROWS["pp_f"].patches), "pp_f", "dsin_10"}
    start = dsin.of("pp_f").provenance["finished"]
    assert made(short, "dsin_10_tt").folder == dsin.folder, "thresholds train nothing"
    made(short, "dsin_2")
    assert dsin.of("pp_f").provenance["finished"] == start


def test_configs_share_the_runs_that_they_agree_on(tiny):
    other = load_config("smoke", {"training.patience": 6, "structure_inference.chi_penalty": 0.1})
    assert other.name != tiny.name
    for row, shared in (("pp_f", True), ("dsin_2", False)):
        one, two = (Run(config, ROWS[row], 1, 0) for config in (other, tiny))
        assert (one.folder == two.folder) == shared


def test_test_labels_reach_neither_weights_nor_history(own):
    honest_run = made(own, "pp_mouth")
    honest = set_aside(honest_run, "honest")
    path = honest_run.store / "frames.parquet"
    frames = pd.read_parquet(path)
    test, aus = frames["subject"].isin(honest.provenance["subjects"]["test"]), honest_run.aus
    frames.loc[test, aus] = 1 - frames.loc[test, aus]
    frames.to_parquet(path)
    flipped = made(own, "pp_mouth")
    timed = ["step_seconds", "step_cpu_seconds"]
    pd.testing.assert_frame_equal(
        honest.history.drop(columns=timed), flipped.history.drop(columns=timed)
    )
    before, after = honest.weights(), flipped.files.weights()
    assert all(torch.equal(before[name], tensor) for name, tensor in after.items())
    assert not honest.predictions["AU01_label"].equals(flipped.predictions["AU01_label"])


def test_predictions_carry_every_frame_and_its_label(tiny):
    run = made(tiny, "pp_mouth")
    predictions, frames = run.predictions, pd.read_parquet(run.store / "frames.parquet")
    keys = ["subject", "sequence", "frame"]
    assert not predictions.duplicated(keys).any()
    both = predictions.merge(frames, on=keys, suffixes=("", "_true"))
    assert len(both) == len(predictions)
    for au in run.corpus.aus:
        np.testing.assert_array_equal(both[f"{au}_label"], both[f"{au}_true"].astype(float))


def test_labels_of_a_run_follow_the_threshold_and_are_those_of_table_4(tiny_levels):
    folders = set()
    for level in (2, 4):
        change = {"corpora.table_3.name": "synau_d", "corpora.table_3.active_from": level}
        found = made(load_config("smoke", change), "pp_nose")
        folders.add(found.folder)
        frames = pd.read_parquet(found.store / "frames.parquet")
        both = found.predictions.merge(frames, on=["subject", "sequence", "frame"])
        labels = [column for column in found.predictions if column.endswith("_label")]
        assert labels == [f"{au}_label" for au in found.corpus.aus] and len(labels) == 8
        for au in found.corpus.aus:
            active = both[f"{au}_intensity"] >= level
            np.testing.assert_array_equal(both[f"{au}_label"], active.astype(float))
    assert len(folders) == 2


def test_without_a_store_the_error_names_the_file(results):
    config = load_config("smoke")
    with pytest.raises(StoreError, match=r"store\.json"):
        made(config, "pp_mouth")
    assert not Run(config, ROWS["pp_mouth"], 1, 0).folder.exists()


def test_one_network_an_au_learns_from_that_au_alone(short):
    run = made(short, "pp_mouth_ind")
    aus = list(ROWS["pp_mouth_ind"].aus)
    assert [c for c in run.predictions if c.endswith("_label")] == [f"{au}_label" for au in aus]
    assert set(run.history["network"]) == set(aus)
    before = set_aside(run, "alone").weights()
    path = run.store / "frames.parquet"
    frames = pd.read_parquet(path)
    frames["AU10"] = 1 - frames["AU10"]
    frames.to_parquet(path)
    moved = {
        name.split(".")[2]
        for name, tensor in made(short, "pp_mouth_ind").files.weights().items()
        if not torch.equal(before[name], tensor)
    }
    assert moved == {"AU10"}


def test_vgg_is_trained_whole(tiny):
    found = made(tiny, "vgg_face").files
    assert {name.split(".")[1] for name in found.weights()} == {"features", "head"}
    assert found.spec["vgg"]["width"] == 8
    assert "vgg" not in made(tiny, "pp_nose").files.spec


def test_stopping_on_the_test_fold_is_another_run_with_the_same_training_frames(tiny):
    honest = made(tiny, "pp_nose")
    other = made(tiny, "pp_nose", change={"training.stop_on": "test"})
    assert other.folder != honest.folder
    assert other.provenance["subjects"] == honest.provenance["subjects"]
    pd.testing.assert_series_equal(other.history["train_loss"], honest.history["train_loss"])
    assert not np.allclose(other.history["valid_loss"], honest.history["valid_loss"])


def test_filters_come_from_the_other_corpus_and_stand_still(tiny):
    """Paper: Sec. 4.1.3, DISFA."""
    run = made(tiny, "t4_pp_nose")
    (source,) = run.filters
    own, theirs = run.files.arrays(), source.files.arrays()
    filters = [name for name in own if ".convolutions." in name]
    assert filters and all(np.array_equal(own[name], theirs[name]) for name in filters)
    heads = set(own) - set(filters)
    assert not any(own[n].shape == theirs[n].shape and (own[n] == theirs[n]).all() for n in heads)
    assert (run.corpus, source.corpus) == (tiny.corpora.table_4, tiny.corpora.table_3)
    subjects = {name for of in run.provenance["subjects"].values() for name in of}
    assert subjects == set(pd.read_parquet(run.store / "frames.parquet")["subject"])
