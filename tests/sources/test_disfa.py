"""One pipeline, whatever the faces: DISFA with its videos and intensities, to the site."""

import re
import shutil

import cv2
import pandas as pd
import pytest
from painted import (
    assert_no_pixel,
    dag,
    frames_of,
    painted,
    pictures_of_notebook,
    profile,
    python,
    whole_dag,
)  # fmt: skip

from dsin_lib.config import load_config
from dsin_lib.facs import DISFA_AUS, DISFA_REPORTED_AUS, au_names
from dsin_lib.runs.rows import ROWS, TRAINED
from dsin_lib.runs.run import Run

SYNAU_D = {"name": "synau_d", "n_subjects": 6, "frames_per_sequence": 24, "stride": 200}


@pytest.fixture(scope="module")
def synau_d(tmp_path_factory):
    """What the DAG makes of the open corpus in DISFA's layout: a chapter, and a run.

    The rest of the way is that of DISFA, below, whose frames these become.
    """
    results = tmp_path_factory.mktemp("synau_d")
    config = profile(results, SYNAU_D)
    dag(results, config, results / "synau_d/book/data.ipynb")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DSIN_RESULTS", str(results))
        a_run = Run(load_config(config), ROWS["pp_mouth"], 1, 0).folder
    dag(results, config, a_run / "provenance.json")
    return results


def test_synau_d_becomes_a_chapter_and_a_run(synau_d):
    frames = frames_of(synau_d)
    assert set(frames["corpus"]) == {"synau_d"} and frames["subject"].nunique() == 6
    assert {f"{au}_intensity" for au in au_names(DISFA_AUS)} <= set(frames)
    (predicted,) = synau_d.glob("runs/pp_mouth/*/predictions.parquet")
    labels = [f"{au}_label" for au in au_names(DISFA_REPORTED_AUS)]
    assert [c for c in pd.read_parquet(predicted) if c.endswith("_label")] == labels
    assert list(pictures_of_notebook(synau_d / "synau_d/book/data.ipynb"))


def test_another_threshold_trains_anew_and_renders_and_cuts_nothing(synau_d):
    other = profile(synau_d, {**SYNAU_D, "active_from": 3})
    table = synau_d / "synau_d/tables/table3.csv"
    planned = python(
        synau_d, "-m", "dsin_lib", "dag", "--config", other, "--target", table, "--dry"
    )
    profile(synau_d, SYNAU_D)  # as it was
    jobs = dict(re.findall(r"^(\w+) +(\d+)$", planned, re.MULTILINE))
    assert jobs["run"] == str(len(TRAINED)) and not {"corpus", "store"} & jobs.keys(), jobs


@pytest.fixture(scope="module")
def disfa(synau_d, smoke, tmp_path_factory):
    """DISFA as it may lie on a disk, with videos, and what the whole DAG made of it."""
    results = tmp_path_factory.mktemp("disfa")
    (corpus,) = (synau_d / "corpora").iterdir()
    root = results / "DISFA"
    (root / "Videos_LeftCamera").mkdir(parents=True)
    for folder in sorted((corpus / "Images_LeftCamera").iterdir()):
        files = sorted(folder.glob("*.jpg"))
        video = root / f"Videos_LeftCamera/LeftVideo{folder.name}_comp.avi"
        frames = [painted(cv2.imread(str(path))) for path in files]
        codec = cv2.VideoWriter_fourcc(*"MJPG")
        writer = cv2.VideoWriter(str(video), codec, 20, frames[0].shape[1::-1])
        for frame in frames[: -1 if folder.name == "SN001" else None]:
            writer.write(frame)
        writer.release()
        labels = root / "ActionUnit_Labels" / folder.name
        labels.mkdir(parents=True)
        for path in (corpus / "ActionUnit_Labels" / folder.name).iterdir():
            levels = [line.split(",")[1] for line in path.read_text().split()]
            lines = [f"{n},{level}\n" for n, level in enumerate(levels, 1)]
            (labels / path.name).write_text("".join(lines))
    config = profile(results, {"name": "disfa"})
    whole_dag(results, config, smoke, DSIN_DISFA_ROOT=str(root))
    yield results
    shutil.rmtree(results)  # 1.3 GB


def test_disfa_with_videos_becomes_the_book(disfa, synau_d):
    frames, rendered = frames_of(disfa), frames_of(synau_d)
    assert set(frames["corpus"]) == {"disfa"}
    last = frames["frame"].max()
    status = frames[frames["status"] == "no image"].set_index(["subject", "frame"])["status"]
    assert status.to_dict() == {("SN001", last): "no image"}, "the video is a frame short"
    levels = [f"{au}_intensity" for au in au_names(DISFA_AUS)]
    pd.testing.assert_frame_equal(frames[levels], rendered[levels])
    table = pd.read_csv(disfa / "disfa/tables/table3.csv")
    assert table.columns.tolist() == ["row", *au_names(DISFA_REPORTED_AUS), "average", "dead"]
    assert (disfa / "disfa/site/index.html").is_file()


def test_no_pixel_of_licensed_disfa_is_in_the_book(disfa):
    assert_no_pixel(disfa, "disfa")
