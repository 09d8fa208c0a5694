"""What a network shows of itself: by hand on small ones, and kept with every run that has it."""

import numpy as np
import pandas as pd
import pytest
import torch
from made import made

from dsin_lib.data.dataset import split_data
from dsin_lib.model.dsin import DSIN
from dsin_lib.model.fusion import Fusion
from dsin_lib.model.patch_prediction import OnePerAU, PatchCNN, PatchPrediction
from dsin_lib.model.structure_inference import StructureInference
from dsin_lib.model.vgg import VGG16
from dsin_lib.runs.files import HEARD, LAYERS, MOVEMENT, VOTES
from dsin_lib.runs.predictions import FUSED, values_of
from dsin_lib.runs.split import split_of, store_of
from dsin_lib.training import looks
from dsin_lib.training.modules import model_of
from dsin_lib.training.predict import predict

AUS = ["AU01", "AU02", "AU04"]
SIZES = {"right_eye": 56, "mouth": 56}
STRUCTURE = (VOTES, MOVEMENT, HEARD)


@pytest.fixture
def model():
    torch.manual_seed(0)
    return DSIN(PatchPrediction(3, SIZES), Fusion(3, 2), StructureInference(3, 4)).eval()


def test_a_vote_is_worth_what_it_moves_while_all_others_are_one_half(model):
    found = looks.votes(model, list(SIZES), AUS)
    assert list(found.index) == ["right eye", "mouth"] and list(found.columns) == AUS
    for k, name in enumerate(found.index):
        p = torch.full((2, 2, 3), 0.5)
        p[:, k] = torch.tensor([0.0, 1.0])[:, None]
        no, yes = model.phi(p).detach().numpy()
        np.testing.assert_allclose(found.loc[name], yes - no, rtol=1e-5)


def test_movement_is_from_each_step_to_the_next():
    steps = torch.tensor(
        [[[0.2, 0.5], [0.5, 0.4], [0.4, 0.4]], [[0.2, 0.5], [0.3, 0.8], [0.5, 0.8]]]
    )
    found = looks.movement(steps, AUS[:2])
    assert list(found.index) == [2, 3] and found.index.name == "t"
    np.testing.assert_allclose(found, [[0.2, 0.2], [0.15, 0.0]], atol=1e-6)


def test_a_unit_hears_as_much_as_a_nudge_of_the_other_s_f_moves_it(model):
    f = torch.rand(5, 3, dtype=torch.float64)
    model.omega.double()
    found, nudge = looks.heard(model, f, AUS), 1e-4
    for k, speaker in enumerate(AUS):
        step = nudge * torch.eye(3, dtype=torch.float64)[k]
        moved = model.omega(f + step)["y_hat"] - model.omega(f - step)["y_hat"]
        by_hand = (moved / (2 * nudge)).mean(0).detach().numpy()
        np.testing.assert_allclose(found[speaker], by_hand, rtol=1e-5, atol=1e-9)
    assert not f.requires_grad, "what it was given is as it was"


def test_layers_are_told_of_a_single_patch_network():
    found = looks.layers(PatchPrediction(3, {"mouth": 56}))
    assert found["size"].to_dict() == {
        "input": "56 x 56 x 3",
        "block 1": "27 x 27 x 64",
        "block 2": "12 x 12 x 64",
        "block 3": "5 x 5 x 128",
        "block 4": "1 x 1 x 256",
        "fully connected 1": "1024",
        "fully connected 2": "1024",
        "fully connected 3": "3",
        "parameters": f"{sum(p.numel() for p in PatchCNN(3, 56).parameters()):,}",
    }


@pytest.mark.parametrize(
    "pi",
    [
        PatchPrediction(3, SIZES),
        OnePerAU(AUS[:1], {"mouth": 56}),
        VGG16(3, {"face": 112}, width=8),
    ],
    ids=["six patches", "one network a unit", "vgg"],
)
def test_of_any_other_no_layers_are_told(pi):
    assert looks.layers(pi) is None
    assert looks.looks(DSIN(pi), {}, AUS) == {}


@pytest.mark.parametrize(
    ("row", "has"),
    [("pp_mouth", (LAYERS,)), ("pp_f", (VOTES,)), ("dsin_10", STRUCTURE), ("omega", STRUCTURE)],
)
def test_a_run_keeps_what_its_network_has(tiny, row, has):
    run = made(tiny, row)
    assert {name for name in (LAYERS, *STRUCTURE) if (run.folder / f"{name}.csv").is_file()} == {
        *has
    }
    assert {f"{name}.csv" for name in has} <= set(run.provenance["files"])
    absent = next(name for name in (LAYERS, VOTES) if name not in has)
    with pytest.raises(ValueError, match=row):
        run.files.look(absent)


@pytest.mark.parametrize("row", ["dsin_10", "omega"])
def test_what_is_kept_is_of_the_trained_network_on_the_test_frames(tiny, row):
    run = made(tiny, row)
    store = store_of(run)
    model = model_of(run, store)
    votes = looks.votes(model, run.row.patches, run.aus)
    pd.testing.assert_frame_equal(run.files.look(VOTES), votes, check_dtype=False, rtol=1e-5)
    test = split_data(store, split_of(run, store), run.row.patches, run.aus)["test"]
    moved = looks.movement(predict(model, test)["y_hat_steps"], run.aus)
    np.testing.assert_allclose(run.files.look(MOVEMENT), moved, rtol=1e-3, atol=1e-6)
    fused = torch.tensor(values_of(run, "test", FUSED), dtype=torch.float32)
    heard = looks.heard(model, fused, run.aus)
    pd.testing.assert_frame_equal(run.files.look(HEARD), heard, rtol=1e-4)
