"""Eqs. 6 to 10 against nested loops over Action Units written from the paper."""

import math

import pytest
import torch

from dsin_lib.model.structure_inference import StructureInference

N_AU, N_FRAMES, T = 5, 3, 4


def sigma(x):
    return 1 / (1 + torch.exp(-x))


def mu(values):
    return sum(values) / len(values)


def omega_by_loops(net, f):
    """The paper's equations, one scalar at a time. Returns y_hat and chi as nested lists."""
    steps, chis = [], []
    for b in range(len(f)):
        start = {"f": list(f[b]), "half": [torch.tensor(0.5).double()] * N_AU,
                 "zero": [torch.tensor(0.0).double()] * N_AU}[net.initial_state]  # fmt: skip
        m, y_hat = list(start), list(start)
        frame_steps, frame_chis = [], []
        for _ in range(net.n_iter):

            def others(values, j):
                return [v for i, v in enumerate(values) if net.include_self or i != j]

            m_new = []
            for j in range(N_AU):  # Eq. 7
                w, beta = net.message.weight[j], net.message.bias[j]
                m_new.append(
                    sigma(w[0] * mu(others(m, j)) + w[1] * f[b, j] + w[2] * y_hat[j] + beta)
                )
            chi = []
            for j in range(N_AU):  # Eq. 8
                if net.correction_factors:
                    w, beta = net.gate.weight[j], net.gate.bias[j]
                    chi.append(
                        sigma(w[0] * mu(others(m_new, j)) + w[1] * f[b, j] + w[2] * y_hat[j] + beta)
                    )
                else:
                    chi.append(torch.tensor(1.0).double())
            y_new = []
            for j in range(N_AU):
                received = [mu([chi[i], chi[j]]) * m_new[i] for i in range(N_AU)]  # Eq. 9
                w, beta = net.predict.weight[j], net.predict.bias[j]
                y_new.append(
                    sigma(w[0] * mu(others(received, j)) + w[1] * f[b, j] + beta)
                )  # Eq. 10
            m, y_hat = m_new, y_new
            frame_steps.append(torch.stack(y_new))
            frame_chis.append(torch.stack(chi))
        steps.append(torch.stack(frame_steps))
        chis.append(torch.stack(frame_chis))
    return torch.stack(steps), torch.stack(chis)


@pytest.fixture
def fused():
    generator = torch.Generator().manual_seed(1)
    return torch.rand(N_FRAMES, N_AU, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize("correction_factors", [True, False])
@pytest.mark.parametrize("initial_state", ["f", "half", "zero"])
@pytest.mark.parametrize("include_self", [True, False])
def test_forward_and_gradient_equal_the_loops(
    fused, correction_factors, initial_state, include_self
):
    torch.manual_seed(0)
    net = StructureInference(
        N_AU, T, correction_factors=correction_factors, initial_state=initial_state,
        include_self=include_self,
    ).double()  # fmt: skip
    for parameter in net.parameters():
        torch.nn.init.normal_(parameter, std=1.5)
    fused.requires_grad_()
    variables = [fused, *net.parameters()]

    out = net(fused)
    steps, chi = omega_by_loops(net, fused)

    torch.testing.assert_close(out["y_hat_steps"], steps)
    torch.testing.assert_close(out["chi"], chi)
    torch.testing.assert_close(out["y_hat"], steps[:, -1])
    coefficients = torch.arange(N_FRAMES * T * N_AU).reshape(N_FRAMES, T, N_AU).double()
    ours = torch.autograd.grad((out["y_hat_steps"] * coefficients).sum(), variables)
    theirs = torch.autograd.grad((steps * coefficients).sum(), variables)
    torch.testing.assert_close(ours, theirs)


def test_weights_stand_where_anybody_can_set_them():
    net = StructureInference(N_AU, 1)
    shapes = {name: tuple(p.shape) for name, p in net.named_parameters()}
    assert shapes == {
        "message.weight": (N_AU, 3), "message.bias": (N_AU,),
        "gate.weight": (N_AU, 3), "gate.bias": (N_AU,),
        "predict.weight": (N_AU, 2), "predict.bias": (N_AU,),
    }  # fmt: skip


def test_a_value_worked_out_by_hand():
    """N = T = 1, f = 0.5: m = sigma(0.5), chi = sigma(0), received = m / 2, y = sigma(m)."""
    net = StructureInference(1, 1)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.zero_()
        net.message.weight[0] = torch.tensor([0.0, 1.0, 0.0])
        net.predict.weight[0] = torch.tensor([2.0, 0.0])
        out = net(torch.tensor([[0.5]]))
    m = 1 / (1 + math.exp(-0.5))
    assert out["y_hat"].item() == pytest.approx(1 / (1 + math.exp(-m)))
    assert out["chi"].item() == 0.5


def test_one_unit_hears_the_others():
    torch.manual_seed(0)
    net = StructureInference(N_AU, 2)
    f = torch.full((1, N_AU), 0.5)
    g = f.clone()
    g[0, 0] = 0.9
    assert (net(f)["y_hat"][0, 1:] != net(g)["y_hat"][0, 1:]).all()
