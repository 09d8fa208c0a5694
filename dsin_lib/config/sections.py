"""The sections of a config, typed and frozen: every constant of a replication, and its range.

``Reading:`` marks a choice that the paper leaves open.
"""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_serializer

from dsin_lib.config.corpora import CORPORA, Source
from dsin_lib.facs import au_names

Place = Literal["table_3", "table_4"]
"""A corpus by its place in the paper: the table that is measured on it."""

Positive = Annotated[int, Field(ge=1)]
Seed = Annotated[int, Field(ge=0, lt=2**31)]

SYNAU = "2.0.0"
"""Version of the open corpora that the generator makes, as ``recipe.CORPUS_VERSION``."""
UNVERSIONED = "1.0.0"
"""What stands in a licensed corpus' names, so that no run on real faces is trained anew because
rendered ones are drawn otherwise."""

LATER = {"images", "first_image", "accept"}
"""Parameters of a corpus that came when stores and runs already had names."""


class Section(BaseModel):
    """Frozen, and closed to names that it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    def key(self) -> str:
        """Eight hex digits that change exactly when a value of the section changes."""
        return digest(self.model_dump(mode="json"))


class Corpus(Section):
    """Which faces. Paper: Sec. 4.1.1."""

    name: Literal["synau_b", "synau_d", "bp4d", "bp4d_plus", "disfa"] = "synau_b"
    root: Path | None = Field(
        None, description="of a licensed corpus; none: the folder that DSIN_BP4D_ROOT ... names"
    )
    camera: Literal["left", "right"] = Field("left", description="of DISFA")
    active_from: int = Field(
        2, ge=1, le=5, description="lowest intensity that counts as active, where there are any"
    )  # Reading: disfa-activity
    version: str = Field(SYNAU, validate_default=True, description="of the open corpus' generator")
    n_subjects: int = Field(
        41, ge=6, le=41, validate_default=True, description="of an open corpus; SynAU-D has 27"
    )
    n_tasks: int = Field(8, ge=1, le=8, description="sequences a subject of SynAU-B")
    frames_per_sequence: Positive = Field(440, description="of an open corpus")
    stride: Positive = Field(
        1, description="video frames (25/s) from one written frame to the next"
    )
    image_px: int = Field(256, ge=192, le=1024, description="width and height of a rendered image")
    seed: Seed = 0
    images: str | None = Field(
        None, min_length=1, description="folder of a licensed corpus' images, relative to its root"
    )
    first_image: int = Field(1, ge=0, description="number of DISFA's first extracted frame")
    accept: str | None = Field(
        None,
        pattern=r"^[0-9a-f]{16}$",
        description="digest of the account of a licensed corpus that is accepted as it is",
    )

    @field_validator("version")
    @classmethod
    def _of_rendered_faces(cls, value: str, info: Any) -> str:
        """The generator's version is no part of a corpus that it does not make."""
        source = CORPORA.get(info.data.get("name"))
        return UNVERSIONED if source is not None and source.licensed else value

    @field_validator("root", "camera", "n_subjects", "images", "first_image", "accept")
    @classmethod
    def _of_this_corpus(cls, value: Any, info: Any) -> Any:  # a ValidationInfo: no runtime type
        name = info.data.get("name")  # none if it was itself refused
        source = CORPORA.get(name)
        if source is None:
            return value
        of_licensed = info.field_name in ("root", "images", "accept")
        if of_licensed and value is not None and not source.licensed:
            raise ValueError(f"only a licensed corpus has one, and {name} is rendered")
        if info.field_name == "images" and value is not None:
            path = Path(value)
            if path.is_absolute() or ".." in path.parts:
                raise ValueError("expected a folder relative to the corpus' root, inside it")
        if info.field_name == "camera" and value != "left" and name != "disfa":
            raise ValueError(f"only disfa has two, and this is {name}")
        if info.field_name == "first_image" and value != 1 and name != "disfa":
            raise ValueError(f"only disfa's labels count from 1, and this is {name}")
        if info.field_name == "n_subjects" and value > source.n_subjects and not source.licensed:
            raise ValueError(f"{name} has at most {source.n_subjects}")
        return value

    @model_serializer(mode="wrap")
    def _as_ever_by_default(self, values_of: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        """Without the later parameters that are at their defaults.

        So what was named before there were any (stores, runs) keeps its name.
        """
        return {
            name: value
            for name, value in values_of(self).items()
            if name not in LATER or value != type(self).model_fields[name].default
        }

    def key(self) -> str:
        """As of every section; what is accepted changes no result, so it is no part of it."""
        return digest(self.model_dump(mode="json", exclude={"accept"}))

    @property
    def source(self) -> Source:
        """What is known of the corpus by its name."""
        return CORPORA[self.name]

    @property
    def aus(self) -> list[str]:
        """Column names of the Action Units that are trained and scored, in the paper's order."""
        return au_names(self.source.aus)

    def pictures_key(self) -> str:
        """Eight hex digits that change with the pictures, not with what counts as active.

        Another threshold renders nothing again and cuts no patch again.
        """
        values = self.model_dump(mode="json", exclude={"root", "active_from", "accept"})
        if self.source.licensed:
            told_by = ("name", "camera", "images", "first_image")
            values = {name: values[name] for name in told_by if name in values}
        return digest(values)


class Corpora(Section):
    """Whose faces the tables of the paper are measured on here. Paper: Sec. 4.1.1."""

    table_3: Corpus = Field(Corpus(), description="the paper's: BP4D")
    table_4: Corpus | None = Field(None, description="the paper's: DISFA; none: no Table 4")

    def named(self) -> list[Corpus]:
        """Those that there are, Table 3's first."""
        return [corpus for corpus in (self.table_3, self.table_4) if corpus is not None]


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


def digest(value: object) -> str:
    """Eight hex digits of a JSON-able value."""
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:8]
