"""Table 4's transfer: filters stand still to the bit, and the page would show if they did not."""

import numpy as np
import pandas as pd
import pytest
import torch
from fastai.basics import set_seed
from safetensors.torch import load_file, save_file

from dsin_lib.data.store import Store
from dsin_lib.runs.rows import ROWS, TABLE_4_TRAINED
from dsin_lib.paper.published import published
from dsin_lib.config.places import store_dir
from dsin_lib.reporting import against_paper, tables, transfer
from dsin_lib.reporting.baselines import BASELINES
from dsin_lib.training.modules import FILTERS, make_modules
from dsin_lib.training.runs import run

FIRST = {"t4_pp_f": "t4_pp_mouth", "t4_dsin_10": "t4_pp_f"}
"""Where the mouth's fully connected layers of a row come from."""


def same(one, other, names):
    return [name for name in names if torch.equal(one[name], other[name])]


def test_filters_are_those_of_the_first_corpus_in_every_step(tiny_two):
    second = tiny_two.on_second_corpus()
    moved = transfer.movement(second)
    assert list(moved.index) == list(TABLE_4_TRAINED)
    assert (moved[[transfer.CONVOLUTIONS, transfer.BATCH_NORM]] == 0).all(axis=None)
    assert (moved[transfer.FULLY_CONNECTED] > 0).all()
    for row in TABLE_4_TRAINED:
        here = run(second, row)
        assert set(here.history["step"]) == set(ROWS[row].steps)
        weights = here.weights()
        filters = {name for name in weights if FILTERS in name}
        assert any(name.endswith("running_var") for name in filters)
        first = {}
        for source in transfer.sources(ROWS[row]):
            first |= run(tiny_two, source).weights()
        assert filters == {name for name in first if FILTERS in name}, "of every patch"
        assert len(same(first, weights, filters)) == len(filters)
    for row, start in FIRST.items():
        before, after = run(second, start).weights(), run(second, row).weights()
        heads = [name for name in before if name.startswith("pi.nets.mouth.head.")]
        assert heads and not same(before, after, heads)


def test_fully_connected_layers_start_afresh_and_are_trained(tiny_two):
    """They are neither the first corpus' layers nor those that step 0 made."""
    second = tiny_two.on_second_corpus()
    weights = run(second, "t4_pp_mouth").weights()
    set_seed(0, reproducible=True)
    fresh = make_modules(second, ROWS["t4_pp_mouth"], Store.open(store_dir(second)))["pi"]
    fresh = {f"pi.{name}": tensor for name, tensor in fresh.state_dict().items()}
    heads = [
        n for n in fresh if ".head." in n and n != "pi.nets.mouth.head.5.bias"
    ]  # the prevalence
    assert heads and not same(fresh, weights, heads)
    steps = max((fresh[name] - weights[name]).abs().max().item() for name in heads)
    first = run(tiny_two, "pp_mouth").weights()
    name = "pi.nets.mouth.head.3.weight"
    assert steps < (first[name] - weights[name]).abs().max().item(), "nearer to step 0's"


def test_a_filter_that_moved_is_seen(own_two, monkeypatch):
    monkeypatch.setattr(transfer, "TABLE_4_TRAINED", ("t4_pp_nose",))
    second = own_two.on_second_corpus()
    path = run(second, "t4_pp_nose").folder / "weights.safetensors"
    assert (transfer.shown(transfer.movement(second)).iloc[0, 1:3] == "0").all()
    for kind, name in {
        transfer.CONVOLUTIONS: "convolutions.2.0.weight",
        transfer.BATCH_NORM: "convolutions.1.1.running_mean",
    }.items():
        tensors = load_file(path)
        tensors[f"pi.nets.nose.{name}"].view(-1)[3] += 1e-6
        save_file(tensors, path)
        assert 0 < transfer.movement(second).loc["t4_pp_nose", kind] < 2e-6
    assert (transfer.shown(transfer.movement(second)).iloc[0, 1:3] != "0").all()


def test_a_row_s_filters_come_from_the_first_corpus_rows_of_its_patches():
    for row in ("t4_pp_f", "t4_dsin_10", "t4_dsin_10_tt"):
        assert transfer.sources(ROWS[row]) == [f"pp_{patch}" for patch in ROWS[row].patches]
    assert transfer.sources(ROWS["t4_pp_nose"]) == ["pp_nose"]


def test_sizes_count_every_number_of_the_patch_network(tiny_two):
    second = tiny_two.on_second_corpus()
    tensors = run(second, "t4_pp_nose").weights().values()
    counted = transfer.sizes(second, "t4_pp_nose")
    assert sum(counted.values()) == sum(tensor.numel() for tensor in tensors)
    assert counted[transfer.CONVOLUTIONS] == 16 * (3 * 64 + 64 * 64 + 64 * 128 + 128 * 256)


def test_differences_of_table_4_are_those_that_the_paper_concludes_from(tiny_two):
    rng, rows = np.random.default_rng(0), tables.TABLE_4_ROWS
    second = tiny_two.on_second_corpus()
    index, aus = [*BASELINES, *(ROWS[row].shown for row in rows)], second.corpus.aus
    table = pd.DataFrame(rng.uniform(0, 90, (len(index), 8)), index, aus)
    table["average"] = table.mean(axis=1)
    drawn = rng.uniform(0, 90, (50, 1, 8)) + np.zeros((1, len(rows), 1))
    drawn[:, rows.index("t4_pp_f")] += 3.0
    found = against_paper.differences(second, table, drawn, rows)
    line = found.loc["PP+F over PP(face)"]
    assert line["here"] == pytest.approx(tables.gain(table, "t4_pp_f", "t4_pp_face"))
    cells = published("table4").loc[["PP+F", "PP(face)"], aus].mean(axis=1)
    assert line["paper"] == pytest.approx(cells["PP+F"] - cells["PP(face)"])
    assert (line["low"], line["high"]) == pytest.approx((3, 3)), "one draw for both rows"
    line = found.loc["PP(nose) over PP(face), AU06 AU09"]
    cells = table.loc[["PP(nose)", "PP(face)"], ["AU06", "AU09"]].mean(axis=1)
    assert line["here"] == pytest.approx(cells["PP(nose)"] - cells["PP(face)"])
    assert line["paper"] == pytest.approx((32.0 + 50.9 - 26.8 - 21.3) / 2)
    assert line["interval"] == "zero in every draw", "one draw moves both rows alike"
    assert any(one.startswith("DSIN<sub>10</sub><sup>tt</sup> over") for one in found.index)


def test_gains_on_both_corpora_and_their_difference(tiny_two, monkeypatch):
    monkeypatch.setattr(transfer, "GAINING", ("pp_mouth", "pp_nose"))
    monkeypatch.setattr(transfer, "GAINS", (("mouth over nose", "pp_mouth", "pp_nose"),))
    line = transfer.across(tiny_two).loc["mouth over nose"]
    first = tables.table_3(tiny_two, ("pp_mouth", "pp_nose"))
    second = tables.table_3(tiny_two.on_second_corpus(), ("t4_pp_mouth", "t4_pp_nose"))
    expected = [tables.gain(first, "pp_mouth", "pp_nose")]
    expected.append(tables.gain(second, "t4_pp_mouth", "t4_pp_nose"))
    assert line[["first corpus", "second corpus"]].tolist() == pytest.approx(expected)
    assert line["difference"] == pytest.approx(expected[1] - expected[0])
    assert line["low"] <= line["difference"] <= line["high"]


def test_two_corpora_are_drawn_apart(tiny_two, monkeypatch):
    """The same draws twice, as if of one group of people, must not cancel."""
    rng = np.random.default_rng(0)
    scores = pd.DataFrame(rng.uniform(0, 90, (200, 3)), columns=list(transfer.GAINING))
    monkeypatch.setattr(transfer, "_averages", lambda config, rows: scores.copy())
    found = transfer.across(tiny_two)
    assert (found["difference"] == 0).all()
    assert (found["high"] - found["low"] > 10).all()


def test_filters_are_held_against_the_first_corpus_and_layers_against_the_start(
    tiny_two, monkeypatch
):
    """A filter that a single patch moved stays moved in every row after it."""

    class Fake:
        def __init__(self, of):
            self.of = {"t4_pp_f": (2.0, 5.0)}.get(of, (2.0, 1.0) if of[:2] == "t4" else (0.5, 0.0))

        def weights(self):
            filters, layers = (torch.full((2, 2, 1, 1), value) for value in self.of)
            return {
                f"pi.nets.{patch}.{name}": tensor
                for patch in ROWS["t4_pp_f"].patches
                for name, tensor in (("convolutions.0.0.weight", filters), ("head.1.w", layers))
            }

    monkeypatch.setattr(
        transfer, "run", lambda config, row, fold, seed: Fake(getattr(row, "id", row))
    )
    monkeypatch.setattr(transfer, "TABLE_4_TRAINED", ("t4_pp_f",))
    line = transfer.movement(tiny_two.on_second_corpus()).loc["t4_pp_f"]
    assert line[transfer.CONVOLUTIONS] == 1.5 and line[transfer.FULLY_CONNECTED] == 4.0
