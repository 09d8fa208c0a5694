"""Read one image file completely, or say why not.

A damaged file must not become a half-grey training frame: OpenCV fills what is missing of a
truncated JPEG and returns it as if nothing had happened, so files are decoded with Pillow, which
refuses them. A JPEG whose tail was overwritten with zeros (a broken download) decodes without a
complaint in either library; it is recognised by its missing end-of-image marker.
"""

from io import BytesIO
from pathlib import Path

import numpy as np
from jaxtyping import UInt8
from PIL import Image

JPEG_START, JPEG_END = b"\xff\xd8", b"\xff\xd9"
TAIL_BYTES = 4096  # some cameras append a note after the end-of-image marker


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
