"""Structure inference Omega: Action Units pass messages through a shared recurrent unit.

Paper: Sec. 3.3, Eqs. 6 to 10, Fig. 3c. Eq. 8 uses the messages of the same time step, so each step
has two phases: all messages first, then gates and predictions.
"""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dsin_lib.model.output import start_bias_at
from dsin_lib.model.per_au import per_au

InitialState = Literal["f", "half", "zero"]
INITIAL_STATES = {
    "f": lambda f: f,
    "half": lambda f: torch.full_like(f, 0.5),
    "zero": torch.zeros_like,
}
"""m^0 and y_hat^0, which the paper leaves open. Reading: initial-state."""


class StructureInference(nn.Module):
    """Omega_j, j = 1..N, iterated T times with the same weights.

    Weights, settable by anybody who wants to check an equation, inputs in the paper's order:
    ``message.weight`` (au, 3) and ``message.bias`` (au) of Eq. 7, ``gate.weight`` (au, 3) and
    ``gate.bias`` (au) of Eq. 8, ``predict.weight`` (au, 2) and ``predict.bias`` (au) of Eq. 10.

    Args:
        n_au: N.
        n_iter: T, time steps.
        correction_factors: Whether Eqs. 8 and 9 apply; without, messages arrive unchanged (ncf).
        initial_state: m^0 and y_hat^0: the fused prediction, 0.5 or 0. Reading: initial-state.
        include_self: Whether a unit's own message is one of those averaged. The text says "the
            other classes", the equations count N messages. Reading: message-mean.
    """

    def __init__(
        self,
        n_au: int,
        n_iter: int = 10,
        *,
        correction_factors: bool = True,
        initial_state: InitialState = "f",
        include_self: bool = True,
    ) -> None:
        super().__init__()
        self.n_iter = n_iter
        self.correction_factors = correction_factors
        self.initial_state = initial_state
        self.include_self = include_self
        self.message = per_au(n_au, 3)
        self.gate = per_au(n_au, 3) if correction_factors else None
        self.predict = per_au(n_au, 2)

    def forward(self, f: Float[Tensor, "batch au"]) -> dict[str, Tensor]:
        """Refines the fused predictions.

        Returns:
            ``y_hat`` (batch au), the prediction of the last step; ``y_hat_steps`` (batch iter au);
            ``chi`` (batch iter au), the correction factors, all 1 without them.
        """
        m = y_hat = INITIAL_STATES[self.initial_state](f)
        w_m, w_y, of_f_7 = _split(self.message, f)  # of_f: what f adds, the same in every step
        w_r, of_f_10 = _split(self.predict, f)
        if self.gate is not None:
            v_m, v_y, of_f_8 = _split(self.gate, f)
        y_hat_steps, chi_steps = [], []
        for _ in range(self.n_iter):
            m = (w_m * self._mean(m) + w_y * y_hat + of_f_7).sigmoid()  # Eq. 7
            received = mean = self._mean(m)
            chi = torch.ones_like(m)
            if self.gate is not None:
                chi = (v_m * mean + v_y * y_hat + of_f_8).sigmoid()  # Eq. 8
                received = (chi * mean + self._mean(chi * m)) / 2  # Eq. 9, its mean over i
            y_hat = (w_r * received + of_f_10).sigmoid()  # Eq. 10
            y_hat_steps.append(y_hat)
            chi_steps.append(chi)
        return {
            "y_hat": y_hat,
            "y_hat_steps": torch.stack(y_hat_steps, 1),
            "chi": torch.stack(chi_steps, 1),
        }

    def start_at(self, probability: Float[Tensor, " au"]) -> None:
        """Puts Eq. 10 where it says about that probability on every frame."""
        start_bias_at(self.predict.bias, probability)

    def _mean(self, x: Float[Tensor, "batch au"]) -> Float[Tensor, "batch _"]:
        """Mu of Eqs. 7 to 10 over the senders: for each receiver, or once if all hear the same."""
        mean = x.mean(-1, keepdim=True)
        if self.include_self:
            return mean
        return (mean * x.shape[-1] - x) / (x.shape[-1] - 1)


def _split(unit: nn.Module, f: Float[Tensor, "batch au"]) -> tuple[Tensor, ...]:
    """The weights (au) of a unit's inputs but f, and what f and the bias add (batch au).

    Of its inputs in the paper's order f is the second, the first being a mean of messages.
    """
    w_mean, w_f, *w_y_hat = unit.weight.unbind(-1)
    return (w_mean, *w_y_hat, w_f * f + unit.bias)
