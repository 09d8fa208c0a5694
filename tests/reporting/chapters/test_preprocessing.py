"""Landmark errors against a known truth, and no truth where nobody drew the faces."""

import re

import numpy as np
import pandas as pd
import pytest
from told import gallery_of

from dsin_lib.config.places import corpus_dir
from dsin_lib.faces.subject_face import RULES
from dsin_lib.reporting.chapters import preprocessing

AXES = [f"{axis}{i}" for axis in "xy" for i in range(68)]


@pytest.fixture
def store(own):
    """The tiny store, whose landmarks are all zero, and a truth that lies 3 px away."""
    store = gallery_of(own).store
    folder = corpus_dir(own.corpora.table_3) / preprocessing.TRUTH
    folder.mkdir(parents=True)
    for (subject, sequence), frames in store.frames.groupby(["subject", "sequence"]):
        truth = pd.DataFrame(np.tile([3.0] * 68 + [0.0] * 68, (len(frames), 1)), columns=AXES)
        truth["x45"] = 53.0  # the outer-eye span is 50 px
        truth = truth.assign(frame=frames["frame"].to_numpy(), yaw=0.2)
        truth.to_parquet(folder / f"{subject}_{sequence}.parquet")
    return store


def test_an_error_of_three_pixels_is_six_percent_of_a_span_of_fifty(own, store):
    errors = preprocessing.landmark_errors(own.corpora.table_3, store)
    assert len(errors) == 72
    assert errors["mouth"].to_numpy() == pytest.approx(6.0)
    assert errors["yaw"].to_numpy() == pytest.approx(np.rad2deg(0.2))
    assert "6.0" in preprocessing.landmark_table(errors).data


def test_without_a_truth_the_page_says_so(tiny):
    errors = preprocessing.landmark_errors(tiny.corpora.table_3, gallery_of(tiny).store)
    assert errors.empty
    assert preprocessing.landmark_table(errors) is preprocessing.NO_TRUTH
    assert preprocessing.landmark_figure(errors) is None


def test_registration_is_measured_in_pixels_of_the_aligned_face(tiny):
    store = gallery_of(tiny).store
    html = preprocessing.registration(store).data  # landmarks at 0, 0; the anchors are known
    for anchor in store.anchors:
        assert f"{np.linalg.norm(anchor):.1f}" in html


FRAMES = pd.DataFrame(
    [
        ("F001", "T1", 1, 1, ""),
        ("F001", "T1", 2, 2, "nearest"),
        ("F001", "T1", 3, 3, "nearest"),
        ("F001", "T1", 5, 2, "nearest"),
        ("F001", "T2", 1, 0, ""),
        ("M002", "T1", 1, 2, "largest"),
        ("M002", "T1", 2, 2, "nearest"),
    ],
    columns=["subject", "sequence", "frame", "n_faces", "taken_by"],
)


def test_frames_with_several_faces_are_counted_and_listed_with_the_rule():
    html = preprocessing.several_faces(FRAMES).data
    assert "In 5 of the 6 frames with a face the detector saw several." in html
    cells = re.findall(r"<td[^>]*>(.*?)</td>", html)
    nearest, largest = RULES["nearest"], RULES["largest"]
    assert [cells[k : k + 6] for k in range(0, len(cells), 6)] == [
        ["F001", "T1", nearest, "2 to 3, 5", "3", "3"],
        ["M002", "T1", largest, "1", "1", "2"],
        ["M002", "T1", nearest, "2", "1", "2"],
    ]


def test_every_frame_is_listed_however_many_gaps_there_are():
    many = pd.concat([FRAMES[1:2].assign(frame=k) for k in range(1, 40, 2)])
    assert ", ".join(map(str, range(1, 40, 2))) in preprocessing.several_faces(many).data


def test_where_no_frame_shows_several_the_page_says_so():
    html = preprocessing.several_faces(FRAMES[FRAMES["n_faces"] < 2]).data
    assert html == "<p>In no frame did the detector see more than one face.</p>"
