"""Table 4's transfer: filters stand still to the bit, and the page would show if they did not."""

import numpy as np
import pandas as pd
import pytest
import torch
from fastai.basics import set_seed
from made import made
from safetensors.torch import load_file, save_file
from told import rows_made

from dsin_lib.config import load_config
from dsin_lib.data.store import Store
from dsin_lib.paper.published import published
from dsin_lib.reporting import tables
from dsin_lib.reporting.chapters.disfa_ablation import transfer
from dsin_lib.reporting.claims import against_paper
from dsin_lib.runs.files import FILTERS, write
from dsin_lib.runs.rows import ROWS, TABLE_4_TRAINED
from dsin_lib.runs.run import Run
from dsin_lib.scores.measured import Measured
from dsin_lib.systems.ensure import ensure
from dsin_lib.training.modules import make_modules

FIRST = {"t4_pp_f": "t4_pp_mouth", "t4_dsin_10": "t4_pp_f"}
"""Where the mouth's fully connected layers of a row come from."""


def same(one, other, names):
    return [name for name in names if torch.equal(one[name], other[name])]


@pytest.fixture
def trained(tiny):
    """The trained rows of Table 4."""
    found = transfer.trained(tiny)
    ensure(found.values())
    return found


def test_filters_are_those_of_table_3_s_corpus_in_every_step(trained):
    moved = transfer.movement(trained)
    assert list(moved.index) == list(TABLE_4_TRAINED)
    assert (moved[[transfer.CONVOLUTIONS, transfer.BATCH_NORM]] == 0).all(axis=None)
    assert (moved[transfer.FULLY_CONNECTED] > 0).all()
    for row in TABLE_4_TRAINED:
        here = trained[row]
        assert set(here.history["step"]) == set(ROWS[row].steps)
        weights = here.files.weights()
        filters = {name for name in weights if FILTERS in name}
        assert any(name.endswith("running_var") for name in filters)
        first = {}
        for source in transfer.sources(here):
            first |= source.files.weights()
        assert filters == {name for name in first if FILTERS in name}, "of every patch"
        assert len(same(first, weights, filters)) == len(filters)
    for row, start in FIRST.items():
        before, after = trained[start].files.weights(), trained[row].files.weights()
        heads = [name for name in before if name.startswith("pi.nets.mouth.head.")]
        assert heads and not same(before, after, heads)


def test_fully_connected_layers_start_afresh_and_are_trained(tiny):
    """They are neither the first corpus' layers nor those that step 0 made."""
    run = made(tiny, "t4_pp_mouth")
    weights = run.files.weights()
    set_seed(0, reproducible=True)
    fresh = make_modules(run.config, run.row, run.aus, Store.open(run.store))["pi"]
    fresh = {f"pi.{name}": tensor for name, tensor in fresh.state_dict().items()}
    heads = [
        n for n in fresh if ".head." in n and n != "pi.nets.mouth.head.5.bias"
    ]  # the prevalence
    assert heads and not same(fresh, weights, heads)
    steps = max((fresh[name] - weights[name]).abs().max().item() for name in heads)
    (source,) = run.filters
    name, first = "pi.nets.mouth.head.3.weight", source.files.weights()
    assert steps < (first[name] - weights[name]).abs().max().item(), "nearer to step 0's"


def test_a_filter_that_moved_is_seen(own):
    near = {"t4_pp_nose": made(own, "t4_pp_nose")}
    path = near["t4_pp_nose"].folder / "weights.safetensors"
    assert (transfer.in_book(transfer.movement(near)).iloc[0, 1:3] == "0").all()
    for kind, name in {
        transfer.CONVOLUTIONS: "convolutions.2.0.weight",
        transfer.BATCH_NORM: "convolutions.1.1.running_mean",
    }.items():
        tensors = load_file(path)
        tensors[f"pi.nets.nose.{name}"].view(-1)[3] += 1e-6
        save_file(tensors, path)
        assert 0 < transfer.movement(near).loc["t4_pp_nose", kind] < 2e-6
    assert (transfer.in_book(transfer.movement(near)).iloc[0, 1:3] != "0").all()


def test_a_row_s_filters_come_from_the_table_3_rows_of_its_patches():
    config = load_config("smoke")

    def sources(row):
        found = transfer.sources(Run(config, ROWS[row], 1, 0))
        assert {run.corpus.name for run in found} == {"synau_b"}
        return [run.row.id for run in found]

    for row in ("t4_pp_f", "t4_dsin_10", "t4_dsin_10_tt"):
        assert sources(row) == [f"pp_{patch}" for patch in ROWS[row].patches]
    assert sources("t4_pp_nose") == ["pp_nose"]


def test_sizes_count_every_number_of_the_patch_network(tiny):
    run = made(tiny, "t4_pp_nose")
    counted = transfer.sizes(run)
    assert sum(counted.values()) == sum(tensor.numel() for tensor in run.files.weights().values())
    assert counted[transfer.CONVOLUTIONS] == 16 * (3 * 64 + 64 * 64 + 64 * 128 + 128 * 256)


def test_differences_of_table_4_are_those_that_the_paper_concludes_from():
    rng, rows = np.random.default_rng(0), tables.TABLE_4_ROWS
    aus = load_config("smoke").corpora.table_4.aus
    labels = [ROWS[row].label for row in rows]
    scores = rng.uniform(0, 90, (len(rows), 8))
    drawn = rng.uniform(0, 90, (50, 1, 8)) + np.zeros((1, len(rows), 1))
    drawn[:, rows.index("t4_pp_f")] += 3.0
    found = against_paper.differences(against_paper.Held("table_4", labels, aus, scores, drawn))
    table = pd.DataFrame(scores, [ROWS[row].shown for row in rows], aus)
    line = found.loc["PP+F over PP(face)"]
    over_face = tables.gain(table.assign(average=table.mean(axis=1)), "t4_pp_f", "t4_pp_face")
    assert line["here"] == pytest.approx(over_face)
    cells = published("table4").loc[["PP+F", "PP(face)"], aus].mean(axis=1)
    assert line["paper"] == pytest.approx(cells["PP+F"] - cells["PP(face)"])
    assert (line["low"], line["high"]) == pytest.approx((3, 3)), "one draw for both rows"
    line = found.loc["PP(nose) over PP(face), AU06 AU09"]
    cells = table.loc[["PP(nose)", "PP(face)"], ["AU06", "AU09"]].mean(axis=1)
    assert line["here"] == pytest.approx(cells["PP(nose)"] - cells["PP(face)"])
    assert line["paper"] == pytest.approx((32.0 + 50.9 - 26.8 - 21.3) / 2)
    assert line["interval"] == "zero in every resampling", "one resampling moves both rows alike"
    assert any(one.startswith("DSIN<sub>10</sub><sup>tt</sup> over") for one in found.index)


def test_gains_on_both_corpora_and_their_difference(tiny, monkeypatch):
    first, second = (
        tables.table(rows_made(tiny, rows))
        for rows in (("pp_mouth", "pp_nose"), ("t4_pp_mouth", "t4_pp_nose"))
    )
    monkeypatch.setattr(transfer, "GAINING", ("pp_mouth", "pp_nose"))
    monkeypatch.setattr(transfer, "GAINS", (("mouth over nose", "pp_mouth", "pp_nose"),))
    line = transfer.across(tiny).loc["mouth over nose"]
    expected = [tables.gain(first, "pp_mouth", "pp_nose")]
    expected.append(tables.gain(second, "t4_pp_mouth", "t4_pp_nose"))
    assert line[["first corpus", "second corpus"]].tolist() == pytest.approx(expected)
    assert line["difference"] == pytest.approx(expected[1] - expected[0])
    assert line["low"] <= line["difference"] <= line["high"]


def test_two_corpora_are_drawn_apart(monkeypatch):
    """The same scores twice, as if of one group of people, must not cancel."""
    rng, lines = np.random.default_rng(0), []
    for row in transfer.GAINING:
        counts = pd.DataFrame(rng.integers(0, 20, (9, 4)), columns=["tp", "fp", "fn", "tn"])
        place = {"line": row, "fold": 1, "seed": 0, "au": "AU01", "dead": 0}
        lines.append(counts.assign(subject=list("ABCDEFGHI"), **place))
    one = Measured(pd.concat(lines, ignore_index=True), pd.DataFrame())
    monkeypatch.setattr(transfer, "measure", lambda lines: one)
    found = transfer.across(load_config("smoke"))
    assert (found["difference"] == 0).all()
    assert (found["high"] - found["low"] > 10).all()


def test_filters_are_held_against_table_3_s_corpus_and_layers_against_the_start(results):
    """A filter that a single patch moved stays moved in every row after it."""
    fused = Run(load_config("smoke"), ROWS["t4_pp_f"], 1, 0)
    made_up = dict.fromkeys(transfer.sources(fused), (0.5, 0.0))
    made_up |= dict.fromkeys(fused.starts, (2.0, 1.0)) | {fused: (2.0, 5.0)}
    for run, values in made_up.items():
        filters, layers = (torch.full((2, 2, 1, 1), value) for value in values)
        weights = {
            f"pi.nets.{patch}.{name}": tensor.clone()
            for patch in run.row.patches
            for name, tensor in (("convolutions.0.0.weight", filters), ("head.1.w", layers))
        }
        write(run.folder, spec=run.spec, predictions=pd.DataFrame(), provenance={}, weights=weights)
    line = transfer.movement({"t4_pp_f": fused}).loc["t4_pp_f"]
    assert line[transfer.CONVOLUTIONS] == 1.5 and line[transfer.FULLY_CONNECTED] == 4.0
