"""What stands still through a whole run is computed once, however many runs share it.

Paper: Sec. 4.1.3: the filters of Table 4 are fixed in every step. The runs of a sweep that train
one module alone start from the same frozen others.
"""

import hashlib
from collections.abc import Mapping

from torch import nn

from dsin_lib.data.dataset import CachedData, Inputs, PatchData
from dsin_lib.model.dsin import DSIN
from dsin_lib.model.patch_prediction import Maps
from dsin_lib.runs.rows import Row
from dsin_lib.training.predict import last_output
from dsin_lib.training.stages import ALGORITHM_1

MOST = 12
"""Outputs that are kept: of three parts of four frozen networks, some hundred numbers a frame."""
_KNOWN: dict[str, Inputs] = {}
"""Outputs of this process by their key, the oldest first."""


def without_frozen(
    row: Row, modules: Mapping[str, nn.Module]
) -> tuple[dict[str, nn.Module], nn.Module | None]:
    """The modules that a row's steps train, and what of them never moves.

    Args:
        row: The row.
        modules: ``pi``, ``phi``, ``omega``, as far as the row needs them.

    Returns:
        ``modules`` without what never moves, and that, or none if everything moves.
    """
    moving = {group for step in ALGORITHM_1 if step.number in row.steps for group in step.trained}
    left = {group: module for group, module in modules.items() if group in moving}
    if row.fixed_filters:
        return left | {"pi": modules["pi"].heads()}, Maps(modules["pi"])
    if len(left) == len(modules):
        return left, None
    return left, DSIN(**{group: of for group, of in modules.items() if group not in left})


def inputs_of(frozen: nn.Module, data: PatchData) -> CachedData:
    """What modules that move are given in place of patches: the outputs of those that do not."""
    return CachedData(outputs(frozen, data), data.y)


def outputs(frozen: nn.Module, data: PatchData) -> Inputs:
    """:func:`dsin_lib.training.predict.last_output` of frozen modules.

    Equal modules are asked for equal frames once a process.
    """
    key = _key(frozen, data)
    if key not in _KNOWN:
        _KNOWN[key] = last_output(frozen, data)
        for oldest in list(_KNOWN)[:-MOST]:
            del _KNOWN[oldest]
    return _KNOWN[key]


def _key(frozen: nn.Module, data: PatchData) -> str:
    """Of every weight and buffer, of the files of the patches and of the rows read from them."""
    found = hashlib.sha256(repr(frozen).encode())
    for name, tensor in frozen.state_dict().items():
        found.update(name.encode() + tensor.cpu().contiguous().numpy().tobytes())
    for name, pixels in data.patches.items():
        found.update(f"{name} {pixels.filename} {pixels.shape}".encode())
    found.update(data.frames["row"].to_numpy().tobytes())
    return found.hexdigest()
