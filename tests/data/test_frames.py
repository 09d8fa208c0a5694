import pandas as pd
import pytest

from dsin_lib.data.frames import (
    FramesError,
    au_columns,
    digest,
    initial_status,
    neutral,
    validate,
)


@pytest.fixture
def frames() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "corpus": "bp4d",
            "subject": "F001",
            "sequence": "T1",
            "frame": [3, 1, 2, 4],
            "source": ["F001/T1/3.jpg", "F001/T1/1.jpg", None, "F001/T1/4.jpg"],
            "AU01": pd.array([0, 1, 0, None], dtype="Int8"),
            "AU12": pd.array([0, None, 0, None], dtype="Int8"),
        }
    )


def test_sorted_by_key_with_nothing_lost(frames):
    assert validate(frames)["frame"].tolist() == [1, 2, 3, 4]


def test_neutral_needs_every_unit_coded_and_none_active(frames):
    assert neutral(validate(frames)).tolist() == [False, True, True, False]


def test_statuses_before_images_are_opened(frames):
    assert initial_status(validate(frames)).tolist() == ["ok", "no image", "ok", "no label"]


def test_au_columns_are_the_labels_only(frames):
    assert au_columns(frames.assign(AUX=1, status="ok")) == ["AU01", "AU12"]


def test_a_frame_twice_is_refused_by_name(frames):
    twice = pd.concat([frames, frames.tail(1)])
    with pytest.raises(FramesError, match=r"1 again.*F001.*T1.*4"):
        validate(twice)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda table: table.drop(columns="source"), "source"),
        (lambda table: table.drop(columns=["AU01", "AU12"]), "label columns"),
        (lambda table: table.assign(subject=None), "missing one"),
        (lambda table: table.assign(AU01=2), r"0, 1 or missing, found others in \['AU01'\]$"),
    ],
)
def test_what_is_no_frames_table_is_refused(frames, change, expected):
    with pytest.raises(FramesError, match=expected):
        validate(change(frames))


def test_digest_changes_with_one_label(frames):
    before = digest(frames)
    assert digest(frames.copy()) == before
    frames.loc[0, "AU01"] = 1
    assert digest(frames) != before
