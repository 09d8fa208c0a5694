"""Frames of a video: the right one, whatever is damaged before it."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from dsin_lib.faces.stills import ImageError
from dsin_lib.faces.videos import Video, read_video_frame, video_length

N, STEP = 20, 10


def write(path: Path, codec: str = "MJPG") -> Path:
    """Frame k has a grey of STEP * k, and a red of 40 more."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*codec), 20, (64, 64))
    for k in range(N):
        writer.write(np.full((64, 64, 3), [STEP * k, STEP * k, STEP * k + 40], np.uint8))
    writer.release()
    return path


def number(image: np.ndarray) -> int:
    return round(float(image[..., 2].mean()) / STEP)


@pytest.fixture
def video(tmp_path: Path) -> Path:
    return write(tmp_path / "a.avi")


@pytest.fixture
def starts(video: Path) -> list[int]:
    """Where each JPEG begins in the file."""
    data = video.read_bytes()
    found = [at for at in range(len(data)) if data[at : at + 2] == b"\xff\xd8"]
    assert len(found) == N
    return found


@pytest.mark.parametrize("codec", ["MJPG", "mp4v", "XVID"])
def test_every_frame_in_any_order(tmp_path, codec):
    path = write(tmp_path / "b.avi", codec)
    for index in [*range(N), 3, 15, 0, N - 1]:
        assert number(read_video_frame(path, index)) == index


def test_channels_are_red_green_blue(video):
    red, _, blue = read_video_frame(video, 5).mean((0, 1))
    assert red - blue > 20


def test_rising_order_decodes_each_frame_once(video, monkeypatch):
    grabbed = []
    grab = Video.grab
    monkeypatch.setattr(Video, "grab", lambda self: (grabbed.append(self.position), grab(self))[1])
    for index in range(0, N, 3):
        read_video_frame(video, index)
    assert grabbed == list(range(N - 1))


def test_a_replaced_video_is_read_anew(video):
    read_video_frame(video, 2)
    video.write_bytes(write(video.with_name("c.avi"), "mp4v").read_bytes())
    assert number(read_video_frame(video, 3)) == 3
    assert number(read_video_frame(video, 4)) == 4


def test_a_damaged_frame_shifts_no_other(video, starts):
    data = bytearray(video.read_bytes())
    data[starts[7] : starts[8] - 8] = bytes(starts[8] - 8 - starts[7])
    video.write_bytes(data)
    for index in range(N):
        if index == 7:
            with pytest.raises(ImageError, match=r"a\.avi, index 7: expected a frame") as raised:
                read_video_frame(video, index)
            assert raised.value.status == "unreadable image"
        else:
            assert number(read_video_frame(video, index)) == index


@pytest.mark.parametrize("even", [True, False])
def test_behind_damage_a_clock_that_disagrees_is_not_trusted(video, starts, monkeypatch, even):
    """As where the decoder drops a frame and does not say so; an even clock tells which."""
    if not even:
        monkeypatch.setattr("dsin_lib.faces.videos.places", lambda path: None)
    data = bytearray(video.read_bytes())
    data[starts[7] : starts[8] - 8] = bytes(starts[8] - 8 - starts[7])
    video.write_bytes(data)
    opened = Video(video)
    assert number(opened.frame(6)) == 6
    opened.position -= 1  # one frame was lost on the way
    for index in range(7, 12):
        if even and index > 7:
            assert number(opened.frame(index)) == index
            continue
        with pytest.raises(ImageError, match=f"index {index}"):
            opened.frame(index)


def test_a_video_that_ends_early(video, starts):
    video.write_bytes(video.read_bytes()[: starts[12]])
    assert number(read_video_frame(video, 11)) == 11
    for index in (12, N - 1, N, 4000):
        with pytest.raises(ImageError, match=f"index {index}: .* or the end") as raised:
            read_video_frame(video, index)
        assert raised.value.status == "unreadable image"


def test_the_length_is_counted_where_the_header_says_too_few(video, monkeypatch):
    assert video_length(video) == N and video_length(video, expected=N + 5) == N

    class Short(Video):
        def __init__(self, path: Path) -> None:
            super().__init__(path)
            self.length = 3

    monkeypatch.setattr("dsin_lib.faces.videos.Video", Short)
    assert video_length(video, expected=N) == N
    assert video_length(video, expected=2) == 3


@pytest.mark.parametrize("content", [None, b"", b"no video", bytes(5000)])
def test_what_is_no_video_names_its_path(tmp_path, content):
    path = tmp_path / "gone.avi"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ImageError, match=r"the video") as raised:
        read_video_frame(path, 0, "the video")
    assert raised.value.status == "unreadable image"
    with pytest.raises(ImageError, match=r"gone\.avi"):
        video_length(path)
