"""Pi, Phi and their composition: sizes of Fig. 3, independence, outputs."""

import pytest
import torch

from dsin_lib.model.dsin import DSIN
from dsin_lib.model.fusion import Fusion
from dsin_lib.model.patch_prediction import PatchCNN, PatchPrediction, n_blocks
from dsin_lib.model.structure_inference import StructureInference


def count(module):
    return sum(parameter.numel() for parameter in module.parameters())


def test_the_224_px_network_has_the_parameters_of_the_author_s():
    assert count(PatchCNN(12, 224)) / 1e6 == pytest.approx(5.46, abs=0.005)


@pytest.mark.parametrize(("px", "blocks"), [(56, 4), (112, 5), (224, 6)])
def test_depth_follows_the_input(px, blocks):
    net = PatchCNN(12, px).eval()
    assert len(net.convolutions) == blocks
    assert net.convolutions(torch.zeros(1, 3, px, px)).shape[2:] == (1, 1)


@pytest.mark.parametrize("px", [64, 448])
def test_another_size_is_refused_by_name(px):
    with pytest.raises(ValueError, match=f"input_px: .*got {px}"):
        n_blocks(px)


def test_patches_are_independent():
    pi = PatchPrediction(3, {"mouth": 56, "nose": 56}).eval()
    images = {name: torch.rand(2, 3, 56, 56) for name in ("mouth", "nose")}
    before = pi(images)
    images["nose"] = torch.rand(2, 3, 56, 56)
    after = pi(images)
    assert torch.equal(before[:, 0], after[:, 0])
    assert not torch.equal(before[:, 1], after[:, 1])


def test_fusion_of_an_au_sees_that_au_only_and_every_patch():
    torch.manual_seed(0)
    phi = Fusion(n_au=4, n_patch=3)
    p = torch.rand(1, 3, 4, requires_grad=True)
    phi(p)[0, 2].backward()
    heard = p.grad[0] != 0
    assert heard[:, 2].all()
    assert not heard[:, [0, 1, 3]].any()


def test_fusion_is_two_layers_of_64_sigmoids_per_au():
    phi = Fusion(n_au=12, n_patch=6)
    assert count(phi) == 12 * (6 * 64 + 64 + 64 + 1)
    s = torch.rand(1, 6, 12)
    first, second = phi.phi[0], phi.phi[2]
    j = 5
    hidden = torch.sigmoid(s[0, :, j] @ first.weight[j] + first.bias[j])
    f = torch.sigmoid(hidden @ second.weight[j] + second.bias[j])
    torch.testing.assert_close(phi(s)[0, j : j + 1], f)


def test_fusion_of_the_other_depth():
    assert Fusion(2, 6, hidden=8, depth=2)(torch.rand(5, 6, 2)).shape == (5, 2)


def test_dsin_returns_every_supervised_output():
    pi = PatchPrediction(4, {"mouth": 56, "nose": 56})
    model = DSIN(pi, Fusion(4, 2), StructureInference(4, n_iter=3)).eval()
    out = model({name: torch.rand(2, 3, 56, 56) for name in ("mouth", "nose")})
    assert {name: tuple(value.shape) for name, value in out.items()} == {
        "p": (2, 2, 4), "f": (2, 4), "y_hat": (2, 4), "y_hat_steps": (2, 3, 4), "chi": (2, 3, 4),
    }  # fmt: skip
    assert all(((value > 0) & (value < 1)).all() for value in out.values())
    torch.testing.assert_close(model.omega(model.phi(out["p"]))["y_hat"], out["y_hat"])


def test_a_gradient_reaches_the_first_pixel_from_the_last_step():
    pi = PatchPrediction(4, {"mouth": 56})
    model = DSIN(pi, Fusion(4, 1), StructureInference(4, n_iter=2)).eval()
    image = torch.rand(1, 3, 56, 56, requires_grad=True)
    model({"mouth": image})["y_hat"].sum().backward()
    assert image.grad.abs().sum() > 0
