"""Fusion Phi: for each Action Unit, a small network over its predictions from all patches.

Paper: Sec. 3.2, Fig. 3b.
"""

from itertools import pairwise

from jaxtyping import Float
from torch import Tensor, nn

from dsin_lib.model.output import OUTPUT_SIGMA, start_bias_at
from dsin_lib.model.per_au import per_au


class Fusion(nn.Module):
    """Phi_j, j = 1..N: fully connected layers over s_j, each followed by a sigmoid.

    The N networks share no weight and see no other Action Unit; EinMix holds them in one array a
    layer, axis ``au`` first. Reading: fusion-depth.

    Args:
        n_au: N.
        n_patch: P, the length of each s_j; six with the face.
        hidden: Units of a hidden layer.
        depth: Hidden layers.
    """

    def __init__(self, n_au: int, n_patch: int, hidden: int = 64, depth: int = 1) -> None:
        super().__init__()
        widths = (n_patch, *(hidden,) * depth)
        layers = [
            layer
            for n_in, n_out in pairwise(widths)
            for layer in (per_au(n_au, n_in, n_out), nn.Sigmoid())
        ]
        output = per_au(n_au, hidden, 1, sigma=OUTPUT_SIGMA)
        self.phi = nn.Sequential(*layers, output, nn.Sigmoid())

    def forward(self, p: Float[Tensor, "batch patch au"]) -> Float[Tensor, "batch au"]:
        """f, one probability an Action Unit."""
        s = p.mT  # s_j: the j-th Action Unit's predictions from all patches
        return self.phi(s).squeeze(-1)

    def start_at(self, probability: Float[Tensor, " au"]) -> None:
        """Puts the output layer where it says about that probability on every frame."""
        start_bias_at(self.phi[-2].bias, probability)
