"""A disk that takes no more says which file it cut short, and leaves nothing half written."""

import resource
import signal

import numpy as np
import pandas as pd
import pytest

from dsin_lib.files import allocate, named, whole, write_text


@pytest.fixture
def small_disk():
    """No file of this process may grow over 100 kB: what a full disk does, on any disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)
    signal.signal(signal.SIGXFSZ, ignored)


def test_an_array_without_room_is_an_error_and_no_bus_error(tmp_path, small_disk):
    path = tmp_path / "face.npy"
    with pytest.raises(OSError, match=r"face\.npy: no room for 1\.0 MB: File too large"):
        allocate(path, np.uint8, (1_000_000,))


def test_an_allocated_array_is_zeros_that_stay_as_written(tmp_path):
    path = tmp_path / "a.npy"
    array = allocate(path, np.float32, (3, 2))
    assert not array.any()
    array[1] = 7
    array.flush()
    np.testing.assert_array_equal(np.load(path), [[0, 0], [7, 7], [0, 0]])
    assert allocate(tmp_path / "none.npy", np.uint8, (0, 5)).shape == (0, 5)


WRITERS = {
    "numpy": lambda path: np.savez(path.open("wb"), a=np.arange(50_000)),
    "parquet": lambda path: pd.DataFrame({"a": np.random.default_rng(0).random(50_000)}).to_parquet(
        path
    ),
    "text": lambda path: path.write_text("x" * 200_000),
}


@pytest.mark.parametrize("writer", WRITERS)
def test_every_writer_s_error_names_the_file(tmp_path, small_disk, writer):
    path = tmp_path / "content"
    with pytest.raises(OSError, match="content"), whole(path) as partial:
        WRITERS[writer](partial)
    assert not list(tmp_path.iterdir())


def test_an_error_that_names_its_file_keeps_it(tmp_path):
    with pytest.raises(FileNotFoundError) as error, named(tmp_path):
        (tmp_path / "absent").read_text()
    assert error.value.filename == str(tmp_path / "absent")


def test_text_is_whole_or_as_it_was(tmp_path, small_disk):
    path = tmp_path / "record.json"
    write_text(path, "first")
    with pytest.raises(OSError, match=r"record\.json"):
        write_text(path, "x" * 200_000)
    assert path.read_text() == "first" and list(tmp_path.iterdir()) == [path]
