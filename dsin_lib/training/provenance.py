"""What made a run, so that a reader can ask of any number where it came from."""

import datetime
import importlib.metadata
import platform
from collections.abc import Mapping

import numpy as np
import pandas as pd
import torch
from fastai.basics import default_device
from jaxtyping import Float

from dsin_lib.config import digest
from dsin_lib.data.dataset import PatchData
from dsin_lib.data.store import Store
from dsin_lib.version import code_version

LIBRARIES = (
    "torch",
    "fastai",
    "numpy",
    "pandas",
    "scikit-learn",
    "dlib-bin",
    "opencv-python-headless",
)


def provenance(
    store: Store,
    data: Mapping[str, PatchData],
    histories: list[pd.DataFrame],
    seed: int,
    frozen: tuple[float, float],
    aus: list[str],
    numbers: int,
) -> dict:
    """Code version, data hash, library versions, seed, machine, seconds, sizes of split and model.

    Seconds are listed by step of Algorithm 1; those of step 0 are ``frozen``, by the clock and of
    the processor: what it took to compute the outputs of modules that stand still in all steps,
    next to nothing where an earlier run of the same process had asked for them.
    """
    return {
        "code": code_version(),
        "data": digest(store.record),
        "libraries": {name: importlib.metadata.version(name) for name in LIBRARIES},
        "seed": seed,
        "machine": machine(),
        "threads": torch.get_num_threads(),
        "finished": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "seconds": {0: round(frozen[0], 1), **_by_step(histories, "step_seconds")},
        "cpu_seconds": {0: round(frozen[1], 1), **_by_step(histories, "step_cpu_seconds")},
        "epochs": _epochs(histories),
        "numbers": numbers,
        "frames": {part: len(of) for part, of in data.items()},
        "prevalence": dict(zip(aus, _prevalence(data["train"].y), strict=True)),
        "subjects": {part: sorted(of.frames["subject"].unique()) for part, of in data.items()},
    }


def _prevalence(y: Float[torch.Tensor, "frame au"]) -> list[float]:
    """Share of coded frames in which each unit is active; none where no frame is coded."""
    return [None if np.isnan(share) else float(share) for share in y.nanmean(0).tolist()]


def _by_step(histories: list[pd.DataFrame], column: str) -> dict[int, float]:
    """Summed over networks that were trained one after another in the same step."""
    total: dict[int, float] = {}
    for one in histories:
        step = int(one["step"].iloc[0])
        total[step] = round(total.get(step, 0.0) + float(one[column].iloc[0]), 1)
    return total


def _epochs(histories: list[pd.DataFrame]) -> dict[int, int]:
    trained = pd.concat(histories).query("epoch > 0")  # epoch 0 is what a step came with
    return trained.groupby("step").size().to_dict()


def machine() -> dict[str, str]:
    """Processor, system and device; no name of a user or a host."""
    device = default_device()
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else platform.processor()
    return {"system": platform.system(), "processor": platform.machine(), "device": name or "cpu"}
