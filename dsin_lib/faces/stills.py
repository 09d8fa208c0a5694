"""Read one image file completely, upright, as eight-bit RGB, or say why not.

A damaged file must not become a half-grey training frame: OpenCV fills what is missing of a
truncated JPEG and returns it as if nothing had happened, so files are decoded with Pillow, which
refuses them. A JPEG whose tail was overwritten with zeros (a broken download) decodes without a
complaint in either library; its markers do not lead to an end (:mod:`dsin_lib.faces.jpeg`).

Of a file with several pictures (MPO, animated PNG) the first is read. Transparency is dropped, and
an ICC profile is not applied: the numbers are taken as they stand.
"""

import struct
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import numpy as np
from jaxtyping import UInt8
from PIL import Image, ImageOps, UnidentifiedImageError

from dsin_lib.faces.jpeg import end_of_picture

JPEG_START = b"\xff\xd8"
DAMAGED = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, struct.error)
"""What Pillow raises on a damaged file."""


class ImageError(ValueError):
    """A picture that cannot be used.

    Attributes:
        status: The frame's status in the frames table: ``unreadable image``, ``truncated image``
            or ``dropped frame``.
    """

    def __init__(self, status: str, message: str) -> None:
        super().__init__(message)
        self.status = status

    def __reduce__(self) -> tuple:
        """So that it comes back whole from another process."""
        return type(self), (self.status, str(self))


def decode_image(data: bytes, name: str = "image") -> UInt8[np.ndarray, "height width 3"]:
    """Decode a JPEG or PNG file held in memory.

    Args:
        data: The whole file.
        name: What to call the file in errors.

    Returns:
        RGB, 0..255, rows from the top, columns from the left of the image, turned as its EXIF
        orientation says. Of 16 bits the upper eight count, grey or coloured.

    Raises:
        ImageError: With status ``unreadable image`` (empty, not an image, or too large to be
            one) or ``truncated image`` (begins as an image and does not end as one).
    """
    with warnings.catch_warnings(action="ignore"):  # Pillow's name no file
        return _decoded(data, name)


def _decoded(data: bytes, name: str) -> UInt8[np.ndarray, "height width 3"]:
    if not data:
        raise ImageError("unreadable image", f"{name}: expected an image, found an empty file")
    try:
        image = Image.open(BytesIO(data), formats=("JPEG", "PNG"))
    except UnidentifiedImageError as error:  # its words change with every run
        message = f"{name}: expected a JPEG or PNG image, found a file that begins {data[:8]!r}"
        raise ImageError(_cut_short(data) or "unreadable image", message) from error
    except (*DAMAGED, Image.DecompressionBombError) as error:
        message = f"{name}: expected a JPEG or PNG image, found {error}"
        raise ImageError("unreadable image", message) from error
    if _cut_short(data):
        message = f"{name}: expected a whole JPEG, found none of its end-of-image marker"
        raise ImageError("truncated image", message)
    try:
        image.load()
        return np.ascontiguousarray(_eight_bits(_upright(image)).convert("RGB"))
    except DAMAGED as error:
        raise ImageError("truncated image", f"{name}: {error}") from error


def _cut_short(data: bytes) -> str | None:
    """The status of a JPEG whose markers lead to no end; None of any other file."""
    short = data.startswith(JPEG_START) and end_of_picture(data) is None
    return "truncated image" if short else None


def _eight_bits(image: Image.Image) -> Image.Image:
    """Sixteen-bit grey by its upper eight bits, as Pillow itself reads sixteen-bit colour."""
    if not image.mode.startswith("I"):
        return image
    return Image.fromarray((np.asarray(image).astype(np.uint16) >> 8).astype(np.uint8))


def _upright(image: Image.Image) -> Image.Image:
    """Turned as its EXIF block says; a damaged one says nothing."""
    try:
        return ImageOps.exif_transpose(image)
    except (*DAMAGED, TypeError):
        return image


@contextmanager
def opened(path: Path, name: str) -> Iterator[BinaryIO]:
    """A file to be read.

    Args:
        path: The file.
        name: What to call it in errors.

    Raises:
        ImageError: If it is missing, a link to nothing, no file, or may not be read.
    """
    try:
        if path.exists() and not path.is_file():  # a pipe would be waited for
            there = "a folder" if path.is_dir() else "none"
            raise ImageError("unreadable image", f"{name}: expected a file, found {there}")
        with path.open("rb") as stream:
            yield stream
    except OSError as error:
        raise ImageError("unreadable image", f"{name}: {error.strerror or error}") from error


def read_file(path: Path, name: str | None = None) -> bytes:
    """The bytes of an image file; see :func:`opened`.

    Args:
        path: The file.
        name: What to call it in errors; none: its path.
    """
    with opened(Path(path), name or str(path)) as stream:
        return stream.read()


def read_image(path: Path) -> UInt8[np.ndarray, "height width 3"]:
    """Read a JPEG or PNG file; see :func:`decode_image`.

    Raises:
        ImageError: Also when the file is missing or may not be read.
    """
    return decode_image(read_file(path), str(path))
