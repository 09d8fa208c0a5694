"""Anchors come from neutral frames of enough subjects, on record, or there are none."""

from functools import partial

import numpy as np
import pandas as pd
import pytest

from data_prep.anchors import reference_anchors
from data_prep.prepare import prepare as prepare_with_workers
from dsin_lib.data.frames import neutral, with_activity
from dsin_lib.data.store import Store, StoreError
from dsin_lib.faces.align import AlignmentError, mean_anchors

prepare = partial(prepare_with_workers, workers=1, progress=False)


def made(neutral_frames, with_face=None):
    """A table of four frames a subject, so many of them neutral, and landmarks of everybody."""
    rows = [
        (subject, k, k < n, "ok" if k < (with_face or {}).get(subject, 4) else "no face")
        for subject, n in neutral_frames.items()
        for k in range(4)
    ]
    frames = pd.DataFrame(rows, columns=["subject", "frame", "neutral", "status"])
    points = np.random.default_rng(0).uniform(0, 256, (len(frames), 68, 2)).astype(np.float32)
    return frames, points


def test_only_neutral_frames_with_a_face_have_a_say_and_are_counted():
    frames, points = made({"F001": 2, "M002": 4}, with_face={"F001": 4, "M002": 1})
    record = reference_anchors(frames, points)
    assert record["neutral_frames"] == {"F001": 2, "M002": 1} and record["notes"] == []
    chosen = {"F001": points[:2].astype(float), "M002": points[4:5].astype(float)}
    np.testing.assert_allclose(record["anchors"], mean_anchors(chosen))


def test_a_subject_without_is_named_and_served_by_the_others():
    frames, points = made({"F001": 2, "F002": 0, "M002": 3})
    record = reference_anchors(frames, points)
    assert record["neutral_frames"] == {"F001": 2, "F002": 0, "M002": 3}
    assert [note.split(":")[0] for note in record["notes"]] == ["F002"]
    assert "registered to the other subjects' anchors" in record["notes"][0]
    others = frames["subject"] != "F002"
    alone = reference_anchors(frames[others].reset_index(drop=True), points[others])
    np.testing.assert_array_equal(record["anchors"], alone["anchors"])


def test_half_of_the_subjects_are_enough_and_fewer_are_an_error_that_names_them():
    reference_anchors(*made({"F001": 1, "F002": 0, "M001": 1, "M002": 0}))
    frames, points = made({"F001": 0, "F002": 3, "M001": 1, "M002": 0}, with_face={"F002": 0})
    with pytest.raises(AlignmentError) as raised:
        reference_anchors(frames, points)
    said = str(raised.value)
    assert "at least 1 neutral frame" in said and "50% of the 4 subjects" in said
    assert "F001: 0 neutral, 0 with a face" in said and "F002: 3 neutral, 0 with a face" in said
    assert "M002: 0 neutral" in said and "M001:" not in said
    for advice in ("frames_per_sequence", "data_prep check", "preprocessing.upsample"):
        assert advice in said


def test_too_few_leave_no_store(make_corpus, write_labels, tmp_path):
    root = make_corpus({"F001_T1": 2})
    write_labels(root, "F001_T1", {1: [1] * 12, 2: [9, *[0] * 11]})
    with pytest.raises(AlignmentError, match="F001: 0 neutral"):
        prepare(root, tmp_path / "store")
    with pytest.raises(StoreError):
        Store.open(tmp_path / "store")


@pytest.mark.parametrize("active_from", [1, 2, 4])
def test_with_intensities_neutral_is_level_0_whatever_counts_as_active(active_from):
    levels = pd.DataFrame({"AU01": 0, "AU01_intensity": [0, 1, 3, None]}).astype("Int8")
    frames = with_activity(levels, active_from)
    assert neutral(frames).tolist() == [True, False, False, False]
