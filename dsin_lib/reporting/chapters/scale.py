"""How small a profile is: what it takes less of than the profile of the paper's sizes."""

import pandas as pd

from dsin_lib.config import Config, load_config

WHOLE = "paper"
SIZES = {
    "frames of a sequence, at most": "corpus.frames_per_sequence",
    "one of them kept of every": "corpus.stride",
    "width of a face (pixels)": "preprocessing.face_px",
    "epochs of a patch network (step 1)": "patch_prediction.max_epochs",
    "of fusion, or of structure inference, alone (steps 2, 4)": "training.max_cached_epochs",
    "of patches and fusion (step 3)": "fusion.max_joint_epochs",
    "of everything (step 5)": "structure_inference.max_joint_epochs",
    "filters in VGG's first block": "vgg.width",
    "folds": "evaluation.folds",
    "seeds": "evaluation.seeds",
}
"""What it is called, and the parameter. Epochs are the most that early stopping may use."""


def beside_paper(config: Config) -> pd.DataFrame:
    """Every size of a profile beside that of the profile ``paper``."""
    both = {"this profile": config, f"profile {WHOLE}": load_config(WHOLE)}
    return pd.DataFrame(
        {name: {words: _size(one, of) for words, of in SIZES.items()} for name, one in both.items()}
    )


def _size(config: Config, parameter: str) -> str:
    section, name = parameter.split(".")
    value = getattr(getattr(config, section), name)
    return str(len(value) if isinstance(value, tuple | list) else value)
