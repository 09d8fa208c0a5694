"""The anchors of a corpus: whose neutral frames they come from, and when those are too few."""

from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float32

from dsin_lib.faces.align import ANCHOR_POINTS, MARGIN, AlignmentError, mean_anchors
from dsin_lib.shapes import ALIGNED_PX

NEUTRAL_FRAMES = 1
"""Neutral frames with a face by which a subject has a say in the anchors.

Every subject weighs the same, so what counts is how many have a say, not how often. Measured on
rendered faces (41 subjects, seed 0, 12 frames a sequence): with one frame each of 38 subjects an
anchor moves by 1.0 px of 224 from where all their frames put it (the largest of six coordinates,
mean of 30 draws); with all frames of 20 of them as far; with one frame each of 6, by 3.5 px.
"""

NEUTRAL_SHARE = 0.5
"""The least share of the subjects that must have a say.

"Neutral faces of all subjects" cannot be had of every subject: in BP4D's public label lists there
is one whose AU07 is active in every coded frame. Such a subject is registered to the others'
anchors and named in the record; where it is the rule and not the exception, nothing is prepared.
"""


def reference_anchors(
    frames: pd.DataFrame, points: Float32[np.ndarray, "frame 68 2"]
) -> dict[str, Any]:
    """The anchors of a corpus, with the rule and the frames behind them.

    Paper: Sec. 4.1.2, "From geometry of neutral faces of all subjects we compute 3 reference
    anchors". Neutral frames are chosen by label, see :func:`dsin_lib.data.frames.neutral`.

    Args:
        frames: The frames table with status and neutral.
        points: Landmarks of every row of the table, pixels (x, y).

    Returns:
        What ``anchors.json`` holds. A subject with fewer than :data:`NEUTRAL_FRAMES` is named in
        ``notes``; the others' anchors serve it too.

    Raises:
        AlignmentError: If fewer than :data:`NEUTRAL_SHARE` of the subjects have so many. Lists
            every subject without, and says what can be done.
    """
    usable = (frames["neutral"] & (frames["status"] == "ok")).to_numpy()
    subjects = frames["subject"].to_numpy()
    faces = {
        subject: points[np.flatnonzero(usable & (subjects == subject))].astype(np.float64)
        for subject in sorted(set(subjects))
    }
    without = {subject: len(some) for subject, some in faces.items() if len(some) < NEUTRAL_FRAMES}
    if len(faces) - len(without) < NEUTRAL_SHARE * len(faces):
        neutral = frames.groupby("subject")["neutral"].sum()
        listed = "\n  ".join(
            f"{s}: {neutral[s]} neutral, {n} with a face" for s, n in without.items()
        )
        raise AlignmentError(
            f"anchors: expected of {NEUTRAL_SHARE:.0%} of the {len(faces)} subjects at least "
            f"{NEUTRAL_FRAMES} neutral frame (every unit coded, none active) with a face, found "
            f"fewer of {len(without)}:\n  {listed}\n"
            "Take more frames of each subject (corpus.frames_per_sequence of an open corpus), or "
            "look at the labels (`python -m data_prep check ROOT`) and at faces that are not found "
            "(preprocessing.upsample)"
        )
    anchors = mean_anchors({s: some for s, some in faces.items() if s not in without})
    return {
        "anchors": anchors.tolist(),
        "order": list(ANCHOR_POINTS),
        "unit": f"pixels (x, y) of the {ALIGNED_PX} px aligned face",
        "rule": (
            "generalised mean, over subjects, of the landmarks of neutral frames (every AU coded, "
            f"none active), each face normalised by its landmark square enlarged by {MARGIN}; "
            f"subjects with at least {NEUTRAL_FRAMES}, and at least {NEUTRAL_SHARE:.0%} of them"
        ),
        "neutral_frames": {subject: len(some) for subject, some in faces.items()},
        "notes": [
            f"{subject}: {n or 'no'} neutral frame with a face; registered to the other subjects' "
            "anchors"
            for subject, n in without.items()
        ],
    }
