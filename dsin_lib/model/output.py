"""Output layers of networks that are yet to learn: they begin where knowing nothing ends.

A sigmoid unit under squared error learns through p (1 - p). An output layer with the sigma of ReLU
layers starts far out on the sigmoid; a few steps of Adam then carry whole units to 0 or 1 on every
frame, where that factor is nothing and no error brings them back. So an output layer starts close
to one probability on every frame, the best that there is without looking at the face.

Source: Lin et al., *Focal Loss for Dense Object Detection*, ICCV 2017, Sec. 4.1: output weights
from N(0, 0.01^2), biases at the log odds of a prior; sigma as Krizhevsky et al., NIPS 2012.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

OUTPUT_SIGMA = 0.01
"""Step 0 of Algorithm 1 for the output layers of patches and fusion: N(0, sigma^2), sigma unstated.
Eq. 10 of structure inference keeps the sigma of its module. Reading: init-sigma."""


class OutputLayer(nn.Linear):
    """The layer before the last sigmoid, one output an Action Unit."""

    def reset_parameters(self) -> None:
        """Weights from N(0, 0.01^2), biases 0."""
        nn.init.normal_(self.weight, std=OUTPUT_SIGMA)
        nn.init.zeros_(self.bias)

    def start_at(self, probability: Float[Tensor, " au"]) -> None:
        """Puts the biases where the outputs are about ``probability`` on every frame."""
        start_bias_at(self.bias, probability)


@torch.no_grad()
def start_bias_at(bias: Float[Tensor, "au ..."], probability: Float[Tensor, " au"]) -> None:
    """Puts the biases of an output layer at the log odds of a probability each."""
    bias.copy_(probability.logit().reshape(bias.shape))
