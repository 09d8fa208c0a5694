"""A JPEG ends where its markers lead, whatever lies inside it or behind."""

import numpy as np
import pytest
from encoded import encoded

from dsin_lib.faces.jpeg import end_of_picture
from dsin_lib.faces.stills import ImageError, decode_image

KINDS = {
    "baseline": {},
    "progressive": {"progressive": True},
    "restart markers": {"restart_marker_blocks": 2},
    "4:4:4": {"subsampling": 0},
    "small preview inside": {"exif": b"Exif\0\0preview \xff\xd8 of its own \xff\xd9 end"},
    "filling": {"comment": b"\xff\xd9" * 50},
}


@pytest.fixture(scope="module", params=KINDS)
def jpeg(request, head) -> bytes:
    return encoded(head, "JPEG", quality=85, **KINDS[request.param])


@pytest.mark.parametrize(
    "behind", [bytes(20_000), b"note" * 20_000, b"\xff" * 9, b"\xff\xd8 another", b"\xff\xd9"]
)
def test_what_lies_behind_the_end_marker_does_not_matter(jpeg, behind):
    assert end_of_picture(jpeg) == len(jpeg)
    assert end_of_picture(jpeg + behind) == len(jpeg)
    assert np.array_equal(decode_image(jpeg + behind), decode_image(jpeg))


@pytest.mark.parametrize("kept", [0.3, 0.6, 0.9, 0.99])
def test_cut_off_or_overwritten_is_found_out(jpeg, kept):
    n = int(kept * len(jpeg))
    another = jpeg[:n] + bytes(len(jpeg) - n) + jpeg  # a whole picture behind the damaged one
    for data in (jpeg[:n], jpeg[:n] + bytes(len(jpeg) - n), jpeg[:n] + bytes(9000), another):
        with pytest.raises(ImageError, match="F001/T1/7") as raised:
            decode_image(data, "F001/T1/7")
        assert raised.value.status == "truncated image"
    assert len(jpeg) - n > 2


def test_a_truncated_jpeg_with_a_preview_has_an_end_marker_and_no_end(head):
    preview = encoded(head.resize((24, 20)), "JPEG")
    data = encoded(head, "JPEG", exif=b"Exif\0\0" + preview)
    cut = data[: len(data) - 300]
    assert b"\xff\xd9" in cut[-4096:] and end_of_picture(cut) is None
    with pytest.raises(ImageError) as raised:
        decode_image(cut)
    assert raised.value.status == "truncated image"


def test_markers_may_be_filled_up(head):
    data = encoded(head, "JPEG")
    filled = data[:-2] + b"\xff" * 70 + b"\xd9"
    assert end_of_picture(filled) == len(filled)
    assert np.array_equal(decode_image(filled), decode_image(data))
