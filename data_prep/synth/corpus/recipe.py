"""Everything that decides a corpus's content, and the refusal to mix two of them."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from data_prep.synth.plan.seeds import check_names
from data_prep.synth.plan.shapes import shape_named

CORPUS_VERSION = "2.0.0"
"""Part of the content hash: a generator that draws anything else is another version."""


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a corpus's content."""

    version: str
    shape: str
    seed: int
    subjects: tuple[str, ...]
    tasks: tuple[str, ...]
    frames_per_sequence: int
    stride: int
    image_px: int

    def as_json(self) -> dict:
        """Returns the recipe as JSON would give it back."""
        return json.loads(json.dumps(asdict(self)))


def recipe_of(
    shape: str,
    subjects: Sequence[str],
    tasks: Sequence[str] | None,
    frames: int,
    stride: int,
    px: int,
    seed: int,
) -> Recipe:
    """Returns the checked recipe, names sorted; no tasks are all of the shape's.

    Raises:
        ValueError: a number under its least value, an unknown or repeated name, or none.
    """
    least = {"frames_per_sequence": (frames, 1), "stride": (stride, 1), "image_px": (px, 96),
             "seed": (seed, 0)}  # fmt: skip
    for name, (value, smallest) in least.items():
        if value < smallest:
            raise ValueError(f"{name}: expected at least {smallest}, found {value}")
    known = shape_named(shape)
    who = check_names("subjects", subjects, known.subjects)
    what = check_names("tasks", known.tasks if tasks is None else tasks, known.tasks)
    return Recipe(CORPUS_VERSION, shape, seed, who, what, frames, stride, px)


def compare(path: Path, recipe: Recipe) -> None:
    """Raises ValueError if the corpus at `path` was made with other parameters."""
    found = json.loads(path.read_text())["recipe"]
    for name, wanted in recipe.as_json().items():
        if found.get(name) != wanted:
            raise ValueError(
                f"{path}: {name} is {found.get(name)!r} there, {wanted!r} is asked for; "
                "choose another folder or remove this one"
            )
