"""The losses of Sec. 4.1.3, masked where a label is missing, and their compound.

A missing label (nan) has no weight and no gradient; the other Action Units of its frame count.
"""

from typing import Literal

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

PENALTIES = {
    "l1": lambda chi: chi.mean(),
    "l2": lambda chi: chi.square().mean(),
    "saturation": lambda chi: (chi * (1 - chi)).mean(),
}
"""Forms of the penalty that is to "force sparsity" on chi. Reading: chi-penalty."""


def balancing_weights(labels: Float[Tensor, "batch au"]) -> Float[Tensor, " au"]:
    """Weights inversely proportional to each class's ratio of positives, of mean 1.

    A class without a positive counts as having one, so that its weight is finite.

    Reading: class-balancing. A class' weight multiplies its positives and its negatives alike: it
    says how much an Action Unit counts beside the others, not a positive beside the negatives. A
    network of one Action Unit (the rows marked ``ind``) therefore has weight 1, and balancing does
    nothing to it.

    >>> balancing_weights(torch.tensor([[1.0, 0.0], [1.0, 1.0]]))
    tensor([0.6667, 1.3333])
    """
    coded = (~labels.isnan()).sum(0).clamp(min=1)
    ratio = labels.nansum(0).clamp(min=1) / coded
    weights = 1 / ratio
    return weights / weights.mean()


def constant_optimum(labels: Float[Tensor, "frame au"]) -> Float[Tensor, " au"]:
    """The probability that, said of every frame, has the least loss: each unit's share of actives.

    Of cross-entropy and of squared error alike; a weight a class, which multiplies positives and
    negatives alike, does not move it. Half a frame of each kind is added (Haldane and Anscombe),
    so that its log odds are finite for a unit that is never, or always, active.

    >>> constant_optimum(torch.tensor([[1.0, 0.0], [0.0, 0.0], [0.0, torch.nan]]))
    tensor([0.3750, 0.1667])
    """
    coded = (~labels.isnan()).sum(0)
    return (labels.nansum(0) + 0.5) / (coded + 1)


def weighted_l2(
    p: Float[Tensor, "batch patch au"], y: Float[Tensor, "batch au"], weights: Float[Tensor, " au"]
) -> Float[Tensor, ""]:
    """L_Pi: weighted squared error, averaged over frames, patches and Action Units."""
    coded, target = _masked(y)
    error = (p - target[:, None]).square() * weights * coded[:, None]
    return error.sum() / (coded.sum() * p.shape[1]).clamp(min=1)


def masked_bce(
    prediction: Float[Tensor, "batch au"], y: Float[Tensor, "batch au"]
) -> Float[Tensor, ""]:
    """L_Phi and L_Omega: binary cross-entropy, averaged over the coded labels."""
    coded, target = _masked(y)
    loss = F.binary_cross_entropy(prediction, target, weight=coded, reduction="sum")
    return loss / coded.sum().clamp(min=1)


class DSINLoss(nn.Module):
    """w_pi L_Pi + w_phi L_Phi + w_omega (L_Omega + r penalty(chi)).

    Paper: step 5 of Algorithm 1; steps 1 to 4 are the same sum with other weights. Terms of
    weight 0 are not computed. Reading: chi-penalty (its place, form and mean).

    Args:
        weights: One an Action Unit, for L_Pi; all 1 without class balancing.
        w_pi: w1.
        w_phi: w2.
        w_omega: w3.
        chi_penalty: r.
        chi_penalty_form: A key of :data:`PENALTIES`.
    """

    def __init__(
        self,
        weights: Float[Tensor, " au"],
        *,
        w_pi: float = 0.25,
        w_phi: float = 0.25,
        w_omega: float = 0.5,
        chi_penalty: float = 0.0,
        chi_penalty_form: Literal["l1", "l2", "saturation"] = "l1",
    ) -> None:
        super().__init__()
        self.register_buffer("weights", weights)
        self.w_pi, self.w_phi, self.w_omega = w_pi, w_phi, w_omega
        self.chi_penalty, self.penalty = chi_penalty, PENALTIES[chi_penalty_form]

    def forward(self, out: dict[str, Tensor], y: Float[Tensor, "batch au"]) -> Float[Tensor, ""]:
        """The compound loss of a model's outputs."""
        loss = y.new_zeros(())
        if self.w_pi:
            loss = loss + self.w_pi * weighted_l2(out["p"], y, self.weights)
        if self.w_phi:
            loss = loss + self.w_phi * masked_bce(out["f"], y)
        if self.w_omega:
            sparse = self.chi_penalty * self.penalty(out["chi"]) if self.chi_penalty else 0.0
            loss = loss + self.w_omega * (masked_bce(out["y_hat"], y) + sparse)
        return loss


def _masked(y: Float[Tensor, "batch au"]) -> tuple[Tensor, Tensor]:
    coded = ~y.isnan()
    return coded.to(y.dtype), torch.nan_to_num(y)
