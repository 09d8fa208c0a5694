"""Which score of the held-out frames chooses the epoch: how they are ranked, or their loss."""

from copy import deepcopy

import pandas as pd
import pytest
import torch
from tiny_nets import ALL, net, numbers

from dsin_lib.config import changed, load_config
from dsin_lib.data.dataset import CachedData
from dsin_lib.model.dsin import DSIN
from dsin_lib.training.learner import fit
from dsin_lib.training.stages import ALGORITHM_1, run_step

CONFIG = load_config("smoke")


@pytest.fixture
def data():
    return numbers()


@pytest.fixture
def turned(data):
    """A third of the labels is turned round: being surer costs loss and no ranking."""
    labels = data.y.clone()
    labels[::3] = 1 - labels[::3]
    return CachedData(data.x, labels)


LONG = {"learning_rate": 0.1, "patience_cached": 60, "max_cached_epochs": 60}
"""Past the epoch of the least loss, on which ranking goes on getting better."""


def kept_epoch(history, score):
    """The epoch kept, which is that of the best score."""
    column = history[f"valid_{score}"]
    (kept,) = history.index[history["kept"]]
    assert kept == (column.idxmin() if score == "loss" else column.idxmax())
    return kept


def test_ranking_keeps_another_epoch_than_the_loss(data, turned):
    torch.manual_seed(0)
    model = DSIN(net())
    by = {
        score: fit(
            deepcopy(model), data, turned, ALL, max_epochs=60,
            training=CONFIG.training.model_copy(update=LONG), seed=0, score=score,
        )
        for score in ("loss", "auc")
    }  # fmt: skip
    assert kept_epoch(by["loss"], "loss") < kept_epoch(by["auc"], "auc")
    shared = ["train_loss", "valid_loss", "valid_f1", "valid_auc"]
    pd.testing.assert_frame_equal(by["loss"][shared], by["auc"][shared], check_exact=True)


def test_where_nothing_can_be_ranked_the_loss_chooses(data):
    """Held-out people of whom each unit is always, or never, active."""
    torch.manual_seed(0)
    one_sided = torch.tensor([[0.0, 1.0]]).repeat(len(data), 1)
    history = fit(
        DSIN(net()), data, CachedData(data.x, one_sided), ALL,
        max_epochs=3, training=CONFIG.training, seed=0, score="auc",
    )  # fmt: skip
    assert history["valid_auc"].isna().all()
    assert history.index[history["kept"]].tolist() == [history["valid_loss"].idxmin()]


def test_patch_networks_stop_by_ranking_or_by_the_loss_as_the_config_says(data, turned):
    kept = {}
    for stop_by, score in ((None, "auc"), ("ranking", "auc"), ("loss", "loss")):
        torch.manual_seed(0)
        chosen = LONG if stop_by is None else LONG | {"stop_by": stop_by}
        config = changed(CONFIG, {f"training.{name}": value for name, value in chosen.items()})
        parts, units = {"train": data, "valid": turned}, ["AU01", "AU02"]
        step = run_step(ALGORITHM_1[0], {"pi": net()}, parts, config, 0, units, ["mouth"])
        kept[stop_by] = kept_epoch(step.history, score)
    assert kept["loss"] < kept["ranking"] == kept[None], "ranking unless it is told otherwise"
