"""The frames table: one line a frame, whatever the corpus.

=============  =====================================================================
column         meaning
=============  =====================================================================
corpus         name of the corpus, ``bp4d`` or an open corpus' own name
subject        ``F001``
sequence       ``T1``; a recording of the subject
frame          integer frame number inside the sequence
source         image or video file relative to the corpus' root; missing where there is none
AU01 ...       0 not active, 1 active, missing where the frame is not coded for that unit
=============  =====================================================================

Corpora that have them add ``video_index``, the frame's index (from 0) in the video that its source
is, missing where the source is an image, and ``AU01_intensity`` ..., 0 to 5 or missing.

A prepared corpus adds ``status`` and, of faces, ``n_faces`` (seen in the picture) and ``taken_by``
(the rule by which the subject's was chosen among several).

Every frame that has an image or a label is a line, so that none is lost on the way: a frame with
one and not the other keeps its place and says so in its status.
"""

import hashlib
from collections.abc import Iterable

import pandas as pd

from dsin_lib.facs import ACTION_UNITS, au_name

KEYS = ["corpus", "subject", "sequence", "frame"]
COLUMNS = [*KEYS, "source"]
INTENSITY = "_intensity"
ACTIVE_FROM = 2
"""The lowest intensity that counts as active, as in the field. Reading: disfa-activity."""


class FramesError(ValueError):
    """A table that is not a frames table."""


def au_columns(frames: pd.DataFrame) -> list[str]:
    """The label columns of a frames table, in its order."""
    known = {au_name(number) for number in ACTION_UNITS}
    return [column for column in frames.columns if column in known]


def intensity_columns(frames: pd.DataFrame) -> list[str]:
    """The intensity columns of a frames table, in its order; most corpora have none."""
    known = {au_name(number) + INTENSITY for number in ACTION_UNITS}
    return [column for column in frames.columns if column in known]


def with_activity(frames: pd.DataFrame, active_from: int = ACTIVE_FROM) -> pd.DataFrame:
    """Derive the labels of the units that have an intensity; others stay as they are.

    Args:
        frames: A frames table.
        active_from: The lowest intensity that counts as active, 1 to 5.

    Raises:
        ValueError: If it is not one of 1 to 5.
    """
    if active_from not in range(1, 6):
        raise ValueError(f"active_from: expected an intensity from 1 to 5, found {active_from!r}")
    columns = intensity_columns(frames)
    labels = {
        name.removesuffix(INTENSITY): (frames[name] >= active_from).astype("Int8")
        for name in columns
    }
    return frames.assign(**labels)


def validate(frames: pd.DataFrame) -> pd.DataFrame:
    """Return the table sorted by its keys with a fresh index, or say what is wrong with it.

    Raises:
        FramesError: If a column is missing, a key is missing or appears twice, there is no label
            column, a label is not 0, 1 or missing, or an intensity not 0 to 5 or missing.
    """
    missing = [column for column in COLUMNS if column not in frames.columns]
    if missing:
        raise FramesError(f"frames: expected columns {COLUMNS}, found none named {missing}")
    if frames[KEYS].isna().any(axis=None):
        raise FramesError(f"frames: expected a value in each of {KEYS}, found a missing one")
    twice = frames[frames.duplicated(KEYS)]
    if len(twice):
        first = tuple(twice.iloc[0][KEYS])
        raise FramesError(f"frames: expected each frame once, found {len(twice)} again: {first}")
    aus = au_columns(frames)
    if not aus:
        raise FramesError("frames: expected label columns (AU01 ...), found none")
    labels = frames[aus].astype("Int8")
    wrong = (labels.notna() & ~labels.isin([0, 1])).any()
    if wrong.any():
        others = list(labels.columns[wrong])
        raise FramesError(f"frames: expected labels 0, 1 or missing, found others in {others}")
    levels = frames[intensity_columns(frames)].astype("Int8")
    wrong = (levels.notna() & ~levels.isin(range(6))).any()
    if wrong.any():
        others = list(levels.columns[wrong])
        raise FramesError(
            f"frames: expected intensities 0 to 5 or missing, found others in {others}"
        )
    return frames.assign(**labels, **levels).sort_values(KEYS, ignore_index=True)


def initial_status(frames: pd.DataFrame) -> pd.Series:
    """The status of every frame before an image was opened: ok, no image or no label."""
    status = pd.Series("ok", index=frames.index, dtype="str")
    status[frames[au_columns(frames)].isna().all(axis=1)] = "no label"
    status[frames["source"].isna()] = "no image"
    return status


def neutral(frames: pd.DataFrame) -> pd.Series:
    """Which frames show a neutral face: every Action Unit coded, and none there.

    Where intensities are coded, none may be above 0, so that what is neutral, and the anchors with
    it, does not depend on the intensity from which a unit counts as active.

    Paper: Sec. 4.1.2, "geometry of neutral faces of all subjects"; neutral by label, since no
    other evidence is at hand for every corpus.
    """
    codes = frames[intensity_columns(frames) or au_columns(frames)]
    return (codes.notna() & (codes == 0).fillna(False)).all(axis=1).astype(bool)


def digest(frames: pd.DataFrame) -> str:
    """Sixteen hex digits that change exactly when a value or the order of the table changes."""
    return hashlib.sha256(frames.to_csv(index=False).encode()).hexdigest()[:16]


def as_ranges(numbers: Iterable[int], most: int | None = 4) -> str:
    """Frame numbers in few words; ``most`` is the number of ranges that are said, None all.

    >>> as_ranges([1, 2, 3, 7])
    '1 to 3, 7'
    """
    ranges: list[list[int]] = []
    for number in sorted(numbers):
        if ranges and number == ranges[-1][1] + 1:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])
    said = [f"{low}" if low == high else f"{low} to {high}" for low, high in ranges[:most]]
    return ", ".join([*said, *(["..."] if len(said) < len(ranges) else [])])
