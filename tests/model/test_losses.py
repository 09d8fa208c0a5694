"""The losses of Sec. 4.1.3 against their words, and a missing label without weight."""

import pytest
import torch
import torch.nn.functional as F

from dsin_lib.model.losses import DSINLoss, balancing_weights, masked_bce, weighted_l2

NAN = float("nan")


@pytest.fixture
def y():
    return torch.tensor([[1.0, 0.0, 1.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 1.0]])


@pytest.fixture
def out():
    generator = torch.Generator().manual_seed(0)
    shapes = {"p": (4, 2, 3), "f": (4, 3), "y_hat": (4, 3), "chi": (4, 5, 3)}
    return {
        name: torch.rand(shape, generator=generator).requires_grad_()
        for name, shape in shapes.items()
    }


def test_weights_are_inverse_to_the_ratio_of_positives(y):
    weights = balancing_weights(y)
    ratios = y.mean(0)
    torch.testing.assert_close(weights * ratios, (weights * ratios)[:1].expand(3))
    assert weights.mean().item() == pytest.approx(1)


def test_weights_ignore_missing_labels_and_survive_an_absent_class():
    labels = torch.tensor([[1.0, NAN, 0.0], [0.0, 1.0, 0.0], [0.0, NAN, 0.0], [0.0, 0.0, 0.0]])
    weights = balancing_weights(labels)
    assert weights.isfinite().all()
    assert weights[0] / weights[1] == pytest.approx((1 / 2) / (1 / 4))


def test_weighted_l2_is_the_plain_mean_where_all_is_coded(y, out):
    weights = torch.tensor([0.5, 1.0, 1.5])
    by_hand = sum(
        weights[j] * (out["p"][b, i, j] - y[b, j]) ** 2
        for b in range(4) for i in range(2) for j in range(3)
    ) / (4 * 2 * 3)  # fmt: skip
    torch.testing.assert_close(weighted_l2(out["p"], y, weights), by_hand)


def test_bce_is_torch_s_where_all_is_coded(y, out):
    torch.testing.assert_close(masked_bce(out["f"], y), F.binary_cross_entropy(out["f"], y))


@pytest.mark.parametrize("name", ["p", "f", "y_hat"])
def test_a_missing_label_has_no_gradient_and_the_others_have(y, out, name):
    y[1, 2] = NAN
    DSINLoss(torch.ones(3))(out, y).backward()
    gradient = out[name].grad if name != "p" else out[name].grad.abs().sum(1)
    assert gradient[1, 2] == 0
    assert (gradient[~y.isnan()] != 0).all()


def test_a_frame_without_a_missing_label_scores_the_same_whatever_others_miss(y, out):
    masked = y.clone()
    masked[1:, 0] = NAN
    only = F.binary_cross_entropy(out["f"][:1, 0], y[:1, 0])
    alone = masked.clone()
    alone[:, 1:] = NAN
    torch.testing.assert_close(masked_bce(out["f"], alone), only)


def test_nothing_coded_costs_nothing(out):
    loss = DSINLoss(torch.ones(3))(out, torch.full((4, 3), NAN))
    assert loss.item() == 0


def test_the_compound_is_the_weighted_sum(y, out):
    weights = torch.tensor([0.5, 1.0, 1.5])
    loss = DSINLoss(weights, w_pi=0.2, w_phi=0.3, w_omega=0.5, chi_penalty=0.01)(out, y)
    expected = (
        0.2 * weighted_l2(out["p"], y, weights)
        + 0.3 * masked_bce(out["f"], y)
        + 0.5 * (masked_bce(out["y_hat"], y) + 0.01 * out["chi"].mean())
    )
    torch.testing.assert_close(loss, expected)


@pytest.mark.parametrize(("form", "at"), [("l1", 0.5), ("l2", 0.25), ("saturation", 0.25)])
def test_forms_of_the_penalty(form, at):
    chi = torch.full((2, 3, 4), 0.5)
    zero = torch.zeros(2, 4)
    out = {"chi": chi, "y_hat": zero}
    only_chi = {"w_pi": 0.0, "w_phi": 0.0, "w_omega": 1.0, "chi_penalty": 1.0}
    loss = DSINLoss(torch.ones(4), **only_chi, chi_penalty_form=form)
    assert loss(out, zero).item() == pytest.approx(at)
