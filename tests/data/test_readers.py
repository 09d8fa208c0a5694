import csv
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from numbered import write_numbered

from dsin_lib.data.readers import CorpusError, read_bp4d
from dsin_lib.facs import BP4D_AUS, au_names

NAMES = au_names(BP4D_AUS)


def write_labels(root: Path, sequence: str, lines, header=range(100)) -> Path:
    """``lines``: {frame: {unit: code}}, other units of the twelve 0, the rest 9."""
    path = root / "AUCoding/AU_OCC" / f"{sequence}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(header)
        for frame, codes in lines:
            default = {unit: 0 for unit in BP4D_AUS}
            cells = {0: frame, **default, **codes}
            out.writerow([cells.get(column, 9) for column in header])
    return path


def write_images(root: Path, sequence: str, frames, padding=4, suffix=".jpg") -> Path:
    return write_numbered(root.joinpath(*sequence.split("_")), frames, padding, suffix)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Two subjects, F001 with frames 8..11 over a change of digits."""
    lines = [(8, {}), (9, {1: 1}), (10, {12: 1, 24: 1}), (11, {6: 9})]
    write_labels(tmp_path, "F001_T1", lines)
    write_images(tmp_path, "F001_T1", range(8, 12))
    write_labels(tmp_path, "M002_T8", [(2440, {17: 1})])
    write_images(tmp_path, "M002_T8", [2440])
    return tmp_path


def problems(root: Path) -> str:
    with pytest.raises(CorpusError) as raised:
        read_bp4d(root)
    assert set(raised.value.problems) <= set(str(raised.value).split("\n  "))
    return "\n".join(raised.value.problems)


def test_the_table(corpus):
    frames = read_bp4d(corpus)
    assert frames.columns.tolist() == [
        "corpus",
        "subject",
        "sequence",
        "frame",
        "source",
        *NAMES,
    ]
    assert frames["frame"].tolist() == [8, 9, 10, 11, 2440]
    assert frames["source"].tolist()[-1] == "M002/T8/2440.jpg"
    assert set(frames["corpus"]) == {"bp4d"}
    assert (frames[NAMES].dtypes == "Int8").all()
    active = [
        [name for name in NAMES if row[name] is not pd.NA and row[name]]
        for _, row in frames.iterrows()
    ]
    assert active == [[], ["AU01"], ["AU12", "AU24"], [], ["AU17"]]


def test_code_9_is_missing_and_not_0(corpus):
    frames = read_bp4d(corpus).set_index("frame")
    assert frames.loc[11, "AU06"] is pd.NA
    assert frames["AU06"].isna().sum() == 1 and frames.loc[8, "AU06"] == 0


@pytest.mark.parametrize("padding", [1, 3, 4, 5])
@pytest.mark.parametrize("suffix", [".jpg", ".png", ".JPG", ".jpeg"])
def test_any_padding_and_suffix(tmp_path, padding, suffix):
    write_labels(tmp_path, "F001_T1", [(frame, {}) for frame in range(98, 103)])
    write_images(tmp_path, "F001_T1", range(98, 103), padding, suffix)
    frames = read_bp4d(tmp_path)
    assert frames["frame"].tolist() == list(range(98, 103))
    assert [int(Path(source).stem) for source in frames["source"]] == list(range(98, 103))


def test_labels_may_be_padded_too(tmp_path):
    write_labels(tmp_path, "F001_T1", [("0007", {4: 1}), ("0008", {})])
    write_images(tmp_path, "F001_T1", [7, 8], padding=3)
    frames = read_bp4d(tmp_path)
    assert frames["frame"].tolist() == [7, 8] and frames["AU04"].tolist() == [1, 0]
    assert frames["source"].notna().all()


def test_column_order_does_not_matter(corpus):
    before = read_bp4d(corpus)
    lines = [(8, {}), (9, {1: 1}), (10, {12: 1, 24: 1}), (11, {6: 9})]
    write_labels(corpus, "F001_T1", lines, header=[*range(99, -1, -1)])
    pd.testing.assert_frame_equal(read_bp4d(corpus), before)


def test_line_order_does_not_matter(corpus):
    before = read_bp4d(corpus)
    lines = [(11, {6: 9}), (9, {1: 1}), (8, {}), (10, {12: 1, 24: 1})]
    write_labels(corpus, "F001_T1", lines)
    pd.testing.assert_frame_equal(read_bp4d(corpus), before)


def test_a_byte_order_mark_and_windows_line_ends_are_read(corpus):
    before = read_bp4d(corpus)
    path = corpus / "AUCoding/AU_OCC/F001_T1.csv"
    path.write_bytes(
        b"\xef\xbb\xbf" + path.read_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    )
    pd.testing.assert_frame_equal(read_bp4d(corpus), before)


def test_the_working_directory_does_not_matter(corpus, monkeypatch, tmp_path_factory):
    before = read_bp4d(corpus)
    monkeypatch.chdir(corpus.parent)
    pd.testing.assert_frame_equal(read_bp4d(Path(corpus.name)), before)


def test_an_open_corpus_says_its_own_name(corpus):
    (corpus / "corpus.json").write_text(json.dumps({"name": "synau_b"}))
    assert set(read_bp4d(corpus)["corpus"]) == {"synau_b"}
    (corpus / "corpus.json").write_text("{}")
    assert set(read_bp4d(corpus)["corpus"]) == {"unnamed"}


def test_images_may_lie_in_a_folder_of_their_own(corpus):
    (corpus / "Sequences").mkdir()
    for subject in ("F001", "M002"):
        shutil.move(corpus / subject, corpus / "Sequences" / subject)
    frames = read_bp4d(corpus, images="Sequences")
    assert frames["source"].iloc[0] == "Sequences/F001/T1/0008.jpg"
    assert all((corpus / source).is_file() for source in frames["source"])


def test_label_without_image_and_image_without_label_keep_their_rows(corpus):
    (corpus / "F001/T1/0009.jpg").unlink()
    write_images(corpus, "F001_T1", [500])
    frames = read_bp4d(corpus).query("subject == 'F001'").set_index("frame")
    assert frames.index.tolist() == [8, 9, 10, 11, 500]
    assert pd.isna(frames.loc[9, "source"]) and frames.loc[9, "AU01"] == 1
    assert frames.loc[500, NAMES].isna().all()


def test_files_that_are_not_frames_are_ignored(corpus):
    before = read_bp4d(corpus)
    (corpus / "F001/T1/._0008.jpg").write_bytes(b"resource fork")
    (corpus / "F001/T1/Thumbs.db").write_bytes(b"")
    (corpus / "README.txt").write_text("hello")
    (corpus / "3DFeatures/T1").mkdir(parents=True)
    pd.testing.assert_frame_equal(read_bp4d(corpus), before)


@pytest.mark.parametrize("code", ["2", "", "1.0", "-1", "x"])
def test_another_code_names_file_line_and_unit(corpus, code):
    write_labels(corpus, "F001_T1", [(8, {}), (9, {10: code}), (10, {}), (11, {})])
    found = problems(corpus)
    assert "F001_T1.csv, line 3: expected codes 0, 1 or 9, found AU10 = " + repr(code) in found


def test_a_frame_twice_names_both_lines(corpus):
    write_labels(corpus, "F001_T1", [(8, {}), (9, {}), ("09", {}), (10, {}), (11, {})])
    assert "F001_T1.csv, line 4: expected each frame once, found 9 of line 3" in problems(corpus)


def test_an_image_twice_names_both_files(corpus):
    write_images(corpus, "F001_T1", [9], padding=5)
    assert "0009.jpg" in problems(corpus) and "00009.jpg" in problems(corpus)


def test_a_gap_names_the_frame_expected(corpus):
    write_labels(corpus, "F001_T1", [(8, {}), (9, {}), (11, {})])
    found = problems(corpus)
    assert "F001_T1.csv, line 4: expected frame 10, found 11 after 9" in found


def test_a_stride_is_no_gap(tmp_path):
    write_labels(tmp_path, "F001_T1", [(frame, {}) for frame in range(1, 40, 5)])
    write_images(tmp_path, "F001_T1", range(1, 40, 5))
    assert read_bp4d(tmp_path)["frame"].tolist() == list(range(1, 40, 5))


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (["frame", *range(1, 100)], "frame,1,2"),
        (range(1, 101), r"no column [0]"),
        ([unit for unit in range(100) if unit != 12], "no column [12]"),
        ([*range(99), 1], "a column twice"),
    ],
)
def test_a_wrong_header_says_what_was_expected(corpus, header, expected):
    write_labels(corpus, "F001_T1", [(8, {})], header=header)
    found = problems(corpus)
    assert "F001_T1.csv, line 1: expected the header 0..99" in found and expected in found


def test_an_empty_label_file(corpus):
    (corpus / "AUCoding/AU_OCC/F001_T1.csv").write_text("")
    assert "line 1: expected the header 0..99" in problems(corpus)
    assert "an empty file" in problems(corpus)


def test_a_short_line_and_a_word_for_a_frame(corpus):
    path = corpus / "AUCoding/AU_OCC/F001_T1.csv"
    path.write_text(path.read_text() + "12,0,1\nlast" + ",9" * 99 + "\n")
    found = problems(corpus)
    assert "line 6: expected 100 cells, found 3" in found
    assert "line 7: expected a frame number, found 'last'" in found


def test_a_missing_subject_either_way(corpus):
    shutil.rmtree(corpus / "M002")
    write_images(corpus, "F003_T1", [1])
    found = problems(corpus)
    assert "expected images of subject M002, found none" in found
    assert "expected labels of subject F003, found none" in found


def test_every_problem_is_reported_at_once(corpus):
    write_labels(corpus, "F001_T1", [(8, {1: 5}), (9, {}), (9, {}), (10, {}), (11, {})])
    write_labels(corpus, "M002_T8", [(2440, {2: 7})])
    assert len(problems(corpus).splitlines()) == 3


def test_a_folder_that_is_no_corpus(tmp_path):
    assert "expected label files F001_T1.csv" in problems(tmp_path)
