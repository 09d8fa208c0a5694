"""Patch prediction Pi: every patch predicts every Action Unit on its own.

Paper: Sec. 3.1, Eq. 5, Fig. 3a.
"""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import torch
from jaxtyping import Float
from torch import Tensor, nn

from dsin_lib.model.output import OutputLayer

FILTERS = (64, 64, 128, 256, 256, 512)
KERNEL, STRIDE = 4, 2
HIDDEN = 1024


def n_blocks(input_px: int) -> int:
    """How many convolutional blocks take an input down to one pixel.

    Reading: input-size. 224 pixels fit six blocks (224-111-54-26-12-5-1), 112 five, 56 four.

    >>> [n_blocks(px) for px in (56, 112, 224)]
    [4, 5, 6]
    """
    px, blocks = input_px, 0
    while px >= KERNEL:
        px, blocks = (px - KERNEL) // STRIDE + 1, blocks + 1
    if px != 1 or blocks > len(FILTERS):
        raise ValueError(
            f"input_px: expected a size that {KERNEL}x{KERNEL} convolutions of stride {STRIDE} "
            f"take to 1 pixel in at most {len(FILTERS)} blocks (56, 112, 224), got {input_px}"
        )
    return blocks


class PatchCNN(nn.Module):
    """Pi_i: the convolutional network of one patch.

    Paper: Fig. 3a; the numbers of filters are read from the first author's public code of April
    2018 (5.46 million parameters at 224 pixels and 12 Action Units). Reading: patch-cnn.

    Args:
        n_au: N, the Action Units predicted.
        input_px: Width and height of the patch in pixels.
    """

    def __init__(self, n_au: int, input_px: int) -> None:
        super().__init__()
        self.input_px = input_px
        widths = (3, *FILTERS[: n_blocks(input_px)])
        self.convolutions = nn.Sequential(
            *(_block(n_in, n_out) for n_in, n_out in pairwise(widths))
        )
        self.head = nn.Sequential(
            nn.Flatten(),
            nn.Linear(widths[-1], HIDDEN), nn.ReLU(),
            nn.Linear(HIDDEN, HIDDEN), nn.ReLU(),
            OutputLayer(HIDDEN, n_au), nn.Sigmoid(),
        )  # fmt: skip
        self.apply(_init)

    def forward(self, image: Float[Tensor, "batch 3 height width"]) -> Float[Tensor, "batch au"]:
        """Probabilities of all Action Units from one patch, pixels in 0..1."""
        return self.head(self.convolutions(image))

    def start_at(self, probability: Float[Tensor, " au"]) -> None:
        """Puts the output layer where it says about that probability on every frame."""
        self.head[-2].start_at(probability)


class PatchPrediction(nn.Module):
    """Pi: one independent :class:`PatchCNN` a patch.

    Args:
        n_au: N.
        input_px: Patch name to its width and height in pixels, in the order of the output.
    """

    def __init__(self, n_au: int, input_px: dict[str, int]) -> None:
        super().__init__()
        self.nets = nn.ModuleDict({name: PatchCNN(n_au, px) for name, px in input_px.items()})

    def forward(
        self,
        I: dict[str, Float[Tensor, "batch 3 _ _"]],  # noqa: E741
    ) -> Float[Tensor, "batch patch au"]:
        """p, the patches' probabilities."""
        return torch.stack([net(I[name]) for name, net in self.nets.items()], dim=1)

    def start_at(self, probability: Float[Tensor, " au"]) -> None:
        """As every patch network's."""
        for net in self.nets.values():
            net.start_at(probability)

    def heads(self) -> "PatchHeads":
        """The fully connected layers alone, the same modules and not copies."""
        return PatchHeads({name: net.head for name, net in self.nets.items()})


class Maps(nn.Module):
    """The convolutions of Pi alone: what the filters make of each patch.

    Args:
        pi: The whole of it; the modules are the same and not copies.
    """

    def __init__(self, pi: PatchPrediction) -> None:
        super().__init__()
        self.nets = nn.ModuleDict({name: net.convolutions for name, net in pi.nets.items()})

    def forward(
        self,
        I: dict[str, Float[Tensor, "batch 3 _ _"]],  # noqa: E741
    ) -> dict[str, Float[Tensor, "batch filter"]]:
        """One vector a patch: the input of :class:`PatchHeads`."""
        return {name: net(I[name]).flatten(1) for name, net in self.nets.items()}


class PatchHeads(nn.Module):
    """The fully connected layers of Pi, for convolutional filters that stand still.

    Paper: Sec. 4.1.3, DISFA: the filters are those of BP4D, "fixed throughout the rest of the
    training". What never moves need not be computed twice, so these layers train on the outputs
    of :class:`Maps`, cached once.

    Args:
        heads: Patch name to its layers, in the order of the output.
    """

    def __init__(self, heads: Mapping[str, nn.Module]) -> None:
        super().__init__()
        self.nets = nn.ModuleDict(heads)

    def forward(
        self, maps: dict[str, Float[Tensor, "batch filter"]]
    ) -> Float[Tensor, "batch patch au"]:
        """p, as :class:`PatchPrediction` would say it of the patches behind the maps."""
        return torch.stack([head(maps[name]) for name, head in self.nets.items()], dim=1)


class OnePerAU(nn.Module):
    """One network an Action Unit on one patch: the rows marked ``ind`` of Table 3.

    Args:
        aus: Column names of the Action Units.
        input_px: The one patch's name and its width and height in pixels.
    """

    def __init__(self, aus: Sequence[str], input_px: dict[str, int]) -> None:
        super().__init__()
        self.nets = nn.ModuleDict({au: PatchPrediction(1, input_px) for au in aus})

    def forward(
        self,
        I: dict[str, Float[Tensor, "batch 3 _ _"]],  # noqa: E741
    ) -> Float[Tensor, "batch patch au"]:
        """p, each Action Unit's from its own network."""
        return torch.cat([net(I) for net in self.nets.values()], dim=2)

    def start_at(self, probability: Float[Tensor, " au"]) -> None:
        """Each network at the probability of its own Action Unit."""
        for net, own in zip(self.nets.values(), probability.split(1), strict=True):
            net.start_at(own)


def _block(n_in: int, n_out: int) -> nn.Sequential:
    conv = nn.Conv2d(n_in, n_out, KERNEL, STRIDE, bias=False)  # batch norm brings the bias
    return nn.Sequential(conv, nn.BatchNorm2d(n_out), nn.ReLU())


def _init(module: nn.Module) -> None:
    """Step 0 of Algorithm 1, N(0, sigma^2). Reading: init-sigma (sigma^2 = 2 / fan-in)."""
    if isinstance(module, OutputLayer):
        return  # is no ReLU layer and has a sigma of its own
    if isinstance(module, nn.Conv2d | nn.Linear):
        nn.init.kaiming_normal_(module.weight)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
