"""A dropped frame takes its place, and every other frame keeps its own picture."""

import avi
import cv2
import numpy as np
import pytest
from avi import N, drop, not_coded, number, write

from dsin_lib.faces import videos
from dsin_lib.faces.places import Places, places
from dsin_lib.faces.stills import ImageError
from dsin_lib.faces.videos import Video, read_video_frame, video_length


def found(path, indices=range(N)):
    """What is read at every index: the picture's number, or why there is none."""
    numbers = {}
    for index in indices:
        try:
            numbers[index] = number(read_video_frame(path, index, "the video"))
        except ImageError as error:
            assert str(error).startswith(f"the video, index {index}: expected a frame")
            numbers[index] = error.status
    return numbers


@pytest.mark.parametrize(
    "empty", [[], [7], [0], [0, 1], [7, 8], [3, 9, 10], [1, 18], list(range(1, N - 1))]
)
def test_a_dropped_frame_moves_no_other(tmp_path, empty):
    path = drop(write(tmp_path / "a.avi"), empty)
    assert video_length(path) == N
    assert found(path) == {k: "dropped frame" if k in empty else k for k in range(N)}
    assert found(path, [12, 4, 0, 9]).items() <= found(path).items()  # going back


@pytest.mark.parametrize("empty", [[N - 1], [N - 2, N - 1]])
def test_behind_the_last_picture_nothing_tells_dropped_from_cut_off(tmp_path, empty):
    path = drop(write(tmp_path / "a.avi"), empty)
    assert found(path) == {k: "unreadable image" if k in empty else k for k in range(N)}


@pytest.mark.parametrize("codec", ["mp4v", "XVID"])
def test_a_frame_that_mpeg_4_leaves_out_is_dropped(tmp_path, codec):
    path = not_coded(write(tmp_path / "a.avi", codec), 15)
    assert places(path) == Places(0, N)
    assert found(path) == {k: "dropped frame" if k == 15 else k for k in range(N)}


def test_dropped_and_damaged(tmp_path):
    path = drop(write(tmp_path / "a.avi"), [4, 12])
    data = bytearray(path.read_bytes())
    at, size = avi.chunks(data)[8]
    data[at : at + size] = bytes(size)
    path.write_bytes(data)
    statuses = {4: "dropped frame", 8: "unreadable image", 12: "dropped frame"}
    assert found(path) == {k: statuses.get(k, k) for k in range(N)}


def test_a_first_frame_that_is_damaged_leaves_the_clock_untold(tmp_path):
    path = write(tmp_path / "a.avi")
    data = bytearray(path.read_bytes())
    at, size = avi.chunks(data)[0]
    data[at : at + size] = bytes(size)
    path.write_bytes(data)
    assert found(path) == {0: "unreadable image", **{k: k for k in range(1, N)}}


OPEN = cv2.VideoCapture


class Capture:
    """A decoder's clock that shows other times than the file's."""

    def __init__(self, *arguments) -> None:
        self._of_file, self._passed = OPEN(*arguments), 0

    def __getattr__(self, name):
        return getattr(self._of_file, name)

    def grab(self) -> bool:
        self._passed += 1
        return self._of_file.grab()

    def get(self, what: int) -> float:
        shown = self.clock(self._passed - 1) if what == cv2.CAP_PROP_POS_MSEC else None
        return self._of_file.get(what) if shown is None else shown


@pytest.mark.parametrize("late", [1, 2])
def test_a_clock_that_runs_late_is_taken_so_and_one_that_stops_is_not_asked(
    tmp_path, monkeypatch, late
):
    """As of AVI files whose pictures are stored in another order than they are shown."""
    clock = staticmethod(lambda k: 50.0 * (k + late) if k + late < N else 0.0)
    monkeypatch.setattr(Capture, "clock", clock, raising=False)
    path = write(tmp_path / "a.avi")
    assert places(path) == Places(0, N)
    monkeypatch.setattr(videos, "cv2", type("", (), {**vars(cv2), "VideoCapture": Capture}))
    assert found(path) == {k: k for k in range(N)}


@pytest.mark.parametrize(
    "times",
    [
        np.cumsum(np.random.default_rng(0).uniform(20, 90, N)),
        [50.0 * (k + (k > 6)) for k in range(N)],  # an MP4 counts pictures: the last lies beyond
    ],
    ids=["uneven", "beyond what the header counts"],
)
def test_times_that_are_no_places_are_not_asked_and_frames_are_counted(
    tmp_path, monkeypatch, times
):
    monkeypatch.setattr(Capture, "clock", staticmethod(lambda k: times[k]), raising=False)
    monkeypatch.setattr(cv2, "VideoCapture", Capture)
    path = write(tmp_path / "a.avi")
    assert places(path) is None
    assert found(path) == {k: k for k in range(N)}


def test_a_video_without_a_rate_is_counted(tmp_path, monkeypatch):
    class Rateless(Capture):
        def get(self, what: int) -> float:
            return 0.0 if what == cv2.CAP_PROP_FPS else self._of_file.get(what)

    monkeypatch.setattr(cv2, "VideoCapture", Rateless)
    path = write(tmp_path / "a.avi")
    assert places(path) is None
    assert found(path) == {k: k for k in range(N)}
    dropped = drop(write(tmp_path / "b.avi"), [7])
    assert Video(dropped).frame(7).shape == (64, 64, 3)  # nobody knows


def test_a_film_of_milliseconds_has_places(tmp_path):
    path = write(tmp_path / "a.mkv", fps=59.94)
    assert places(path) == Places(0, N)


def test_the_places_are_counted_where_the_header_says_too_few(tmp_path, monkeypatch):
    """More places in a row are empty than frames are tried."""

    class Short(Video):
        def __init__(self, path) -> None:
            super().__init__(path)
            self.length = 1

    path = drop(write(tmp_path / "a.avi"), list(range(1, N - 1)))
    monkeypatch.setattr("dsin_lib.faces.videos.Video", Short)
    assert video_length(path, expected=N) == N


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_film_that_was_held_otherwise_is_turned_upright(tmp_path, turn):
    """OpenCV turns a film as its file says, and so an image file is turned."""
    path = tmp_path / "a.mp4"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"mp4v"), 20, (64, 32))
    picture = np.zeros((32, 64, 3), np.uint8)
    picture[:16, :32] = 255
    for _ in range(3):
        writer.write(picture)
    writer.release()
    data = bytearray(path.read_bytes())
    at = data.find(b"tkhd") + 4 + 40  # the matrix of the track
    one, zero, minus = (v.to_bytes(4, "big", signed=True) for v in (1 << 16, 0, -(1 << 16)))
    matrix = {90: (zero, one, minus, zero), 180: (minus, zero, zero, minus)}
    a, b, c, d = matrix.get(turn, (zero, minus, one, zero))
    data[at : at + 8], data[at + 12 : at + 20] = a + b, c + d
    path.write_bytes(data)
    upright = np.rot90(picture, -turn // 90)
    shown = read_video_frame(path, 1)
    assert shown.shape == upright.shape
    assert np.abs(shown.astype(int) - upright).mean() < 20
