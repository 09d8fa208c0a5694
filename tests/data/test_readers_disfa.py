import json
import shutil
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
from numbered import write_numbered

from dsin_lib.data.frames import FramesError, validate
from dsin_lib.data.readers import CorpusError, read_disfa, recognise
from dsin_lib.facs import DISFA_AUS, au_names

NAMES = au_names(DISFA_AUS)
LEVELS = {4: [0, 1, 2, 3, 4], 12: [0, 0, 5, 1, 2]}  # of five frames; the other units 0


def write_labels(root: Path, subject: str = "SN001", levels=LEVELS, frames=range(1, 6)) -> Path:
    folder = root / "ActionUnit_Labels" / subject
    folder.mkdir(parents=True, exist_ok=True)
    for unit in sorted(DISFA_AUS, key=str):  # 1 12 15 17 2 ..., as a directory lists them
        some = levels.get(unit, [0] * len(frames))
        lines = [f"{frame},{level}\n" for frame, level in zip(frames, some, strict=True)]
        (folder / f"{subject}_au{unit}.txt").write_text("".join(lines))
    return folder


def write_video(path: Path, n: int, px: int = 64) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 20, (px, px))
    for k in range(n):
        writer.write(np.full((px, px, 3), 8 * k, np.uint8))
    writer.release()
    return path


def write_images(folder: Path, frames, padding: int = 5, suffix: str = ".jpg") -> Path:
    return write_numbered(folder, frames, padding, suffix)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    write_labels(tmp_path)
    write_video(tmp_path / "Videos_LeftCamera/LeftVideoSN001_comp.avi", 5)
    return tmp_path


def problems(root: Path, **chosen) -> str:
    with pytest.raises(CorpusError) as raised:
        read_disfa(root, **chosen)
    return "\n".join(raised.value.problems)


def test_the_table(corpus):
    frames = read_disfa(corpus)
    keys = ["corpus", "subject", "sequence", "frame", "source", "video_index"]
    assert frames.columns.tolist() == [*keys, *NAMES, *(f"{name}_intensity" for name in NAMES)]
    assert frames["frame"].tolist() == [1, 2, 3, 4, 5]
    assert frames["video_index"].tolist() == [0, 1, 2, 3, 4]
    assert set(frames["source"]) == {"Videos_LeftCamera/LeftVideoSN001_comp.avi"}
    assert frames["AU04_intensity"].tolist() == [0, 1, 2, 3, 4]
    assert frames["AU12_intensity"].tolist() == [0, 0, 5, 1, 2]
    assert frames["AU04"].tolist() == [0, 0, 1, 1, 1] and frames["AU12"].tolist() == [0, 0, 1, 0, 1]
    others = [name for name in NAMES if name not in {"AU04", "AU12"}]
    assert (frames[others] == 0).all(axis=None)
    assert set(frames["corpus"]) == {"disfa"} and set(frames["sequence"]) == {"left"}
    assert (frames[NAMES].dtypes == "Int8").all()


def test_a_table_with_another_intensity_is_refused(corpus):
    frames = read_disfa(corpus)
    frames.loc[2, "AU05_intensity"] = 6
    with pytest.raises(FramesError, match=r"intensities 0 to 5 .*AU05_intensity"):
        validate(frames)


@pytest.mark.parametrize(
    ("active_from", "active"), [(1, 4), (2, 3), (3, 2), (4, 1), (5, 0)], ids="from {}".format
)
def test_active_from_an_intensity(corpus, active_from, active):
    frames = read_disfa(corpus, active_from)
    assert frames["AU04"].sum() == active
    assert frames["AU04_intensity"].tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [({"active_from": 0}, "active_from.*1 to 5.*0"), ({"camera": "front"}, "camera.*left.*front")],
)
def test_a_wrong_parameter_is_refused_by_name(corpus, wrong, said):
    with pytest.raises(ValueError, match=said):
        read_disfa(corpus, **wrong)


@pytest.mark.parametrize("name", ["Video_RightCamera", "Videos_RightCamera"])
@pytest.mark.parametrize("video", ["RightVideoSN001_Comp.avi", "RightVideoSN001_comp.avi"])
def test_the_other_camera(corpus, name, video):
    write_video(corpus / name / video, 5)
    frames = read_disfa(corpus, camera="right")
    assert set(frames["source"]) == {f"{name}/{video}"} and set(frames["sequence"]) == {"right"}
    both = pd.concat([frames, read_disfa(corpus)])
    assert not both.duplicated(["corpus", "subject", "sequence", "frame"]).any()


@pytest.mark.parametrize("padding", [1, 3, 4, 5])
@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_extracted_frames(tmp_path, padding, suffix):
    write_labels(tmp_path)
    write_images(tmp_path / "Images_LeftCamera/SN001", range(1, 6), padding, suffix)
    frames = read_disfa(tmp_path)
    assert [int(Path(source).stem) for source in frames["source"]] == frames["frame"].tolist()
    assert frames["video_index"].isna().all() and frames["AU04"].tolist() == [0, 0, 1, 1, 1]


def test_extracted_frames_win_where_they_are_named(corpus):
    write_images(corpus / "frames/SN001", range(1, 6))
    assert read_disfa(corpus)["video_index"].notna().all()
    frames = read_disfa(corpus, images="frames")
    assert frames["source"].iloc[0] == "frames/SN001/00001.jpg"


def test_frames_extracted_from_0_do_not_slip_by_one(corpus):
    write_images(corpus / "frames/SN001", range(5))
    found = problems(corpus, images="frames")
    assert "00000.jpg: expected extracted frames from 1, found 0" in found
    assert "`first_image: 0` beside `name: disfa` in the config" in found
    frames = read_disfa(corpus, images="frames", first_image=0)
    assert frames["frame"].tolist() == [1, 2, 3, 4, 5]
    assert frames["source"].iloc[0] == "frames/SN001/00000.jpg"


def test_a_longer_and_a_shorter_video_lose_no_frame(corpus):
    video = corpus / "Videos_LeftCamera/LeftVideoSN001_comp.avi"
    write_video(video, 7)
    frames = read_disfa(corpus)
    assert (
        len(frames) == 7 and frames[NAMES].isna().all(axis=1).tolist() == [False] * 5 + [True] * 2
    )
    assert frames["video_index"].tolist() == list(range(7))
    write_video(video, 3)
    frames = read_disfa(corpus)
    assert len(frames) == 5 and frames["source"].isna().tolist() == [False] * 3 + [True] * 2
    assert frames["video_index"].isna().tolist() == [False] * 3 + [True] * 2


def test_a_missing_frame_keeps_its_label(tmp_path):
    write_labels(tmp_path)
    write_images(tmp_path / "Images_LeftCamera/SN001", [1, 2, 4, 5, 6])
    frames = read_disfa(tmp_path).set_index("frame")
    assert pd.isna(frames.loc[3, "source"]) and frames.loc[3, "AU12"] == 1
    assert frames.loc[6, NAMES].isna().all() and frames.loc[6, "source"].endswith("00006.jpg")


def test_an_open_corpus_says_its_own_name(corpus):
    (corpus / "corpus.json").write_text(json.dumps({"name": "synau_d"}))
    assert set(read_disfa(corpus)["corpus"]) == {"synau_d"}
    assert recognise(corpus).name == "disfa"


@pytest.mark.parametrize("level", ["6", "-1", "", "1.0", "x"])
def test_a_level_out_of_range_names_file_line_and_unit(corpus, level):
    write_labels(corpus, levels={20: [0, 0, level, 0, 0]})
    said = f"SN001_au20.txt, line 3: expected an intensity from 0 to 5, found AU20 = {level!r}"
    assert said in problems(corpus)


@pytest.mark.parametrize(
    ("frames", "said"),
    [
        ([1, 2, 3, 3, 4], "line 4: expected each frame once, found 3 of line 3"),
        ([1, 2, 3, 5, 6], "line 4: expected frame 4, found 5 after 3: a gap"),
        ([0, 1, 2, 3, 4], "line 1: expected a frame number from 1, found '0'"),
        ([1, 2, 3, 4, "five"], "line 5: expected a frame number from 1, found 'five'"),
        (["1,0", 2, 3, 4, 5], "line 1: expected 2 cells, found 3"),
    ],
)
def test_a_wrong_line_names_file_and_line(corpus, frames, said):
    write_labels(corpus, levels={}, frames=frames)
    assert f"SN001_au9.txt, {said}" in problems(corpus)


def test_a_missing_unit_and_a_stranger(corpus):
    folder = corpus / "ActionUnit_Labels/SN001"
    (folder / "SN001_au17.txt").rename(folder / "SN002_au17.txt")
    shutil.copy(folder / "SN001_au1.txt", folder / "SN001_au01.txt")
    found = problems(corpus)
    assert "SN001_au17.txt: expected the intensities of AU17, found no file" in found
    assert "SN002_au17.txt: expected label files SN001_au1.txt" in found
    assert "SN001_au1.txt: expected one file a unit, found SN001_au01.txt too" in found


def test_files_of_a_subject_must_have_the_same_frames(corpus):
    path = corpus / "ActionUnit_Labels/SN001/SN001_au26.txt"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:4]))
    found = problems(corpus)
    assert "SN001_au26.txt: expected the frames of the subject's other files" in found
    assert "found none numbered 5" in found and len(found.splitlines()) == 1
    path.write_text("")
    said = "SN001_au26.txt, line 1: expected lines frame,intensity, found an empty file"
    assert said in problems(corpus)


def test_a_missing_subject_either_way(corpus):
    write_labels(corpus, "SN002")
    write_video(corpus / "Videos_LeftCamera/LeftVideoSN003_comp.avi", 2)
    found = problems(corpus)
    assert "LeftVideoSN002_comp.avi: expected pictures of subject SN002, found none" in found
    assert "SN003: expected labels of subject SN003, found none" in found


@pytest.mark.parametrize("content", [b"", b"RIFF and no more", b"<html>404</html>"])
def test_a_file_that_is_no_video(corpus, content):
    (corpus / "Videos_LeftCamera/LeftVideoSN001_comp.avi").write_bytes(content)
    assert "LeftVideoSN001_comp.avi: expected a video, found" in problems(corpus)


def test_no_pictures_at_all_says_where_they_were_looked_for(corpus):
    shutil.rmtree(corpus / "Videos_LeftCamera")
    assert "expected Videos_LeftCamera or Images_LeftCamera, found none" in problems(corpus)
    assert "elsewhere: expected that folder, found none" in problems(corpus, images="elsewhere")


def test_every_problem_at_once(corpus):
    write_labels(corpus, levels={1: [7, 0, 0, 0, 0], 25: [0, 0, 0, 0, 9]})
    write_labels(corpus, "SN002")
    assert len(problems(corpus).splitlines()) == 3


def test_roots_that_are_none_or_two(corpus, tmp_path_factory):
    with pytest.raises(CorpusError, match="found neither"):
        recognise(tmp_path_factory.mktemp("empty"))
    (corpus / "AUCoding/AU_OCC").mkdir(parents=True)
    with pytest.raises(CorpusError, match="found bp4d and disfa"):
        recognise(corpus)
