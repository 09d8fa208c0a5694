"""Structure inference Omega: Action Units pass messages through a shared recurrent unit.

Paper: Sec. 3.3, Eqs. 6 to 10, Fig. 3c. Eq. 8 uses the messages of the same time step, so each step
has two phases: all messages first, then gates and predictions.
"""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dsin_lib.model.per_au import per_au

InitialState = Literal["f", "half", "zero"]
INITIAL_STATES = {
    "f": lambda f: f,
    "half": lambda f: torch.full_like(f, 0.5),
    "zero": torch.zeros_like,
}
"""m^0 and y_hat^0, on which the paper is silent. Reading: initial-state."""


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
        y_hat_steps, chi_steps = [], []
        for _ in range(self.n_iter):
            m = self.message(torch.stack([self._mean(m), f, y_hat], -1)).sigmoid()  # Eq. 7
            if self.gate is None:
                chi, received = torch.ones_like(m), self._mean(m)
            else:
                chi = self.gate(torch.stack([self._mean(m), f, y_hat], -1)).sigmoid()  # Eq. 8
                received = (chi * self._mean(m) + self._mean(chi * m)) / 2  # Eq. 9, its mean over i
            y_hat = self.predict(torch.stack([received, f], -1)).sigmoid()  # Eq. 10
            y_hat_steps.append(y_hat)
            chi_steps.append(chi)
        return {
            "y_hat": y_hat,
            "y_hat_steps": torch.stack(y_hat_steps, 1),
            "chi": torch.stack(chi_steps, 1),
        }

    def _mean(self, x: Float[Tensor, "batch au"]) -> Float[Tensor, "batch au"]:
        """Mu of Eqs. 7 to 10 over the senders, for each receiver."""
        mean = x.mean(-1, keepdim=True)
        if self.include_self:
            return mean.expand_as(x)
        return (mean * x.shape[-1] - x) / (x.shape[-1] - 1)
