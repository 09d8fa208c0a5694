"""Read a corpus, as its licence holders have it on disk, into the frames table.

One function a corpus, each returning what :mod:`dsin_lib.data.frames` describes. Nothing is taken
from the order of files or columns: Action Units come by number from a header or a file's name,
frames are matched as integers, whatever the zero padding, names whatever their case. All that is
wrong with a corpus is reported at once, and so is every file that matches nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from dsin_lib.data.readers import bp4d, disfa
from dsin_lib.data.readers.bp4d import read_bp4d, read_bp4d_plus
from dsin_lib.data.readers.corpus import CorpusError, corpus_name
from dsin_lib.data.readers.disfa import read_disfa

__all__ = [
    "LAYOUTS",
    "CorpusError",
    "Layout",
    "corpus_name",
    "read_bp4d",
    "read_bp4d_plus",
    "read_corpus",
    "read_disfa",
    "recognise",
]


@dataclass(frozen=True)
class Layout:
    """How a corpus lies on disk.

    Attributes:
        name: The licensed corpus that lies so.
        fits: Whether a root has this layout.
        read: Reads it; ``unmatched=[]`` receives the files that match nothing.
        options: Parameters of a config's corpus that ``read`` takes too.
    """

    name: str
    fits: Callable[[Path], bool]
    read: Callable[..., pd.DataFrame]
    options: tuple[str, ...] = ()


LAYOUTS = {
    layout.name: layout
    for layout in (
        Layout("bp4d", bp4d.is_bp4d, read_bp4d, ("images",)),
        Layout("bp4d_plus", bp4d.is_bp4d_plus, read_bp4d_plus, ("images",)),
        Layout("disfa", disfa.is_disfa, read_disfa, ("camera", "images", "first_image")),
    )
}


def recognise(root: Path) -> Layout:
    """The layout of a root.

    Raises:
        CorpusError: If it is none of :data:`LAYOUTS`, or more than one of them.
    """
    root = Path(root)
    fitting = [layout for layout in LAYOUTS.values() if layout.fits(root)]
    if len(fitting) != 1:
        expected = f"{root}: expected one of {bp4d.LABELS} (BP4D, BP4D+), {disfa.LABELS} (DISFA)"
        names = " and ".join(layout.name for layout in fitting) or "neither"
        raise CorpusError(root, [f"{expected}, found {names}"])
    return fitting[0]


def read_corpus(root: Path, *, unmatched: list[str] | None = None) -> pd.DataFrame:
    """The frames table of a root in any of :data:`LAYOUTS`.

    Args:
        root: The corpus' folder.
        unmatched: Receives the files that match nothing, relative to the root.

    Raises:
        CorpusError: If it has none of them, or cannot be read.
    """
    return recognise(root).read(Path(root), unmatched=unmatched)
