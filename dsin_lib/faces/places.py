"""Which places of a video hold a picture, by the times that its file gives them.

An AVI counts places: a capture program that was too slow for a frame stores nothing in its place,
the header counts it all the same, and the times of the pictures jump over it. A label belongs to
a place. Other files (MP4, and cameras that film at an uneven rate) give every picture a time of
its own: there, the pictures are what is counted, and their times are no places.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

EVEN = 0.25
"""Frames by which a time may miss the grid: files that keep whole milliseconds round 240 frames a
second to 0.12, while an MP4 with one frame missing of 40 drifts to 0.5."""


@dataclass(frozen=True)
class Places:
    """The places of a video whose times lie on an even grid.

    Attributes:
        first: Of the first picture, from 0.
        pictures: How many places hold one.
    """

    first: int
    pictures: int


def places(path: Path) -> Places | None:
    """Look at the times of all packets of a video; the file is read through, nothing decoded.

    Args:
        path: The video.

    Returns:
        None if its times are no places: they are not on an even grid, reach beyond the length that
        the header says, or there are none.
    """
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG, [cv2.CAP_PROP_FORMAT, -1])
    per_ms = capture.get(cv2.CAP_PROP_FPS) / 1000
    times = []
    while capture.grab():
        times.append(capture.get(cv2.CAP_PROP_POS_MSEC) * per_ms)
    if not per_ms or not times:
        return None
    in_order = np.sort(times)  # stored in another order than they are shown
    grid = np.rint(in_order)
    length = capture.get(cv2.CAP_PROP_FRAME_COUNT)
    on_grid = np.abs(in_order - grid).max() < EVEN and (np.diff(grid) > 0).all()
    inside = grid[0] >= 0 and grid[-1] < length
    return Places(int(grid[0]), len(times)) if on_grid and inside else None
