"""Output layers begin close to one probability on every frame, and where knowing nothing ends."""

from math import sqrt

import pytest
import torch
from scipy.optimize import minimize_scalar
from torch import nn

from dsin_lib.model.fusion import Fusion
from dsin_lib.model.losses import (
    balancing_weights,
    constant_optimum,
    masked_bce,
    weighted_l2,
)
from dsin_lib.model.output import OUTPUT_SIGMA, OutputLayer
from dsin_lib.model.patch_prediction import OnePerAU, PatchCNN, PatchPrediction
from dsin_lib.model.per_au import INIT_SIGMA
from dsin_lib.model.structure_inference import StructureInference
from dsin_lib.model.vgg import VGG16

NAN = float("nan")
N_AU, FRAMES = 7, 24
AUS = [f"AU{j:02}" for j in range(N_AU)]
PATCH = OUTPUT_SIGMA * sqrt(1024 / 2)
"""Standard deviation of a logit at the start: sigma times the length of what comes in. Batch norm
and ReLU leave a mean square of 1/2, and He's sigma keeps it up to the last hidden layer."""
VGG = OUTPUT_SIGMA * sqrt(512 * 1.55)
"""As a patch's; the largest of four normal numbers, which pooling leaves, has that mean square."""
PHI = OUTPUT_SIGMA * sqrt(64)
"""At most: 64 sigmoids below 1."""
OMEGA = INIT_SIGMA * sqrt(2)
"""At most: f and a mean of messages, both below 1."""
SIGMAS = 5
"""Of a normal deviate, so many are exceeded once in two million."""


def faces(*sizes):
    return {name: torch.rand(FRAMES, 3, px, px) for name, px in sizes}


def maps_of(pi, images):
    return {name: net.convolutions(images[name]).flatten(1) for name, net in pi.nets.items()}


def cnn(px):
    return PatchCNN(N_AU, px), torch.rand(FRAMES, 3, px, px)


def patches():
    return PatchPrediction(N_AU, {"mouth": 56, "nose": 56}), faces(("mouth", 56), ("nose", 56))


def one_per_au():
    return OnePerAU(AUS, {"mouth": 56}), faces(("mouth", 56))


def vgg():
    net = VGG16(N_AU, {"face": 32}, 8)
    for layer in net.head:
        layer.train(not isinstance(layer, nn.Dropout))
    return net, faces(("face", 32))


def phi(depth):
    return Fusion(N_AU, 3, depth=depth), torch.rand(FRAMES, 3, N_AU)


def omega(**choices):
    return StructureInference(N_AU, 3, **choices), torch.rand(FRAMES, N_AU)


KINDS = {
    "cnn 56": (lambda: cnn(56), PATCH),
    "cnn 112": (lambda: cnn(112), PATCH),
    "patches": (patches, PATCH),
    "one per au": (one_per_au, PATCH),
    "vgg": (vgg, VGG),
    "phi": (lambda: phi(1), PHI),
    "deep phi": (lambda: phi(2), PHI),
    "omega": (omega, OMEGA),
    "omega without factors": (lambda: omega(correction_factors=False), OMEGA),
}


def logits(net, x):
    """Of every frame (and patch) and unit; batch norm in training, as in the first step."""
    with torch.no_grad():
        out = net(x)
    p = out["y_hat"] if isinstance(out, dict) else out
    return p.logit().reshape(FRAMES, -1, N_AU)


@pytest.fixture
def given():
    """No two alike, and far from 1/2 at both ends."""
    return torch.linspace(0.03, 0.92, N_AU)


@pytest.mark.parametrize("kind", KINDS)
def test_a_network_begins_at_about_the_given_probability_of_each_unit(kind, given):
    torch.manual_seed(0)
    make, sigma = KINDS[kind]
    net, x = make()
    net.start_at(given)
    found = logits(net, x)
    assert (found - given.logit()).abs().max() < SIGMAS * sigma
    assert (found.std(0) > 1e-5).all(), "the same of every frame would have no gradient to share"


def test_heads_alone_begin_where_their_networks_do(given):
    torch.manual_seed(0)
    pi, images = patches()
    pi.start_at(given)
    found = logits(pi.heads(), maps_of(pi, images))
    assert (found - given.logit()).abs().max() < SIGMAS * PATCH
    assert (found.std(0) > 1e-5).all()


def test_heads_with_he_s_sigma_would_be_found_out(given):
    """The bound above tells the one from the other."""
    torch.manual_seed(0)
    net, x = cnn(56)
    nn.init.kaiming_normal_(net.head[-2].weight)
    net.start_at(given)
    assert (logits(net, x) - given.logit()).abs().max() > SIGMAS * PATCH


def assert_sigma(weight, sigma):
    """Mean 0 and that sigma, as closely as so many normal numbers show it."""
    n = weight.numel()
    assert weight.std().item() == pytest.approx(sigma, rel=SIGMAS / sqrt(2 * n))
    assert abs(weight.mean().item()) < SIGMAS * sigma / sqrt(n)


@pytest.mark.parametrize("kind", ["cnn 56", "cnn 112", "one per au", "vgg"])
def test_layers_before_relu_have_he_s_sigma_and_the_last_its_own(kind, given):
    torch.manual_seed(0)
    net, _ = KINDS[kind][0]()
    net.start_at(given)
    layers = [m for m in net.modules() if isinstance(m, nn.Conv2d | nn.Linear)]
    assert [type(layer) for layer in layers].count(OutputLayer) == len(
        [name for name, _ in net.named_modules() if name.endswith("head")]
    )
    for layer in layers:
        fan_in = layer.weight[0].numel()
        last = isinstance(layer, OutputLayer)
        assert_sigma(layer.weight, OUTPUT_SIGMA if last else sqrt(2 / fan_in))
        assert last or layer.bias is None or not layer.bias.any()


def test_layers_of_phi_and_omega_have_the_sigma_of_step_0(given):
    torch.manual_seed(0)
    (deep, _), (structure, _) = phi(2), omega()
    deep.start_at(given)
    structure.start_at(given)
    assert_sigma(deep.phi[0].weight, INIT_SIGMA)
    assert_sigma(deep.phi[2].weight, INIT_SIGMA)
    assert_sigma(deep.phi[4].weight, OUTPUT_SIGMA)
    for unit in (structure.message, structure.gate, structure.predict):
        assert_sigma(unit.weight, INIT_SIGMA)
    hidden = [deep.phi[0].bias, deep.phi[2].bias, structure.message.bias, structure.gate.bias]
    assert not any(bias.any() for bias in hidden), "only output layers are moved"


@pytest.fixture
def labels():
    """Units of 2 % to 90 %, a third of all labels missing, one unit coded on half the frames."""
    torch.manual_seed(0)
    y = (torch.rand(3000, N_AU) < torch.linspace(0.02, 0.9, N_AU)).double()
    y[torch.rand(3000, N_AU) < 0.3] = NAN
    y[:1500, 3] = NAN
    return y


def least(loss, j):
    """The constant of unit j that has the least loss, all others at 1/2."""

    def of(constant):
        p = torch.full((N_AU,), 0.5, dtype=torch.float64)
        p[j] = constant
        return loss(p).item()

    return minimize_scalar(of, bounds=(1e-6, 1 - 1e-6), method="bounded", options={"xatol": 1e-9}).x


@pytest.mark.parametrize("name", ["l2", "bce"])
def test_the_constant_optimum_is_where_the_loss_of_a_constant_is_least(labels, name):
    weights = balancing_weights(labels)
    losses = {
        "l2": lambda p: weighted_l2(p.expand(3000, 2, N_AU), labels, weights),
        "bce": lambda p: masked_bce(p.expand(3000, N_AU), labels),
    }
    found = [least(losses[name], j) for j in range(N_AU)]
    half_a_frame = 0.5 / (~labels.isnan()).sum(0)
    off = (constant_optimum(labels) - torch.tensor(found, dtype=torch.float64)).abs()
    assert (off <= half_a_frame + 1e-6).all()


def test_units_without_two_kinds_of_frames_begin_at_finite_log_odds():
    y = torch.tensor([[NAN, 0.0, 1.0]] * 9)
    start = constant_optimum(y)
    assert start.tolist() == pytest.approx([0.5, 0.05, 0.95])
    net = PatchPrediction(3, {"mouth": 56})
    net.start_at(start)
    assert all(parameter.isfinite().all() for parameter in net.parameters())
    p = net({"mouth": torch.rand(4, 3, 56, 56)})
    p.sum().backward()
    assert p.min() > 0 and p.max() < 1
    assert all(parameter.grad.isfinite().all() for parameter in net.parameters())
