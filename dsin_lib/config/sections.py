"""The sections of a config, typed and frozen: every constant of a replication, and its range.

``Reading:`` marks a choice that the paper leaves open.
"""

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator

from dsin_lib.config.section import Positive, Section, Seed


class Preprocessing(Section):
    """From image to aligned patches. Paper: Sec. 4.1.2, Fig. 4."""

    alignment: Literal["similarity", "affine"] = "similarity"  # Reading: alignment
    patch_crop: Literal["box", "fixed"] = "box"  # Reading: patch-crop
    face_px: Literal[112, 224] = 224  # Reading: input-size
    patch_px: Literal[56] = 56
    upsample: int = Field(0, ge=0, le=2, description="doublings of the image before detection")


class PatchPrediction(Section):
    """Pi and step 1 of Algorithm 1. Paper: Sec. 3.1, Fig. 3a."""

    class_balancing: bool = True
    max_epochs: Positive = Field(30, description="of step 1, on patches")


class VGG(Section):
    """VGG-16 with a new head: the first row of Table 3. Paper: Sec. 4.2.1."""

    width: Literal[8, 16, 32, 64] = Field(64, description="filters of its first block; VGG-16: 64")
    weights: Path | None = Field(
        None, description="safetensors file to start from (VGG-Face); none: from scratch"
    )

    @field_validator("weights")
    @classmethod
    def _of_the_whole_width(cls, value: Path | None, info: Any) -> Path | None:
        if value is not None and info.data.get("width") != 64:
            raise ValueError("weights have 64 filters in their first block: say width: 64")
        if value is not None and not value.expanduser().is_absolute():
            raise ValueError("expected an absolute path")
        return value


class Fusion(Section):
    """Phi and steps 2 and 3 of Algorithm 1. Paper: Sec. 3.2, Fig. 3b."""

    hidden: Positive = 64
    depth: Literal[1, 2] = Field(1, description="hidden layers")  # Reading: fusion-depth
    max_joint_epochs: Positive = Field(10, description="of step 3")


class StructureInference(Section):
    """Omega and steps 4 and 5 of Algorithm 1. Paper: Sec. 3.3, Fig. 3c."""

    n_iter: int = Field(10, ge=1, le=50, description="T")
    correction_factors: bool = True
    initial_state: Literal["f", "half", "zero"] = "f"  # Reading: initial-state
    include_self: bool = True  # Reading: message-mean
    chi_penalty: float = Field(5e-3, ge=0, description="r")  # Reading: chi-penalty-scale
    chi_penalty_form: Literal["l1", "l2", "saturation"] = "l1"  # Reading: chi-penalty
    w_pi: float = Field(0.25, ge=0, description="w1 of step 5")
    w_phi: float = Field(0.25, ge=0, description="w2 of step 5")
    w_omega: float = Field(0.5, ge=0, description="w3 of step 5")
    max_joint_epochs: Positive = Field(10, description="of step 5")


class Training(Section):
    """What every step shares. Paper: Sec. 4.1.3."""

    learning_rate: float = Field(1e-3, gt=0, le=1)
    batch_size: Positive = 64
    patience: Positive = Field(
        5, description="epochs without a better score of held-out subjects that end a training"
    )  # Reading: patience
    patience_cached: Positive = Field(
        20,
        description="the same where inputs are cached outputs of frozen modules: steps 2 and 4, "
        "Table 4's heads; with 5, 10, 20 and 50 step 4 found one minimum, and no later one in 1500 "
        "epochs without an end",
    )  # Reading: patience
    max_cached_epochs: Positive = Field(
        1000, description="of such a step; a guard, since the longest that was seen took 645"
    )
    valid_fraction: float = Field(
        0.2, gt=0, lt=1, description="of the training subjects, for early stopping"
    )
    stop_on: Literal["held_out", "test"] = Field(
        "held_out", description="which subjects end a training; test: test-fold selection"
    )  # Reading: early-stopping
    stop_by: Literal["ranking", "loss"] = Field(
        "ranking",
        description="score of those subjects that chooses the epoch of a step that trains patch "
        "networks: area under the ROC curve, or the loss, by which all other steps go",
    )  # Reading: stopping-score
    threads: Positive = Field(1, description="CPU threads of one training; several run at once")


class Evaluation(Section):
    """Folds and scores. Paper: Sec. 4.1.3 and 4.1.4."""

    fold_lists: Literal["field", "author"] = "field"  # Reading: folds
    folds: tuple[Literal[1, 2, 3], ...] = Field((1, 2, 3), min_length=1)
    seeds: tuple[Seed, ...] = Field((0,), min_length=1)
    more_seeds: tuple[Seed, ...] = Field(
        (), description="of the main rows again, on the first fold: how far does a seed move them?"
    )
    main_seeds: tuple[Seed, ...] = Field(
        (), description="of the main rows of both tables again, on every fold"
    )
    claim_seeds: tuple[Seed, ...] = Field(
        (), description="of every row that a claim of the paper names again, on every fold"
    )
    tau: float = Field(0.5, gt=0, lt=1, description="decision threshold")
    thresholds_from: Literal["held_out", "test"] = Field(
        "held_out", description="whose frames choose tuned thresholds; test: test-fold selection"
    )  # Reading: threshold-set

    @field_validator("folds", "seeds", "more_seeds", "main_seeds", "claim_seeds")
    @classmethod
    def _no_repeats(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if len(set(value)) < len(value):
            raise ValueError("names one twice")
        return value


class Reporting(Section):
    """What the book may show."""

    publishable_subjects: tuple[str, ...] = Field(
        (), description="of a licensed corpus, whose images its agreement lets you publish"
    )
    leave_out: tuple[Literal["protocols", "silences"], ...] = Field(
        (), description="chapters that are not run, since they train what no other chapter shows"
    )
