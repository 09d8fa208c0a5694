"""VGG-16 with a new head, the baseline of Table 3's first row.

Paper: Sec. 4.2.1, VGG(face)^ft, a network trained to tell people apart and tuned to Action Units.
Source of the trunk: Simonyan and Zisserman, Very Deep Convolutional Networks for Large-Scale Image
Recognition, 2015, configuration D.
"""

from pathlib import Path

import torch
from jaxtyping import Float
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from dsin_lib.model.output import OutputLayer

POOL = 0
TRUNK = (1, 1, POOL, 2, 2, POOL, 4, 4, 4, POOL, 8, 8, 8, POOL, 8, 8, 8, POOL)
"""Filters of each 3 x 3 convolution, in units of the first one's (64), and where it pools."""
N_POOL = TRUNK.count(POOL)
FACE_MEAN = (129.1863, 104.7624, 93.5940)
"""Of VGG-Face's training pixels: red, green, blue, 0..255.

Source: the model that Parkhi, Vedaldi and Zisserman, Deep Face Recognition, 2015, gave out for
MatConvNet.
"""


class VGG16(nn.Module):
    """The thirteen convolutions of VGG-16 and three fully connected layers for N Action Units.

    Weights of a face network are not free to pass on: whoever has them names their file, and
    ``features.0.weight`` ... are read from it. From scratch, every convolution is followed by
    batch normalisation, without which a network so deep hardly starts to learn. Reading: vgg.

    Convention: the face comes as RGB, 0..1. From scratch the first convolution gets just that;
    with weights it gets what VGG-Face was trained on, RGB, 0..255, less :data:`FACE_MEAN`, as in
    MatConvNet's model and what was converted from it. Caffe's, and Keras' from it, want BGR, which
    neither a name nor a shape shows: a file made from them must hold ``features.0.weight`` with its
    input channels turned round, ``weight.flip(1)``.

    Args:
        n_au: N.
        input_px: The face's name and its width and height in pixels.
        width: Filters of the first block; 64 is VGG-16, less is a narrower network of its shape.
        weights: File of the trunk's weights, its input channels in the order R, G, B; none: from
            scratch.

    Raises:
        ValueError: The file does not hold the trunk; names the tensor.
    """

    def __init__(
        self, n_au: int, input_px: dict[str, int], width: int = 64, weights: Path | None = None
    ) -> None:
        super().__init__()
        ((self.patch, px),) = input_px.items()
        mean = None if weights is None else torch.tensor(FACE_MEAN)[:, None, None]
        self.register_buffer("mean", mean, persistent=False)  # a constant, not a weight
        self.features = nn.Sequential(*_trunk(width, batch_norm=weights is None))
        hidden, flat = 64 * width, 8 * width * (px >> N_POOL) ** 2
        self.head = nn.Sequential(
            nn.Flatten(),
            nn.Linear(flat, hidden), nn.ReLU(), nn.Dropout(),
            nn.Linear(hidden, hidden), nn.ReLU(), nn.Dropout(),
            OutputLayer(hidden, n_au), nn.Sigmoid(),
        )  # fmt: skip
        self.apply(_init)
        if weights is not None:
            load_trunk(self.features, weights)

    def forward(
        self,
        I: dict[str, Float[Tensor, "batch 3 _ _"]],  # noqa: E741
    ) -> Float[Tensor, "batch 1 au"]:
        """The probabilities p of the face alone."""
        x = I[self.patch]
        if self.mean is not None:
            x = 255 * x - self.mean
        return self.head(self.features(x))[:, None]

    def start_at(self, probability: Float[Tensor, " au"]) -> None:
        """As a patch network's."""
        self.head[-2].start_at(probability)


def load_trunk(features: nn.Sequential, path: Path) -> None:
    """Fills the convolutions from a file of tensors named as in torchvision's VGG-16.

    Raises:
        ValueError: No such file, or a tensor is missing or of another shape.
    """
    try:
        tensors = load_file(path.expanduser())
    except (OSError, SafetensorError) as error:
        raise ValueError(f"vgg.weights: expected a safetensors file, got {path}: {error}") from None
    own = features.state_dict()
    for name, tensor in own.items():
        given = tensors.get(f"features.{name}")
        if given is None or given.shape != tensor.shape:
            got = "none" if given is None else tuple(given.shape)
            raise ValueError(
                f"{path}: features.{name}: expected a tensor {tuple(tensor.shape)}, got {got}"
            )
        own[name] = given
    features.load_state_dict(own)


def _trunk(width: int, *, batch_norm: bool) -> list[nn.Module]:
    layers: list[nn.Module] = []
    n_in = 3
    for size in TRUNK:
        if size == POOL:
            layers.append(nn.MaxPool2d(2))
            continue
        n_out = size * width
        norm = [nn.BatchNorm2d(n_out)] if batch_norm else []
        layers += [nn.Conv2d(n_in, n_out, 3, padding=1), *norm, nn.ReLU()]
        n_in = n_out
    return layers


def _init(module: nn.Module) -> None:
    """As the patch CNN's. Reading: init-sigma."""
    if isinstance(module, OutputLayer):
        return
    if isinstance(module, nn.Conv2d | nn.Linear):
        nn.init.kaiming_normal_(module.weight)
        nn.init.zeros_(module.bias)
