"""VGG-16: the trunk of configuration D, its weights from a file, its size on a CPU profile."""

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from dsin_lib.model.vgg import VGG16
from dsin_lib.training.modules import load_weights


def only_shapes(*args, **kwargs):
    """A network of the full size without the hundred million numbers of its tensors."""
    with torch.device("meta"):
        return VGG16(*args, **kwargs)


def convolutions(net):
    return [layer for layer in net.features if isinstance(layer, nn.Conv2d)]


@pytest.fixture(scope="module")
def weights(tmp_path_factory):
    """A file of random tensors in the usual names of the whole trunk."""
    torch.manual_seed(1)
    trunk = only_shapes(2, {"face": 32}, weights=None)
    shapes = iter(layer.weight.shape for layer in convolutions(trunk))
    tensors, index = {}, 0
    for size in (1, 1, 0, 2, 2, 0, 4, 4, 4, 0, 8, 8, 8, 0, 8, 8, 8, 0):
        if size:
            shape = next(shapes)
            tensors[f"features.{index}.weight"] = torch.randn(shape)
            tensors[f"features.{index}.bias"] = torch.randn(shape[0])
        index += 2 if size else 1
    path = tmp_path_factory.mktemp("weights") / "vgg_face.safetensors"
    save_file({**tensors, "classifier.6.weight": torch.zeros(2622, 4096)}, path)
    return path, tensors


def test_the_trunk_has_vgg_16_s_filters_and_parameters():
    net = only_shapes(12, {"face": 224})
    widths = [layer.out_channels for layer in convolutions(net)]
    assert widths == [64] * 2 + [128] * 2 + [256] * 3 + [512] * 6
    count = sum(p.numel() for layer in convolutions(net) for p in layer.parameters())
    assert count == 14_714_688  # thirteen convolutions with their biases, as published


@pytest.mark.parametrize(("px", "width"), [(112, 8), (224, 8)])
def test_it_takes_both_sizes_of_a_face(px, width):
    net = VGG16(12, {"face": px}, width).eval()
    p = net({"face": torch.rand(2, 3, px, px)})
    assert p.shape == (2, 1, 12) and p.min() > 0 and p.max() < 1


def test_weights_come_from_a_file_and_the_head_stays_new(weights):
    path, tensors = weights
    torch.manual_seed(0)
    net = VGG16(3, {"face": 32}, weights=path)
    assert torch.equal(net.features[0].weight, tensors["features.0.weight"])
    assert torch.equal(net.features[28].bias, tensors["features.28.bias"])
    assert not any(isinstance(layer, nn.BatchNorm2d) for layer in net.features)
    torch.manual_seed(0)
    assert torch.equal(net.head[-2].weight, VGG16(3, {"face": 32}, weights=path).head[-2].weight)


def into_the_first_convolution(net, x):
    seen = []
    with net.features[0].register_forward_pre_hook(lambda _, inputs: seen.append(inputs[0])):
        net({"face": x})
    return seen[0]


def test_with_weights_the_trunk_gets_rgb_of_0_to_255_less_vgg_face_s_mean(weights):
    net = VGG16(3, {"face": 32}, weights=weights[0]).eval()
    x = torch.rand(2, 3, 32, 32)
    given = into_the_first_convolution(net, x)
    for channel, mean in enumerate((129.1863, 104.7624, 93.5940)):
        torch.testing.assert_close(given[:, channel], x[:, channel] * 255 - mean)


def test_from_scratch_the_trunk_gets_exactly_the_face():
    x = torch.rand(2, 3, 32, 32)
    assert into_the_first_convolution(VGG16(3, {"face": 32}, 8).eval(), x) is x


def test_a_trained_network_built_again_sees_faces_as_it_did(weights):
    """The mean is not among the tensors of a run: whoever builds the network has it again."""
    first, again = (VGG16(3, {"face": 32}, weights=weights[0]).eval() for _ in range(2))
    kept = {f"pi.{name}": tensor for name, tensor in first.state_dict().items()}
    assert {name.split(".")[1] for name in kept} == {"features", "head"}
    load_weights({"pi": again}, [kept])
    x = {"face": torch.rand(2, 3, 32, 32)}
    assert torch.equal(first(x), again(x))
    scratch = only_shapes(3, {"face": 32}).state_dict()
    assert {name.split(".")[0] for name in scratch} == {"features", "head"}


def test_a_file_that_lacks_a_tensor_is_refused_by_its_name(weights, tmp_path):
    _, tensors = weights
    path = tmp_path / "short.safetensors"
    save_file({n: t for n, t in tensors.items() if n != "features.5.bias"}, path)
    with pytest.raises(ValueError, match=r"short.safetensors: features.5.bias: expected .*128"):
        VGG16(3, {"face": 32}, weights=path)


@pytest.mark.parametrize("content", [None, b"no tensors"])
def test_a_path_without_weights_is_refused_by_name(tmp_path, content):
    path = tmp_path / "wrong.safetensors"
    if content:
        path.write_bytes(content)
    with pytest.raises(ValueError, match=r"vgg.weights: expected a safetensors file.*wrong"):
        VGG16(3, {"face": 32}, weights=path)
