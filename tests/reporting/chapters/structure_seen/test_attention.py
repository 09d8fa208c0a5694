"""Attention: where the maps lie, what they add up to, and that a silenced network has none."""

import numpy as np
import pytest
import torch
from matplotlib import pyplot as plt
from told import gallery_of

from dsin_lib.model.dsin import DSIN
from dsin_lib.model.fusion import Fusion
from dsin_lib.model.patch_prediction import PatchPrediction
from dsin_lib.model.structure_inference import StructureInference
from dsin_lib.reporting.chapters.structure_seen import attention, graph
from dsin_lib.reporting.chapters.structure_seen.examples import unit_of
from dsin_lib.runs.run import runs_of
from dsin_lib.systems.ensure import ensure

SIZES = {"mouth": 56, "nose": 56, "face": 112}


@pytest.fixture
def model():
    torch.manual_seed(0)
    return DSIN(PatchPrediction(3, SIZES), Fusion(3, 3), StructureInference(3, 2)).eval()


@pytest.fixture
def images():
    torch.manual_seed(1)
    return {name: torch.rand(2, 3, px, px) for name, px in SIZES.items()}


def test_every_network_has_a_map_of_five_by_five(model, images):
    for output in ("f", "ŷ"):
        maps = attention.grad_cam(model, images, 1, output)
        assert {name: m.shape for name, m in maps.items()} == dict.fromkeys(SIZES, (2, 5, 5))
        shares = attention.shares(maps)
        assert shares.sum() == pytest.approx(100) and (shares > 0).all()


def test_grad_cam_is_its_definition(model, images):
    """Mean gradient times activation, added over channels, for the mouth alone by hand."""
    maps = attention.grad_cam(model, images, 2, "ŷ")
    mouth = model.pi.nets["mouth"]
    with torch.no_grad():
        others = [model.pi.nets[name](images[name]) for name in ("nose", "face")]
        block = mouth.convolutions[:3](images["mouth"])
    block.requires_grad_()
    p = torch.stack([mouth.head(mouth.convolutions[3:](block)), *others], 1)
    y_hat = model.omega(model.phi(p))["y_hat"][:, 2]
    (gradient,) = torch.autograd.grad(y_hat.sum(), block)
    by_hand = (gradient.mean((2, 3), keepdim=True) * block).sum(1).detach().numpy()
    np.testing.assert_allclose(maps["mouth"], by_hand, rtol=1e-4, atol=1e-12)


def test_a_silenced_network_gets_nothing(model, images):
    for parameter in model.pi.nets["nose"].head.parameters():
        parameter.data.zero_()
    maps = attention.grad_cam(model, images, 0, "ŷ")
    shares = attention.shares(maps)
    assert shares["nose"] == 0 and shares.sum() == pytest.approx(100)


def test_a_frame_counts_as_much_as_another():
    maps = {
        "mouth": np.stack([np.full((5, 5), 3e-9), np.full((5, 5), -1.0)]),
        "face": np.stack([np.full((5, 5), -1e-9), np.full((5, 5), 0.0)]),
    }
    assert attention.shares(maps).to_dict() == pytest.approx({"mouth": 87.5, "face": 12.5})


WINDOWS = {"mouth": (112.0, 160.0, 60.0), "face": (111.5, 111.5, 224.0)}


def test_evidence_lies_in_its_patch():
    cells = {"mouth": np.ones((5, 5))}
    placed = attention.evidence(cells, WINDOWS, SIZES)
    rows, columns = np.nonzero(placed)
    assert placed.sum() == pytest.approx(1)
    assert (columns.min(), columns.max(), rows.min(), rows.max()) == (82, 142, 130, 190)


@pytest.mark.parametrize("cell", [(0, 0), (2, 2), (4, 1)])
@pytest.mark.parametrize("name", WINDOWS)
def test_a_cell_lies_where_its_neurons_look(cell, name):
    """The middle of the pixels that move one cell of the map, found by moving every pixel."""
    px, (x, y, side) = SIZES[name], WINDOWS[name]
    blocks = attention.blocks_down(px)
    block = PatchPrediction(1, {name: px}).nets[name].convolutions[:blocks]
    for layer in block:
        layer[0].weight.data.fill_(1.0)
    image = torch.zeros(1, 3, px, px, requires_grad=True)
    block.eval()(image + 1)[0, :, cell[0], cell[1]].sum().backward()
    seen_rows, seen_columns = np.nonzero(image.grad[0, 0].numpy())
    middle = np.array([seen_rows.min() + seen_rows.max(), seen_columns.min() + seen_columns.max()])
    expected = np.array([y, x]) + (middle / 2 - (px - 1) / 2) * side / px
    cells = np.zeros((5, 5))
    cells[cell] = 1.0
    placed = attention._placed(cells, WINDOWS[name], px)
    inside = np.clip(np.round(expected).astype(int), 0, 223)
    assert placed[tuple(inside)] > 0.88 * placed.max()  # whole pixels


def test_what_speaks_against_is_no_evidence():
    cells = {"mouth": np.ones((5, 5)), "face": -np.ones((5, 5))}
    both = attention.evidence(cells, WINDOWS, SIZES)
    np.testing.assert_allclose(both, attention.evidence({"mouth": cells["mouth"]}, WINDOWS, SIZES))
    nothing = attention.evidence({"face": cells["face"]}, WINDOWS, SIZES)
    assert not nothing.any() and np.isnan(attention.extent(nothing))


def test_extent_is_the_smallest_area_of_half():
    on_face = np.zeros((10, 10))
    on_face[0, :4] = 0.2
    on_face[1, :2] = 0.1
    assert attention.extent(on_face) == pytest.approx(3), "two cells hold 0.4, three 0.6"
    assert attention.extent(np.full((10, 10), 0.01)) == pytest.approx(50, abs=1)


def test_trained_runs_to_table_and_figure(tiny):
    runs, gallery = ensure(runs_of(tiny, ["pp_mouth", "pp_f", "dsin_10"])), gallery_of(tiny)
    found = attention.seen(gallery, runs, "AU24")
    assert found.frames["subject"].is_unique and found.frames["row"].notna().all()
    table = attention.share_table(found)
    assert list(table.index) == ["PP(mouth), p", "PP+F, f", "DSIN_10, f", "DSIN_10, ŷ"]
    shares = table.drop(columns=attention.HALF)
    assert shares.loc["PP(mouth), p"].dropna().to_dict() == {"mouth": 100}
    np.testing.assert_allclose(shares.sum(axis=1), 100)
    figure = attention.drawn(gallery, found)
    figure.canvas.draw()
    assert len(figure.axes) == 2 * (1 + min(attention.SHOWN, len(found.frames)))
    plt.close(figure)


def test_disfa_s_units_go_the_same_way(tiny):
    runs = ensure(runs_of(tiny, ["t4_pp_mouth", "t4_pp_f", "t4_dsin_10"]))
    gallery, dsin = gallery_of(tiny, "table_4"), runs[-1]
    unit = unit_of(None, dsin)
    assert unit in ("AU09", "AU12", "AU25", "AU26"), "AU24 is not coded, the lower face is"
    found = attention.seen(gallery, runs, unit)
    assert attention.shares(found.maps["DSIN_10, ŷ"]).sum() == pytest.approx(100)
    phis = graph.correlations(gallery.store, dsin)
    assert phis["reference"].loc["AU01", "AU02"] == 0.6316
    assert list(graph.claimed(dsin.corpus, phis)["DISFA lists"]) == [0.5044]
    assert np.isnan(graph.of_pair(phis, "AU04", "AU17")["labels"])
