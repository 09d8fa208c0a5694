"""The fixed frames are the ones that were chosen, and AUCs and intervals are what they say."""

import re
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from benchmarks.faces import compare, frames
from benchmarks.faces.draw import draw
from data_prep.synth.plan.shapes import SHAPES
from dsin_lib.facs import ACTION_UNITS, au_name

ROOT = compare.HERE.parents[1]


def test_the_frames_are_fixed():
    fixed = frames.frames()
    assert len(fixed) == 2000 and not fixed.duplicated(["corpus", "subject", "task", "frame"]).any()
    for name, shape in SHAPES.items():
        assert set(fixed.loc[fixed["corpus"] == name, "subject"]) == set(shape.subjects)


def test_the_frames_that_no_drawing_decides_are_those_that_the_rule_gives():
    today, fixed = (of[of["chosen_for"] == "evenly"] for of in (frames.choose(), frames.frames()))
    pd.testing.assert_frame_equal(today.reset_index(drop=True), fixed.reset_index(drop=True))


def test_no_version_was_looked_at_more_often_than_the_data_sheet_says():
    record = (compare.HERE / "README.md").read_text(encoding="utf-8").partition("## Looks")[2]
    looks = re.findall(r"^\| (\d+\.\d+\.\d+),? [^|]*\|[^|]*\| ([0-9a-f]{7}) \|$", record, re.M)
    assert len(looks) == record.count("\n| ") - 1, "a line without version, day and commit"
    assert max(Counter(version for version, _ in looks).values()) <= 3
    sheet = (ROOT / "data_prep" / "synth" / "README.md").read_text(encoding="utf-8")
    assert "three times at most" in " ".join(sheet.split())


def test_every_unit_has_a_blendshape():
    assert set(compare.MATCHING) == set(ACTION_UNITS)


@pytest.fixture
def scored():
    rng = np.random.default_rng(0)
    active, subject = rng.random(300) < 0.3, rng.integers(0, 7, 300)
    return np.round(active * 0.7 + rng.normal(size=300), 1), active, subject


def test_auc_of_everybody_is_the_auc(scored):
    found = compare.aucs(*scored, np.ones((1, 7), int))
    assert found == pytest.approx(roc_auc_score(scored[1], scored[0]))


def test_auc_of_resampled_subjects_counts_them_as_often(scored):
    score, active, subject = scored
    times = np.array([[0, 3, 1, 1, 0, 2, 0]])
    again = np.concatenate(
        [np.flatnonzero(subject == s) for s in np.repeat(np.arange(7), times[0])]
    )
    assert compare.aucs(*scored, times) == pytest.approx(roc_auc_score(active[again], score[again]))
    nobody = np.zeros((1, 7), int)
    assert np.isnan(compare.aucs(*scored, nobody)).all()


def readings(strength, seed):
    """Frames of SynAU-B's people whose blendshapes follow AU12's level as strongly as said."""
    rng = np.random.default_rng(0)
    subjects = np.repeat(SHAPES["synau_b"].subjects, 20)
    table = pd.DataFrame({"corpus": "synau_b", "subject": subjects, "found": 1})
    table["picture"] = [f"synau_b/{i}.jpg" for i in range(len(table))]
    for au in ACTION_UNITS:
        table[au_name(au)] = rng.integers(0, 6, len(table))
    other = np.random.default_rng(seed)
    for name in {n for of in compare.MATCHING.values() for n in of}:
        table[name] = other.normal(size=len(table)) + strength * table["AU12"]
    return table


def test_a_better_version_gains_and_the_same_one_does_not():
    one, two = readings(0.1, 1), readings(1.0, 2)
    better = compare.table({"a": one, "b": two}).set_index(["unit", "level"])
    assert better.loc[(12, "C to E"), "gain low"] > 0.1
    same = compare.table({"a": one, "b": one}).dropna(subset=["gain"])
    assert (same[["gain", "gain low", "gain high"]] == 0).all(axis=None)
    assert better.loc[(12, "C to E"), "n a"] == (one["AU12"] >= 3).sum()


def test_frames_that_one_version_hides_count_in_neither():
    one, two = readings(0.5, 1), readings(0.5, 1)
    two.loc[two["AU12"] == 5, "found"] = 0
    found = compare.table({"a": one, "b": two}).set_index(["unit", "level"])
    assert found.loc[(12, "C to E"), "n a"] == one["AU12"].isin([3, 4]).sum()


def test_drawn_frames_are_joined_with_their_levels(tmp_path):
    few = frames.frames()
    few = few[few["subject"].isin(["F001", "SN001"])].groupby("corpus").head(3)
    draw(tmp_path, few, tell=lambda line: None)
    pictures = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.jpg"))
    assert len(pictures) == 6
    read = pd.DataFrame({"picture": pictures, "found": 1, "jawOpen": 0.5})
    read.to_csv(tmp_path / "readings.csv", index=False)
    found = compare.joined(tmp_path, tmp_path / "readings.csv")
    assert sorted(found["picture"]) == pictures
    for name in ("synau_b", "synau_d"):
        chosen = few[few["corpus"] == name]
        act = frames.whole(chosen["subject"].iloc[0], chosen["task"].iloc[0])
        assert set(chosen["task"]) == {chosen["task"].iloc[0]}
        wanted = frames.drawn_levels(act)[chosen["frame"].to_numpy() - 1]
        columns = [au_name(au) for au in act.shape.aus]
        assert (found.loc[found["corpus"] == name, columns].to_numpy() == wanted).all()
