"""Mini-batches of a split: patches of the store, or cached outputs of a frozen module."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from dsin_lib.data.folds import Split
from dsin_lib.data.store import Store

Batch = tuple[dict[str, Tensor] | Tensor, Tensor]


@dataclass(frozen=True)
class PatchData:
    """Frames of one split with their patches, read from disk a mini-batch at a time.

    Attributes:
        frames: The split's part of the frames table, one line a frame that has patches.
        patches: Patch name to its memory-mapped array, (row height width 3), 0..255.
        y: Labels 0, 1 or nan where not coded.
    """

    frames: pd.DataFrame
    patches: Mapping[str, UInt8[np.ndarray, "row _ _ 3"]]
    y: Float[Tensor, "frame au"]

    def __len__(self) -> int:
        return len(self.frames)

    def batch(self, items: Sequence[int]) -> Batch:
        """Patches as bytes, channels last in memory, and labels."""
        rows = self.frames["row"].to_numpy()[items]
        images = {
            name: torch.from_numpy(pixels[rows]).permute(0, 3, 1, 2)
            for name, pixels in self.patches.items()
        }
        return images, self.y[items]


@dataclass(frozen=True)
class CachedData:
    """Outputs of a frozen module in place of patches: what steps 2 and 4 train on.

    Attributes:
        x: One output, or one a patch.
        y: Labels 0, 1 or nan where not coded.
    """

    x: Float[Tensor, "frame ..."] | dict[str, Float[Tensor, "frame ..."]]
    y: Float[Tensor, "frame au"]

    def __len__(self) -> int:
        return len(self.y)

    def batch(self, items: Sequence[int]) -> Batch:
        """Cached outputs and labels."""
        if isinstance(self.x, dict):
            return {name: x[items] for name, x in self.x.items()}, self.y[items]
        return self.x[items], self.y[items]


Data = PatchData | CachedData


def split_data(
    store: Store, split: Split, patches: Sequence[str], aus: Sequence[str]
) -> dict[str, PatchData]:
    """``train``, ``valid`` and ``test`` of a fold; frames without a face are in none of them."""
    arrays = {name: store.patch(name) for name in patches}
    parts = {}
    for part in ("train", "valid", "test"):
        frames = store.usable(getattr(split, part))
        if frames.empty:
            raise ValueError(f"no usable frame of the {part} subjects {getattr(split, part)}")
        y = torch.from_numpy(frames[list(aus)].to_numpy(np.float32, na_value=np.nan))
        parts[part] = PatchData(frames, arrays, y)
    return parts


def as_input(x: dict[str, Tensor] | Tensor) -> dict[str, Tensor] | Tensor:
    """Bytes to 0..1 on the device that they are on; cached outputs unchanged."""
    if isinstance(x, dict):
        return {name: as_input(one) for name, one in x.items()}
    return x.float().div_(255) if x.dtype == torch.uint8 else x
