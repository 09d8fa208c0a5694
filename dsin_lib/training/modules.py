"""Step 0 of Algorithm 1: the modules that a row needs, initialised or taken from earlier rows."""

from collections.abc import Mapping

import torch
from torch import nn

from dsin_lib.config import Config
from dsin_lib.data.store import Store
from dsin_lib.model.dsin import DSIN, GROUPS
from dsin_lib.model.fusion import Fusion
from dsin_lib.model.patch_prediction import OnePerAU, PatchPrediction
from dsin_lib.model.structure_inference import StructureInference
from dsin_lib.model.vgg import VGG16
from dsin_lib.runs.files import FILTERS
from dsin_lib.runs.rows import Row
from dsin_lib.runs.run import Run


def make_modules(config: Config, row: Row, aus: list[str], store: Store) -> dict[str, nn.Module]:
    """The groups that a row needs, freshly initialised.

    Args:
        config: What the row trains with.
        row: The row.
        aus: Column names of the Action Units that it predicts.
        store: Whose patches it sees.
    """
    sizes = {name: store.patch(name).shape[1] for name in row.patches}
    modules: dict[str, nn.Module] = {"pi": _patch_prediction(config, row, aus, sizes)}
    if max(row.steps) >= 2:
        modules["phi"] = Fusion(len(aus), len(sizes), config.fusion.hidden, config.fusion.depth)
    if max(row.steps) >= 4:
        structure = config.structure_inference
        modules["omega"] = StructureInference(
            len(aus),
            structure.n_iter,
            correction_factors=structure.correction_factors,
            initial_state=structure.initial_state,
            include_self=structure.include_self,
        )
    return modules


def load_weights(modules: Mapping[str, nn.Module], starts: list[dict[str, torch.Tensor]]) -> None:
    """Puts the weights of earlier rows in place; every tensor of a start must find its place."""
    tensors = {name: tensor for start in starts for name, tensor in start.items()}
    for group in GROUPS:
        own = {
            n.removeprefix(f"{group}."): t for n, t in tensors.items() if n.startswith(f"{group}.")
        }
        if own:
            modules[group].load_state_dict(own, strict=True)


def load_filters(pi: nn.Module, sources: list[dict[str, torch.Tensor]]) -> None:
    """Puts the convolutional filters of other networks in place, and nothing else of them.

    Batch normalisation comes with them; fully connected layers keep their fresh weights.
    Reading: transfer.
    """
    for source in sources:
        own = {n.removeprefix("pi."): t for n, t in source.items() if FILTERS in n}
        unknown = pi.load_state_dict(own, strict=False).unexpected_keys
        if unknown:
            raise ValueError(f"filters: expected those of this network, got {unknown}")


def _patch_prediction(config: Config, row: Row, aus: list[str], sizes: dict[str, int]) -> nn.Module:
    if row.network == "vgg":
        return VGG16(len(aus), sizes, config.vgg.width, config.vgg.weights)
    if row.network == "one_per_au":
        return OnePerAU(aus, sizes)
    return PatchPrediction(len(aus), sizes)


def model_of(run: Run, store: Store) -> DSIN:
    """The trained model of a run, in evaluation mode."""
    modules = make_modules(run.config, run.row, run.aus, store)
    load_weights(modules, [run.files.weights()])
    return DSIN(**modules).eval()
