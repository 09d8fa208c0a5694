"""Read one frame of a video, or say why not; of image files, see :mod:`dsin_lib.faces.stills`.

Videos are read forward only, by counting frames: seeking is not exact in every format, and a frame
off by one is a label off by one. What is counted are the places of the video, not the pictures that
come out of it: a capture program that was too slow leaves a place empty, and every picture behind
it keeps its own (:mod:`dsin_lib.faces.places`). What a decoder mends inside a frame shows in no
marker and is not noticed. A video that says how it was held is turned upright by OpenCV, as an
image file is by its EXIF orientation.
"""

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import UInt8

from dsin_lib.faces.places import places
from dsin_lib.faces.stills import ImageError, opened

TRIES = 16  # frames in a row that do not decode: the video is taken to have ended


class Video:
    """A video that is read forward, one thread.

    Attributes:
        name: What it is called in errors.
        position: Index (from 0) of the next frame.
        length: Frames, as the header says.
        held: Index of a picture that is decoded and whose turn has not come; None: there is none.
    """

    def __init__(self, path: Path, name: str | None = None) -> None:
        self.name, self.position = name or str(path), 0
        with opened(path, self.name) as stream:
            empty = not stream.read(1)
        if empty:
            message = f"{self.name}: expected a video, found an empty file"
            raise ImageError("unreadable image", message)
        options = [cv2.CAP_PROP_N_THREADS, 1]
        self._capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG, options)
        if not self._capture.isOpened():
            message = f"{self.name}: expected a video, found a file that OpenCV does not open"
            raise ImageError("unreadable image", message)
        self.length = max(0, round(self._capture.get(cv2.CAP_PROP_FRAME_COUNT)))
        self.held: int | None = None
        self._per_ms = self._capture.get(cv2.CAP_PROP_FPS) / 1000
        self._places = places(path)
        self._start: float | None = None  # of frame 0 by the video's clock, frames
        self._damaged = False

    def grab(self) -> bool:
        """Pass on to the next frame; whether there was one, and it is known to be that one.

        A damaged frame takes one place, and so does one that was dropped: the picture behind it is
        held until its own turn comes.
        """
        if self.held is None and self._decode():
            self.held = self._place()
        good = self.held == self.position
        if good:
            self.held = None
        self.position += 1
        return good

    def _decode(self) -> bool:
        good = self._capture.grab()
        self._damaged |= not good
        return good

    def _place(self) -> int | None:
        """The index of the frame just decoded; None if it cannot be told.

        Where all clock times of the file lie on an even grid the clock says the place. It runs
        late by a constant where pictures are stored in another order than they are shown, and says
        nothing of the last ones then. Elsewhere the pictures are counted, and behind a damaged one
        the clock must agree.
        """
        if not self._per_ms:
            return self.position
        clock = self._capture.get(cv2.CAP_PROP_POS_MSEC) * self._per_ms
        if self._start is None:
            first = self._places.first if self._places else self.position
            self._start = 0.0 if self._damaged else clock - first
            if self._damaged:  # it may run late; nobody knows by how much
                self._places = None
        ahead = clock - self._start - self.position
        if self._places and ahead > 0.5:
            return round(clock - self._start)
        return self.position if not self._damaged or abs(ahead) < 0.5 else None

    def frame(self, index: int) -> UInt8[np.ndarray, "height width 3"]:
        """The frame of an index not yet passed, RGB.

        Raises:
            ImageError: If it was dropped or is damaged, or the video ends before it.
        """
        while self.position < index:
            self.grab()
        good = self.grab()
        if self.held is not None:
            message = f"{self.name}, index {index}: expected a frame, found its place empty"
            raise ImageError("dropped frame", message)
        decoded, image = self._capture.retrieve() if good else (False, None)
        if not decoded:
            message = f"{self.name}, index {index}: expected a frame, found it damaged, or the end"
            raise ImageError("unreadable image", message)
        return cv2.cvtColor(image, cv2.COLOR_BGR2RGB)


@lru_cache(maxsize=1)
def _opened(path: Path, name: str, size: int, changed: int) -> Video:
    return Video(path, name)


def read_video_frame(
    path: Path, index: int, name: str | None = None
) -> UInt8[np.ndarray, "height width 3"]:
    """Read a frame of a video; in rising order each frame is decoded once.

    Args:
        path: The video.
        index: Of the frame, from 0.
        name: What to call the video in errors; none: its path.

    Raises:
        ImageError: With status ``unreadable image``: no video, a damaged frame, or none; or with
            ``dropped frame``: the video holds no picture at this place.
    """
    path = Path(path)
    name = name or str(path)
    try:
        state = path.stat()
    except OSError as error:
        raise ImageError("unreadable image", f"{name}: {error.strerror}") from error
    key = (path, name, state.st_size, state.st_mtime_ns)
    if _opened(*key).position > index:
        _opened.cache_clear()
    return _opened(*key).frame(index)


def video_length(path: Path, *, expected: int = 0) -> int:
    """Frames of a video, as its header says.

    Args:
        path: The video.
        expected: If the header says fewer, or nothing, the frames are counted by decoding.

    Raises:
        ImageError: If it cannot be opened.
    """
    video = Video(Path(path))
    if video.length >= max(expected, 1):
        return video.length
    last = 0
    while video.position < last + TRIES or video.held is not None:
        if video.grab():
            last = video.position
    return last
