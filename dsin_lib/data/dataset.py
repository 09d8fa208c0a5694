"""Mini-batches of a split: patches of the store, on disk or on a GPU, or cached outputs."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from jaxtyping import Float, Float32, Int, UInt8
from torch import Tensor

from dsin_lib.data.beside import Feature, Rows
from dsin_lib.data.folds import Split
from dsin_lib.data.store import Store

Inputs = dict[str, Tensor] | Tensor
"""One tensor a patch, or one for all: what a model is called with."""
Batch = tuple[Inputs, Tensor]
ROOM = 0.5
"""Share of a GPU's memory that patches may fill; networks need the rest."""
SHARED_BY = "DSIN_RUNS_ON_CARD"
"""Variable that says how many trainings share a GPU; none: this one has it to itself."""


@dataclass(frozen=True)
class PatchData:
    """Frames of one split with their patches, read from disk a mini-batch at a time.

    Attributes:
        frames: The split's part of the frames table, one line a frame that has patches.
        patches: Patch name to its memory-mapped array, (row height width 3), 0..255.
        y: Labels 0, 1 or nan where not coded.
        store: What they are of: their landmarks and features; none for patches of no store.
    """

    frames: pd.DataFrame
    patches: Mapping[str, UInt8[np.ndarray, "row _ _ 3"]]
    y: Float[Tensor, "frame au"]
    store: Store | None = None

    def __len__(self) -> int:
        return len(self.frames)

    @property
    def rows(self) -> Int[np.ndarray, " frame"]:
        """The place of every frame in the store's arrays."""
        return self.frames["row"].to_numpy()

    @property
    def landmarks(self) -> Float32[np.ndarray, "frame 68 2"]:
        """68 landmarks of every frame, pixels (x, y) of the 224 px aligned face."""
        return np.asarray(self.store.aligned_landmarks[self.rows])

    def feature(self, feature: Feature) -> Rows:
        """A feature of every frame, on disk until it is indexed.

        Raises:
            StoreError: It is missing or damaged; names the file and what makes it.
        """
        return Rows(feature.of(self.store), self.rows)

    def batch(self, items: Sequence[int]) -> Batch:
        """Patches as bytes, channels last in memory, and labels."""
        rows = self.rows[items]
        images = {
            name: torch.from_numpy(pixels[rows]).permute(0, 3, 1, 2)
            for name, pixels in self.patches.items()
        }
        return images, self.y[items]

    def nbytes(self) -> int:
        """Bytes of all its patches."""
        return sum(pixels[:1].nbytes * len(self) for pixels in self.patches.values())


@dataclass(frozen=True)
class ResidentData:
    """Frames of one split whose patches lie as bytes on the device that trains.

    A mini-batch is gathered there: nothing but its frames' numbers crosses over.

    Attributes:
        frames: As of :class:`PatchData`.
        patches: Patch name to its pixels, 0..255, one a line of ``frames``.
        y: Labels 0, 1 or nan where not coded.
    """

    frames: pd.DataFrame
    patches: Mapping[str, UInt8[Tensor, "frame _ _ 3"]]
    y: Float[Tensor, "frame au"]

    def __len__(self) -> int:
        return len(self.frames)

    def batch(self, items: Sequence[int]) -> Batch:
        """The same as :meth:`PatchData.batch`, on the device."""
        chosen = torch.as_tensor(items, device=self.y.device)
        images = {name: of[chosen].permute(0, 3, 1, 2) for name, of in self.patches.items()}
        return images, self.y[chosen]


def resident(data: PatchData, device: torch.device) -> ResidentData:
    """Copies the patches of a split to a device, once."""
    rows = data.rows
    patches = {name: torch.from_numpy(of[rows]).to(device) for name, of in data.patches.items()}
    return ResidentData(data.frames, patches, data.y.to(device))


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

    def to(self, device: torch.device) -> "CachedData":
        """All of it on a device."""
        if isinstance(self.x, dict):
            return CachedData({k: of.to(device) for k, of in self.x.items()}, self.y.to(device))
        return CachedData(self.x.to(device), self.y.to(device))


Data = PatchData | ResidentData | CachedData


def on_device(parts: Mapping[str, Data], device: torch.device) -> dict[str, Data]:
    """The parts of a split where the training is: on a GPU, if this training's share has the room.

    Cached outputs always go there. Patches go with all parts together, or stay on disk.
    """
    if device.type == "cpu":
        return dict(parts)
    needed = sum(of.nbytes() for of in parts.values() if isinstance(of, PatchData))
    fits = device.type != "cuda" or needed <= room(device)
    return {
        part: (resident(of, device) if fits else of) if isinstance(of, PatchData) else of.to(device)
        for part, of in parts.items()
    }


def room(device: torch.device) -> float:
    """Bytes of a GPU that the patches of one training may fill."""
    _, total = torch.cuda.mem_get_info(device)
    return ROOM * total / int(os.environ.get(SHARED_BY, 1))


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
        parts[part] = PatchData(frames, arrays, y, store)
    return parts


def as_input(x: Inputs) -> Inputs:
    """Bytes to 0..1 on the device that they are on; cached outputs unchanged."""
    if isinstance(x, dict):
        return {name: as_input(one) for name, one in x.items()}
    return x.float().div_(255) if x.dtype == torch.uint8 else x
