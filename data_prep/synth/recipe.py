"""Everything that decides a corpus's content, and the refusal to mix two of them."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from data_prep.synth.seeds import check_subject, check_task

CORPUS_VERSION = "0.6.0"
"""Part of the content hash: a generator that draws anything else is another version."""


@dataclass(frozen=True)
class Recipe:
    """Everything that decides a corpus's content."""

    version: str
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
    subjects: Sequence[str], tasks: Sequence[str], frames: int, stride: int, px: int, seed: int
) -> Recipe:
    """Returns the checked recipe, names sorted.

    Raises:
        ValueError: a number under its least value, an unknown or repeated name, or none.
    """
    least = {"frames_per_sequence": (frames, 1), "stride": (stride, 1), "image_px": (px, 96),
             "seed": (seed, 0)}  # fmt: skip
    for name, (value, smallest) in least.items():
        if value < smallest:
            raise ValueError(f"{name}: expected at least {smallest}, found {value}")
    for name, values in (("subjects", subjects), ("tasks", tasks)):
        if len(values) == 0 or len(set(values)) != len(values):
            raise ValueError(f"{name}: expected distinct names, at least one, found {values}")
    who = tuple(sorted(check_subject(s) for s in subjects))
    what = tuple(sorted(check_task(t) for t in tasks))
    return Recipe(CORPUS_VERSION, seed, who, what, frames, stride, px)


def compare(path: Path, recipe: Recipe) -> None:
    """Raises ValueError if the corpus at `path` was made with other parameters."""
    found = json.loads(path.read_text())["recipe"]
    for name, wanted in recipe.as_json().items():
        if found.get(name) != wanted:
            raise ValueError(
                f"{path}: {name} is {found.get(name)!r} there, {wanted!r} is asked for; "
                "choose another folder or remove this one"
            )
