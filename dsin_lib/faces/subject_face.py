"""Whose face is taken where the detector saw several: the subject's, by the frames around.

The largest face of a frame is the subject's until somebody sits down beside the camera, a picture
hangs on the wall, or the detector takes a cloth for a face. But a subject does not jump: from one
frame of a recording to the next it stays where it was.
"""

from bisect import bisect, insort

import numpy as np
from jaxtyping import Int32, Integer

REFERENCES = 5
"""Frames around whose boxes' median says where the subject is: two of them may be wrong."""

NEAREST, LARGEST = "nearest", "largest"
RULES = {
    NEAREST: "the face nearest to that of the frames around",
    LARGEST: "the largest face, since no frame of the sequence shows one alone",
}
"""What ``taken_by`` says of a frame with several faces."""


def choose_faces(
    sequence: Integer[np.ndarray, " frame"],
    number: Integer[np.ndarray, " frame"],
    n_faces: Integer[np.ndarray, " frame"],
    boxes: Int32[np.ndarray, "face 4"],
) -> tuple[Integer[np.ndarray, " frame"], np.ndarray]:
    """Choose one face of every frame that shows one.

    A frame with one face has that one. In each sequence these frames are the references; the
    frames with several are settled one after another, those nearest in time to a reference first,
    the earlier of two as near. A frame takes the face whose box differs least, in the mean of its
    four sides, from the median of the boxes of the :data:`REFERENCES` settled frames nearest in
    time; then it is settled too, so that a subject is followed through a long stretch in company.
    Where no frame of a sequence shows one face alone, the largest of its first frame begins.

    What this cannot do: a frame that shows a stranger *alone*, the subject unseen, keeps the
    stranger, and where that is so in most frames around, their median is the stranger too. Nobody
    is recognised by looks. A stranger in the subject's place is the subject.

    Args:
        sequence: A number of the frame's sequence.
        number: The frame's number in its sequence, its time.
        n_faces: Faces seen in the frame.
        boxes: Left, top, right, bottom of every face, pixels, in the order of the frames.

    Returns:
        For every frame the index of its face in ``boxes``, -1 where it shows none; and the rule:
        ``nearest``, ``largest``, or empty where there was nothing to choose.
    """
    count = n_faces.astype(np.int64)
    first = np.cumsum(count) - count
    chosen, taken_by = np.where(count > 0, first, -1), np.full(len(count), "", dtype=object)
    for one in np.unique(sequence[count > 1]):
        frames = np.flatnonzero((sequence == one) & (count > 0))
        frames = frames[np.argsort(number[frames], kind="stable")]
        alone = frames[count[frames] == 1]
        several = frames[count[frames] > 1]
        if not len(alone):
            start, several = several[0], several[1:]
            chosen[start] += _area(boxes[first[start] :][: count[start]]).argmax()
            taken_by[start] = LARGEST
            alone = np.array([start])
        settled = [(int(number[frame]), int(frame)) for frame in alone]
        for frame in several[np.argsort(_away(number[several], number[alone]), kind="stable")]:
            around = boxes[chosen[_nearest(settled, int(number[frame]))]]
            own = boxes[first[frame] :][: count[frame]]
            chosen[frame] += np.abs(own - np.median(around, axis=0)).mean(axis=1).argmin()
            taken_by[frame] = NEAREST
            insort(settled, (int(number[frame]), int(frame)))
    return chosen, taken_by


def _area(boxes: Int32[np.ndarray, "face 4"]) -> Integer[np.ndarray, " face"]:
    """Pixels of each box."""
    width, height = (boxes[:, 2:] - boxes[:, :2]).astype(np.int64).T + 1
    return width * height


def _away(
    numbers: Integer[np.ndarray, " frame"], references: Integer[np.ndarray, " reference"]
) -> Integer[np.ndarray, " frame"]:
    """Frames from each to the nearest reference; these rise."""
    at = np.searchsorted(references, numbers)
    before = references[np.maximum(at - 1, 0)]
    behind = references[np.minimum(at, len(references) - 1)]
    return np.minimum(np.abs(numbers - before), np.abs(numbers - behind))


def _nearest(settled: list[tuple[int, int]], number: int) -> list[int]:
    """Of (number, frame) in rising order, the frames of those nearest to a number."""
    at = bisect(settled, (number, -1))
    near = settled[max(0, at - REFERENCES) : at + REFERENCES]
    near.sort(key=lambda one: (abs(one[0] - number), one[0]))
    return [frame for _, frame in near[:REFERENCES]]
