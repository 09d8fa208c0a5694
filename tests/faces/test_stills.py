"""Image files of every kind that cameras and programs write become upright eight-bit RGB."""

import os
import struct
import zlib
from functools import partial
from io import BytesIO

import cv2
import numpy as np
import pytest
from encoded import encoded
from PIL import Image, ImageCms, ImageOps

from data_prep.workers import worker_pool
from dsin_lib.faces.stills import ImageError, decode_image, read_file, read_image
from dsin_lib.faces.videos import Video, read_video_frame


def turned(orientation: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = orientation
    return exif


def png(samples: np.ndarray, bits: int, kind: int, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG file, written by the book: rows of samples (flat, of any depth), a colour type."""
    height, width = samples.shape[0], samples.shape[1] // {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[kind]
    words = [[f"{v:0{bits}b}" for v in row] for row in samples.tolist()]
    rows = []
    for row in words:
        line = "".join(row)
        line = line.ljust(-(-len(line) // 8) * 8, "0")
        rows.append(b"\0" + int(line, 2).to_bytes(len(line) // 8, "big"))
    header = struct.pack(">IIBBBBB", width, height, bits, kind, 0, 0, 0)
    parts = [(b"IHDR", header), *chunks, (b"IDAT", zlib.compress(b"".join(rows))), (b"IEND", b"")]
    framed = [
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(framed)


@pytest.mark.parametrize("bits", [1, 2, 4, 8, 16])
def test_grey_of_every_depth_spans_0_to_255(bits):
    most = 2**bits - 1
    samples = np.linspace(0, most, 40).round().astype(int).reshape(5, 8)
    expected = samples >> 8 if bits == 16 else samples * 255 // most
    found = decode_image(png(samples, bits, 0))
    assert found.min() == 0 and found.max() == 255
    assert np.array_equal(found, np.repeat(expected[..., None], 3, axis=2))


@pytest.mark.parametrize(("kind", "channels"), [(0, 1), (2, 3), (4, 2), (6, 4)])
def test_sixteen_bits_are_the_eight_bits_that_they_were_made_of(kind, channels):
    rng = np.random.default_rng(0)
    eight = rng.integers(0, 256, (6, 7, channels))
    eight[..., channels - 1 if channels in {2, 4} else channels :] = 255  # opaque
    flat = eight.reshape(6, -1)
    found = decode_image(png(flat * 257, 16, kind))
    assert np.array_equal(found, decode_image(png(flat, 8, kind)))
    assert np.array_equal(found, np.broadcast_to(eight[..., : 3 if channels > 2 else 1], (6, 7, 3)))


def test_sixteen_bit_files_of_opencv(photograph):
    grey = cv2.cvtColor(photograph, cv2.COLOR_RGB2GRAY)
    for picture in (grey, photograph[..., ::-1]):
        written = cv2.imencode(".png", picture.astype(np.uint16) * 257)[1].tobytes()
        expected = (
            np.broadcast_to(grey[..., None], (512, 512, 3)) if picture is grey else photograph
        )
        assert np.array_equal(decode_image(written), expected)


UPRIGHT = {
    1: lambda stored: stored,
    2: lambda stored: stored[:, ::-1],
    3: lambda stored: stored[::-1, ::-1],
    4: lambda stored: stored[::-1],
    5: lambda stored: stored.swapaxes(0, 1),
    6: lambda stored: np.rot90(stored, -1),
    7: lambda stored: stored[::-1, ::-1].swapaxes(0, 1),
    8: lambda stored: np.rot90(stored, 1),
}
"""By what EXIF 2.3 (Sec. 4.6.4 A, Orientation) says of the stored rows and columns."""


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_as_its_exif_says(head, kind, orientation):
    data = encoded(head, kind, exif=turned(orientation))
    stored = np.asarray(Image.open(BytesIO(data)))
    shown = decode_image(data)
    assert np.array_equal(shown, UPRIGHT[orientation](stored))
    assert (shown.shape == stored.shape) == (orientation < 5)


def test_orientation_6_has_its_right_side_at_the_bottom():
    """The camera was held with its right side down: the file's first column is the top row."""
    picture = np.zeros((4, 6, 3), np.uint8)
    picture[:, 0] = [255, 0, 0]
    found = decode_image(encoded(Image.fromarray(picture), "PNG", exif=turned(6)))
    assert found.shape == (6, 4, 3)
    assert (found[0] == [255, 0, 0]).all() and not found[1:].any()


@pytest.mark.parametrize("orientation", [0, 9, 77])
def test_an_orientation_that_nobody_defined_turns_nothing(head, orientation):
    data = encoded(head, "PNG", exif=turned(orientation))
    assert np.array_equal(decode_image(data), np.asarray(head))


def test_a_damaged_exif_block_turns_nothing(head):
    data = encoded(head, "JPEG", exif=turned(6))
    at = data.index(b"Exif\0\0") + 6
    for broken in (b"\xff" * 8, b"II*\0\xff\xff\0\0", b"MM\0*\0\0\0\x08"):
        assert decode_image(data[:at] + broken + data[at + 8 :]).shape[2] == 3
    assert decode_image(data[:at] + b"\xff" * 8 + data[at + 8 :]).shape == (80, 96, 3)


def test_cmyk_as_photo_editors_write_it(head):
    """Inverted, and marked as Adobe's: what comes back looks as what went in."""
    data = encoded(head.convert("CMYK"), "JPEG", quality=95)
    assert b"Adobe" in data[:40]
    found = decode_image(data).astype(int)
    assert np.abs(found - np.asarray(head)).mean() < 6


def test_transparency_is_dropped_whatever_lies_behind(head):
    for alpha in (0, 128, 255):
        image = head.convert("RGBA")
        image.putalpha(alpha)
        assert np.array_equal(decode_image(encoded(image, "PNG")), np.asarray(head))


def test_a_palette_with_a_transparent_colour(head):
    image = head.convert("P")
    data = encoded(image, "PNG", transparency=bytes([0, 128] + [255] * 254))
    assert np.array_equal(decode_image(data), np.asarray(image.convert("RGB")))


@pytest.mark.parametrize(("kind", "own"), [("MPO", "JPEG"), ("PNG", "PNG")])
def test_of_several_pictures_in_a_file_the_first(head, kind, own):
    others = [ImageOps.invert(head)] * 2
    data = encoded(head, kind, save_all=True, append_images=others)
    assert np.array_equal(decode_image(data), decode_image(encoded(head, own)))


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_colour_profile_is_not_applied(head, kind):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
    with_profile = encoded(head, kind, icc_profile=profile)
    assert np.array_equal(decode_image(with_profile), decode_image(encoded(head, kind)))


def test_too_large_to_be_a_picture_is_named():
    data = png(np.zeros((1, 3), int), 8, 2)
    huge = struct.pack(">II", 60_000, 60_000)
    header = b"IHDR" + huge + data[24:29]
    data = data[:12] + header + struct.pack(">I", zlib.crc32(header)) + data[33:]
    with pytest.raises(ImageError, match=r"F001/T1/7: .*3600000000 pixels") as raised:
        decode_image(data, "F001/T1/7")
    assert raised.value.status == "unreadable image"


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_any_byte_may_be_damaged_and_the_file_is_named(head, kind):
    data, rng = encoded(head, kind, exif=turned(6)), np.random.default_rng(0)
    for _ in range(150):
        broken = bytearray(data)
        at = rng.integers(0, len(data), 3)
        broken[at[0]], broken[at[1] // 8] = rng.integers(0, 256, 2)
        try:
            assert decode_image(bytes(broken[: at[2] + len(data) // 2]), "F001/T1/7").ndim == 3
        except ImageError as error:
            assert str(error).startswith("F001/T1/7: ") and " at 0x" not in str(error)


def test_what_is_no_file_is_named(tmp_path):
    (tmp_path / "folder.jpg").mkdir()
    (tmp_path / "link.jpg").symlink_to(tmp_path / "gone")
    (tmp_path / "round.jpg").symlink_to(tmp_path / "round.jpg")
    for name, said in {
        "folder.jpg": "expected a file, found a folder",
        "link.jpg": "No such file",
        "round.jpg": "symbolic links",
        "gone.jpg": "No such file",
    }.items():
        for read in (read_file, Video, partial(read_video_frame, index=0)):
            with pytest.raises(ImageError, match=rf"F001/7: .*{said}") as raised:
                read(tmp_path / name, name="F001/7")
            assert raised.value.status == "unreadable image"
        with pytest.raises(ImageError, match=name):
            read_image(tmp_path / name)


@pytest.mark.parametrize("asked", ["exists", "open"])
@pytest.mark.parametrize("read", [read_file, Video], ids=["image", "video"])
def test_what_may_not_be_read_is_named(tmp_path, monkeypatch, asked, read):
    """The file itself, or a folder on the way to it."""
    path = tmp_path / "locked"
    path.write_bytes(b"")

    def refused(*arguments):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), asked, refused)
    with pytest.raises(ImageError, match=r"F001/7: Permission denied"):
        read(path, "F001/7")


def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(ImageError, match="expected a file"):
        read_file(tmp_path / "pipe.jpg")


def test_an_error_comes_back_whole_from_another_process():
    with worker_pool(2) as pool, pytest.raises(ImageError, match=r"F001/7: .*empty file") as error:
        pool.submit(decode_image, b"", "F001/7").result()
    assert error.value.status == "unreadable image"
