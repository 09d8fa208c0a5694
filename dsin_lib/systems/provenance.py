"""What made a run, so that a reader can ask of any number where it came from."""

import datetime
import importlib.metadata
import platform
from collections.abc import Mapping

import numpy as np
import torch
from fastai.basics import default_device
from jaxtyping import Float

from dsin_lib.config import digest
from dsin_lib.data.dataset import PatchData
from dsin_lib.data.store import Store
from dsin_lib.runs.code import computing_code
from dsin_lib.runs.run import Run
from dsin_lib.systems.door import Left
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
    run: Run, store: Store, parts: Mapping[str, PatchData], point: float, left: Left
) -> dict:
    """Code, data, library versions, seed, machine, seconds, sizes of split and model.

    ``code`` is the commit, ``computing_code`` the digest of the modules that compute the run,
    ``point`` the operating point of its scores.
    """
    return {
        "code": code_version(),
        "computing_code": computing_code(run.row.system),
        "data": digest(store.record),
        "libraries": {name: importlib.metadata.version(name) for name in LIBRARIES},
        "seed": run.seed,
        "machine": machine(),
        "threads": torch.get_num_threads(),
        "finished": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "seconds": dict(left.seconds),
        "cpu_seconds": dict(left.cpu_seconds),
        "epochs": dict(left.epochs),
        "numbers": left.numbers,
        "point": point,
        "frames": {part: len(of) for part, of in parts.items()},
        "prevalence": dict(zip(run.aus, _prevalence(parts["train"].y), strict=True)),
        "subjects": {part: sorted(of.frames["subject"].unique()) for part, of in parts.items()},
    }


def _prevalence(y: Float[torch.Tensor, "frame au"]) -> list[float]:
    """Share of coded frames in which each unit is active; none where no frame is coded."""
    return [None if np.isnan(share) else float(share) for share in y.nanmean(0).tolist()]


def machine() -> dict[str, str]:
    """Processor, system and device; no name of a user or a host."""
    device = default_device()
    name = torch.cuda.get_device_name(device) if device.type == "cuda" else platform.processor()
    return {"system": platform.system(), "processor": platform.machine(), "device": name or "cpu"}
