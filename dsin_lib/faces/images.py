"""Read one picture completely, from an image file or a video, or say why not.

A damaged file must not become a half-grey training frame: OpenCV fills what is missing of a
truncated JPEG and returns it as if nothing had happened, so files are decoded with Pillow, which
refuses them. A JPEG whose tail was overwritten with zeros (a broken download) decodes without a
complaint in either library; it is recognised by its missing end-of-image marker.

Videos are read forward only, by counting frames: seeking is not exact in every format, and a frame
off by one is a label off by one. What a decoder mends inside a frame shows in no marker and is
not noticed.
"""

from functools import lru_cache
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import UInt8
from PIL import Image

JPEG_START, JPEG_END = b"\xff\xd8", b"\xff\xd9"
TAIL_BYTES = 4096  # some cameras append a note after the end-of-image marker
TRIES = 16  # frames in a row that do not decode: the video is taken to have ended


class ImageError(ValueError):
    """An image file that cannot be used.

    Attributes:
        status: The frame's status in the frames table: ``unreadable image`` or
            ``truncated image``.
    """

    def __init__(self, status: str, message: str) -> None:
        super().__init__(message)
        self.status = status


def decode_image(data: bytes, name: str = "image") -> UInt8[np.ndarray, "height width 3"]:
    """Decode a JPEG or PNG file held in memory.

    Args:
        data: The whole file.
        name: What to call the file in errors.

    Returns:
        RGB, 0..255, rows from the top, columns from the left of the image.

    Raises:
        ImageError: With status ``unreadable image`` (empty, or not an image) or ``truncated
            image`` (begins as an image and does not end as one).
    """
    if not data:
        raise ImageError("unreadable image", f"{name}: expected an image, found an empty file")
    if data.startswith(JPEG_START) and JPEG_END not in data.rstrip(b"\0")[-TAIL_BYTES:]:
        raise ImageError("truncated image", f"{name}: the JPEG has no end-of-image marker")
    try:
        image = Image.open(BytesIO(data), formats=("JPEG", "PNG"))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        message = f"{name}: expected a JPEG or PNG image, found a file that begins {data[:8]!r}"
        raise ImageError("unreadable image", message) from error
    try:
        return np.asarray(image.convert("RGB"))
    except (OSError, SyntaxError, ValueError) as error:
        raise ImageError("truncated image", f"{name}: {error}") from error


def read_image(path: Path) -> UInt8[np.ndarray, "height width 3"]:
    """Read a JPEG or PNG file; see :func:`decode_image`.

    Raises:
        ImageError: Also when the file is missing or may not be read.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise ImageError("unreadable image", f"{path}: {error.strerror}") from error
    return decode_image(data, str(path))


class Video:
    """A video that is read forward, one thread.

    Attributes:
        name: What it is called in errors.
        position: Index (from 0) of the next frame.
        length: Frames, as the header says.
    """

    def __init__(self, path: Path, name: str | None = None) -> None:
        self.name, self.position = name or str(path), 0
        if not path.is_file() or not path.stat().st_size:
            found = "an empty file" if path.is_file() else "none"
            raise ImageError("unreadable image", f"{self.name}: expected a video, found {found}")
        options = [cv2.CAP_PROP_N_THREADS, 1]
        self._capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG, options)
        if not self._capture.isOpened():
            message = f"{self.name}: expected a video, found a file that OpenCV does not open"
            raise ImageError("unreadable image", message)
        self.length = max(0, round(self._capture.get(cv2.CAP_PROP_FRAME_COUNT)))
        self._per_ms = self._capture.get(cv2.CAP_PROP_FPS) / 1000
        self._start: float | None = None  # of frame 0 by the video's clock, frames
        self._damaged = False

    def grab(self) -> bool:
        """Decode the next frame; whether there was one, and it is known to be that one.

        A damaged frame takes one place. Behind the first of them the video's clock must agree.
        """
        good = self._capture.grab()
        if good and self._per_ms:
            clock = self._capture.get(cv2.CAP_PROP_POS_MSEC) * self._per_ms - self.position
            if self._start is None:
                self._start = 0.0 if self._damaged else clock
            good = not self._damaged or abs(clock - self._start) < 0.5
        self._damaged |= not good
        self.position += 1
        return good

    def frame(self, index: int) -> UInt8[np.ndarray, "height width 3"]:
        """The frame of an index not yet passed, RGB.

        Raises:
            ImageError: If it is damaged, or the video ends before it.
        """
        while self.position < index:
            self.grab()
        good = self.grab()
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
        ImageError: With status ``unreadable image``: no video, a damaged frame, or none.
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
    while video.position < last + TRIES:
        if video.grab():
            last = video.position
    return last
