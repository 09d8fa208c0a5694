"""Whatever a file is called: it is read, it is an error, or it is told. In every layout."""

import os
from pathlib import Path

import pandas as pd
import pytest
from tiny_corpora import FRAMES, LAYOUTS, Tiny, bp4d, disfa, problems, read

from data_prep.check import check
from dsin_lib.data.readers import read_disfa, recognise


@pytest.fixture(params=LAYOUTS)
def tiny(request) -> Tiny:
    return LAYOUTS[request.param]


@pytest.fixture
def root(tiny, tmp_path) -> Path:
    tiny.write(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    "place",
    [str.lower, str.upper, str.swapcase, lambda name: name.replace(".", " .").replace("_", "_ ")],
    ids=["lower", "upper", "swapped", "spaced"],
)
def test_names_match_whatever_their_case_and_spaces(tiny, tmp_path, place):
    tiny.write(tmp_path, place)
    frames, unmatched = read(tiny, tmp_path)
    assert recognise(tmp_path).read is tiny.read and unmatched == []
    assert frames["frame"].tolist() == [*FRAMES] and frames["source"].notna().all()
    assert set(frames["subject"]) == {"SN001" if tiny.read is read_disfa else "F001"}
    assert set(frames["sequence"]) == {"left" if tiny.read is read_disfa else "T1"}
    assert not frames.isna().drop(columns="video_index", errors="ignore").any(axis=None)
    assert all((tmp_path / source).is_file() for source in frames["source"])


def test_two_files_that_claim_the_same_are_an_error_naming_both(tiny, root):
    for name in (tiny.label, tiny.image):
        path = root / name
        twin = path.with_name(path.name.swapcase())
        twin.write_bytes(path.read_bytes())
        found = problems(tiny, root)
        assert path.name in found and twin.name in found and "expected" in found
        twin.unlink()


def test_two_folders_that_claim_the_same_are_an_error_naming_both(tiny, root):
    for path in (root / Path(tiny.label).parts[0], (root / tiny.image).parent):
        twin = path.with_name(path.name.lower())
        twin.mkdir()
        found = problems(tiny, root)
        assert f"{twin}: expected one folder" in found or f"{path}: expected one folder" in found
        assert f"found {path.name} too" in found or f"found {twin.name} too" in found
        twin.rmdir()


def test_a_task_padded_otherwise_is_the_same_task(tmp_path):
    bp4d(tmp_path, lambda name: name.replace("F001/T1", "F001/T01"))
    frames, unmatched = read(LAYOUTS["bp4d"], tmp_path)
    assert set(frames["sequence"]) == {"T1"} and frames["AU01"].notna().all() and not unmatched


LITTER = [".DS_Store", "._0002.jpg", "._F001_T1.csv", "._SN001_au4.txt", "Thumbs.db", "desktop.ini"]


def test_the_litter_of_systems_is_no_file(tiny, root):
    before = tiny.read(root)
    for name in LITTER:
        for folder in (root, (root / tiny.label).parent, (root / tiny.image).parent):
            (folder / name).write_bytes(b"\0\1\2")
    (root / tiny.image).parent.joinpath("__MACOSX").mkdir()
    frames, unmatched = read(tiny, root)
    pd.testing.assert_frame_equal(frames, before)
    assert unmatched == [] and recognise(root).read is tiny.read


STRAYS = [
    "readme.txt",
    "0001 first.csv",
    "F001_T1 (1).csv",
    "SN001_au4 (1).txt",
    "SN001_au3.txt",
    "0002 (1).jpg",
    "cover.jpg",
    "0002.bmp",
    ".hidden",
]


def test_a_file_that_matches_nothing_is_told_and_changes_nothing(tiny, root):
    before = tiny.read(root)
    folders = {(root / tiny.label).parent, (root / tiny.image).parent}
    expected = set()
    for folder in folders:
        for name in STRAYS:
            (folder / name).write_bytes(b"\xff\xfe\0")
            expected.add((folder / name).relative_to(root).as_posix())
    frames, unmatched = read(tiny, root)
    pd.testing.assert_frame_equal(frames, before)
    assert set(unmatched) == expected and len(unmatched) == len(expected)
    assert recognise(root).read is tiny.read
    told = check(root).account
    assert {item.where for item in told.items if item.kind == "unmatched"} == expected
    assert not told.clean


def test_a_foreign_folder_is_told_as_one_and_not_looked_into(tiny, root):
    for folder in ((root / tiny.label).parent, (root / tiny.image).parent):
        (folder / "3D").mkdir()
        (folder / "3D/0001.jpg").write_bytes(b"")
    _, unmatched = read(tiny, root)
    at = [Path(name).parent.as_posix() + "/3D/" for name in (tiny.label, tiny.image)]
    assert sorted(unmatched) == sorted(at)


def test_beside_the_subjects_of_bp4d_only_its_own_is_known(tmp_path):
    bp4d(tmp_path)
    (tmp_path / "3DFeatures").mkdir()
    (tmp_path / "subjects.csv").touch()
    assert read(LAYOUTS["bp4d"], tmp_path)[1] == ["3DFeatures/", "subjects.csv"]
    (tmp_path / "corpus.json").write_text('{"name": "synau_b"}')
    assert read(LAYOUTS["bp4d"], tmp_path)[1] == ["3DFeatures/"], "an open corpus' own is known"


def test_a_name_that_is_no_text_is_told_so_that_it_can_be_printed(tiny, root):
    folder = (root / tiny.image).parent
    (Path(os.fsdecode(os.fsencode(folder) + b"/caf\xe9.jpg"))).write_bytes(b"")
    (folder / "two\nlines").write_bytes(b"")
    where = folder.relative_to(root).as_posix()
    assert read(tiny, root)[1] == [rf"{where}/caf\udce9.jpg", rf"{where}/two\x0alines"]
    assert check(root).account.digest


def test_a_link_to_a_file_that_is_gone_is_an_unreadable_frame(tiny, root):
    (root / tiny.image).unlink()
    (root / tiny.image).symlink_to("gone.jpg")
    frames, unmatched = read(tiny, root)
    assert frames["source"].notna().all() and unmatched == []
    found = [item for item in check(root).account.items if item.kind == "unreadable image"]
    assert [(item.detail, item.count) for item in found] == [("frame 2", 1)]


def test_a_label_file_that_is_gone_or_none_is_an_error_naming_it(tiny, root):
    path = root / tiny.label
    path.unlink()
    path.symlink_to("gone")
    assert f"{path}: expected a label file, found: No such file" in problems(tiny, root)
    path.unlink()
    path.mkdir()
    found = problems(tiny, root)
    assert "found none" in found or "found no file" in found


def test_a_folder_that_may_not_be_read_is_an_error_naming_it(tiny, root, monkeypatch):
    folder, scan = (root / tiny.image).parent, os.scandir

    def scandir(path):
        if Path(path) == folder:
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", scandir)
    assert f"{folder}: expected a folder that may be read, found Permission" in problems(tiny, root)


def test_images_are_inside_the_root(tiny, root):
    for wrong in ("/", "../elsewhere"):
        with pytest.raises(ValueError, match=r"images: expected a folder inside"):
            tiny.read(root, images=wrong)


def test_which_corpus_it_is_only_its_own_label_files_tell(tmp_path):
    bp4d(tmp_path)
    folder = tmp_path / "AUCoding/AU_OCC"
    for name in ("00_subjects.csv", "._F001_T1.csv", "Book1.csv"):
        (folder / name).write_bytes(b"subject,age\nF001,\xff\n")
    assert recognise(tmp_path).name == "bp4d"
    (folder / "F000_T1.csv").write_bytes(b"\xff")  # its own, and no text: the next one tells
    assert recognise(tmp_path).name == "bp4d"


@pytest.mark.parametrize("folder", ["Videos_LeftCamera", "video_leftcamera"])
def test_a_folder_of_videos_without_one_does_not_hide_extracted_frames(tmp_path, folder):
    disfa(tmp_path)
    (tmp_path / folder).mkdir()
    assert read_disfa(tmp_path)["source"].notna().all()
    for name in ("notes.txt", "LeftVideoSN001_comp.txt", "LeftVideoSN001.avi"):
        (tmp_path / folder / name).touch()
    frames, unmatched = read(LAYOUTS["disfa"], tmp_path)
    assert frames["source"].str.endswith(".jpg").all() and len(unmatched) == 3


def test_a_video_that_is_gone_leaves_its_frames_unreadable(tmp_path):
    disfa(tmp_path)
    (tmp_path / "Videos_LeftCamera").mkdir()
    (tmp_path / "Videos_LeftCamera/LeftVideoSN001_comp.avi").symlink_to("gone.avi")
    assert read_disfa(tmp_path)["video_index"].tolist() == [0, 1, 2]
    assert ("unreadable image", "SN001 left", "frame 1 to 3", 3) in check(tmp_path).account.items


def test_a_damaged_record_of_an_open_corpus_is_named(tiny, root):
    for text in ("{", "[]"):
        (root / "corpus.json").write_text(text)
        assert "corpus.json: expected a JSON object" in problems(tiny, root)


def test_no_pictures_at_all_is_one_problem_that_names_the_option(tiny, root):
    (root / Path(tiny.image).parts[0]).rename(root / "elsewhere")
    (found,) = problems(tiny, root).splitlines()
    assert "`images` beside the corpus' name in the config names" in found


def test_label_files_and_folders_with_nothing_in_them(tmp_path):
    bp4d(tmp_path)
    path = tmp_path / "AUCoding/AU_OCC/F001_T1.csv"
    path.write_text(path.read_text().splitlines()[0])
    for image in (tmp_path / "F001/T1").iterdir():
        image.unlink()
    assert "expected frames, found neither" in problems(LAYOUTS["bp4d"], tmp_path)
