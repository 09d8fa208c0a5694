"""DSIN: patch prediction, fusion and structure inference composed.

Paper: Sec. 3, Fig. 2; the three terms of Eq. 4.
"""

from jaxtyping import Float
from torch import Tensor, nn

from dsin_lib.model.fusion import Fusion
from dsin_lib.model.structure_inference import StructureInference

GROUPS = ("pi", "phi", "omega")
"""The three groups of parameters that Algorithm 1 freezes and trains."""


class DSIN(nn.Module):
    """Pi, then Phi, then Omega, as far as they are given.

    Each output is there when its module is: ``p`` (batch patch au) from ``pi``, ``f`` (batch au)
    from ``phi``, ``y_hat`` (batch au), ``y_hat_steps`` and ``chi`` (batch iter au) from ``omega``.
    A module may be left out: steps 1 to 3 of Algorithm 1 have no structure inference yet, and
    steps 2 and 4 start from cached outputs of frozen modules.

    Args:
        pi: Patch prediction, or a part or rival of it that gives p; without it the input already
            is p, or f.
        phi: Fusion; without it and without ``pi`` the input already is f.
        omega: Structure inference.
    """

    def __init__(
        self,
        pi: nn.Module | None = None,
        phi: Fusion | None = None,
        omega: StructureInference | None = None,
    ) -> None:
        super().__init__()
        self.pi, self.phi, self.omega = pi, phi, omega

    def forward(
        self, x: dict[str, Float[Tensor, "batch ..."]] | Float[Tensor, "batch ..."]
    ) -> dict[str, Tensor]:
        """All supervised outputs: p, f, y_hat, y_hat_steps, chi, as far as the modules go."""
        out: dict[str, Tensor] = {}
        if self.pi is not None:
            out["p"] = x = self.pi(x)
        if self.phi is not None:
            out["f"] = x = self.phi(x)
        if self.omega is not None:
            out |= self.omega(x)
        return out
