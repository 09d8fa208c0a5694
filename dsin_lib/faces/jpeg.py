"""Does a JPEG file end as it should? Its markers are followed, nothing is decoded.

An end marker somewhere in the file proves nothing: the preview inside a camera's EXIF block has one
of its own, and behind the end of the picture a camera may write whatever it likes, a second picture
included. So the segments are walked from the first: each says its length, and the coded pixels
behind a start of scan end at the next marker that is no restart.
"""

import re

START, START_OF_SCAN, END = 0xD8, 0xDA, 0xD9
ALONE = {0x01, *range(0xD0, 0xD8)}
"""Markers without a length: TEM, and the restarts inside coded pixels."""

_BEHIND_PIXELS = re.compile(rb"\xff(?![\x00\xff\xd0-\xd7])", re.DOTALL)
"""Where coded pixels end: FF 00 is a pixel's byte, FF FF is filling, FF D0..D7 a restart."""


def end_of_picture(data: bytes) -> int | None:
    """Where the first picture of a JPEG file ends.

    Args:
        data: The whole file.

    Returns:
        The number of bytes up to and with the end-of-image marker; None if the markers do not
        lead to one: the file was cut off, or what lies behind some point was overwritten.
    """
    at = 2  # behind the start-of-image marker
    while (at := data.find(b"\xff", at)) >= 0:
        at += len(data[at : at + 64]) - len(data[at : at + 64].lstrip(b"\xff"))  # filling
        marker = data[at : at + 1]
        at += 1
        if not marker or marker[0] == START:  # another picture begins inside this one
            return None
        if marker[0] == END:
            return at
        if marker[0] in ALONE or marker[0] == 0:
            continue
        at += max(2, int.from_bytes(data[at : at + 2], "big"))
        if marker[0] == START_OF_SCAN:
            behind = _BEHIND_PIXELS.search(data, at)
            if behind is None:
                return None
            at = behind.start()
    return None
