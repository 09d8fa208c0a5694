from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from dsin_lib.faces.stills import ImageError, decode_image, read_image


def encoded(image: np.ndarray, kind: str, **options) -> bytes:
    stream = BytesIO()
    Image.fromarray(image).save(stream, kind, **options)
    return stream.getvalue()


def test_a_png_comes_back_as_it_was(photograph):
    assert np.array_equal(decode_image(encoded(photograph, "PNG")), photograph)


def test_channels_are_red_green_blue():
    red = np.zeros((16, 16, 3), np.uint8)
    red[..., 0] = 255
    assert np.abs(decode_image(encoded(red, "JPEG")).astype(int) - [255, 0, 0]).max() < 8


@pytest.mark.parametrize("mode", ["L", "RGBA", "P"])
def test_other_colour_modes_become_rgb(photograph, mode):
    image = np.asarray(Image.fromarray(photograph[:64, :64]).convert(mode).convert("RGB"))
    stream = BytesIO()
    Image.fromarray(photograph[:64, :64]).convert(mode).save(stream, "PNG")
    assert np.array_equal(decode_image(stream.getvalue()), image)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_image_is_refused(photograph, kind, kept):
    data = encoded(photograph, kind)
    with pytest.raises(ImageError, match=r"F001/T1/7") as raised:
        decode_image(data[: int(kept * len(data))], "F001/T1/7")
    assert raised.value.status == "truncated image"


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_whose_tail_is_zeros_is_refused(photograph, progressive):
    data = encoded(photograph, "JPEG", progressive=progressive)
    half = len(data) // 2
    with pytest.raises(ImageError) as raised:
        decode_image(data[:half] + bytes(len(data) - half))
    assert raised.value.status == "truncated image"


@pytest.mark.parametrize("data", [b"", b"not an image", b"\xff\xd8 no jpeg \xff\xd9", bytes(999)])
def test_what_is_no_image_is_refused(data):
    with pytest.raises(ImageError, match="F001/T1/7") as raised:
        decode_image(data, "F001/T1/7")
    assert " at 0x" not in str(raised.value)  # the same words in every run
    assert raised.value.status in {"unreadable image", "truncated image"}


def test_a_missing_file_names_its_path(tmp_path):
    with pytest.raises(ImageError, match=r"gone\.jpg"):
        read_image(tmp_path / "gone.jpg")
