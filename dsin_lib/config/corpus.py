"""The sections of a config that say whose faces."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, field_validator, model_serializer

from dsin_lib.config.corpora import CORPORA, Source
from dsin_lib.config.section import Positive, Section, Seed, digest
from dsin_lib.facs import au_names

Place = Literal["table_3", "table_4"]
"""A corpus by its place in the paper: the table that is measured on it."""

SYNAU = "2.0.0"
"""Version of the open corpora that the generator makes, as ``recipe.CORPUS_VERSION``."""
UNVERSIONED = "1.0.0"
"""What stands in a licensed corpus' names, so that no run on real faces is trained anew because
rendered ones are drawn otherwise."""

LATER = {"images", "first_image", "accept"}
"""Parameters of a corpus that came when stores and runs already had names."""


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
