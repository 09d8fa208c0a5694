"""Where the pixels of a frame are: an image file, or a place in a video."""

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
from jaxtyping import UInt8
from numpy import ndarray

from dsin_lib.faces.stills import decode_image, read_file
from dsin_lib.faces.videos import read_video_frame

Picture = tuple[str, int | None]
"""A file relative to the corpus' root; the frame's index if it is a video."""


def pictures(frames: pd.DataFrame) -> list[Picture]:
    """The picture of every row of a frames table."""
    if "video_index" not in frames.columns:
        return [(source, None) for source in frames["source"]]
    pairs = zip(frames["source"], frames["video_index"], strict=True)
    return [(source, None if pd.isna(index) else int(index)) for source, index in pairs]


def read_picture(root: Path, picture: Picture) -> bytes | UInt8[ndarray, "height width 3"]:
    """The bytes of an image file, or the pixels of a video's frame; ImageError if there are none.

    A chunk's frames of a video are decoded one after another, see
    :func:`dsin_lib.faces.videos.read_video_frame`.
    """
    source, index = picture
    if index is not None:
        return read_video_frame(root / source, index, source)
    return read_file(root / source, source)


def decode_picture(
    data: bytes | UInt8[ndarray, "height width 3"], picture: Picture
) -> UInt8[ndarray, "height width 3"]:
    """The pixels of what :func:`read_picture` returned."""
    return decode_image(data, picture[0]) if isinstance(data, bytes) else data


def digest_of(
    data: bytes | UInt8[ndarray, "height width 3"],
) -> UInt8[ndarray, "16"]:
    """Sixteen bytes that change with a byte of what :func:`read_picture` returned."""
    digest = hashlib.blake2b(memoryview(data).cast("B"), digest_size=16).digest()
    return np.frombuffer(digest, np.uint8)


def said(picture: Picture) -> str:
    """A picture in the words of an error or a table."""
    source, index = picture
    return source if index is None else f"{source}, index {index}"
