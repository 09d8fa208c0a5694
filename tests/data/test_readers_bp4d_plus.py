import csv
from pathlib import Path

import pandas as pd
import pytest
from numbered import write_numbered

from dsin_lib.data.readers import CorpusError, read_bp4d, read_bp4d_plus, read_corpus, recognise
from dsin_lib.facs import BP4D_AUS, au_names

NAMES = au_names(BP4D_AUS)
UNITS = [1, 2, 4, 5, 6, 7, *range(9, 21), 22, 23, 24, *range(27, 40)]  # 34, as BP4D+ codes them
STYLES = {
    "numerals": ["0", *map(str, UNITS)],
    "frame": ["Frame", *map(str, UNITS)],
    "prefixed": ["frame_number", *(f"AU{unit}" for unit in UNITS)],
    "padded": ["", *(f"au{unit:02d}" for unit in UNITS)],
    "another order": ["0", *map(str, reversed(UNITS))],
}
LINES = {98: {1: 1}, 99: {12: 1, 24: 1}, 100: {6: 9}}


def write_labels(root: Path, sequence: str, header: list[str], lines: dict) -> Path:
    """Codes by unit; the others 0. The unit of a column is the number in its name."""
    path = root / "AUCoding/AU_OCC" / f"{sequence}.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    units = [int("".join(filter(str.isdigit, cell)) or 0) for cell in header[1:]]
    with path.open("w", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(header)
        for frame, codes in lines.items():
            out.writerow([frame, *(codes.get(unit, 0) for unit in units)])
    return path


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    write_labels(tmp_path, "F082_T1", STYLES["frame"], LINES)
    write_numbered(tmp_path / "F082/T1", LINES)
    return tmp_path


def problems(root: Path) -> str:
    with pytest.raises(CorpusError) as raised:
        read_bp4d_plus(root)
    return "\n".join(raised.value.problems)


@pytest.mark.parametrize("style", STYLES)
def test_units_come_by_name_whatever_the_header(tmp_path, style):
    write_labels(tmp_path, "F082_T1", STYLES[style], LINES)
    write_numbered(tmp_path / "F082/T1", LINES)
    frames = read_bp4d_plus(tmp_path)
    assert frames.columns.tolist() == ["corpus", "subject", "sequence", "frame", "source", *NAMES]
    assert set(frames["corpus"]) == {"bp4d_plus"} and (frames[NAMES].dtypes == "Int8").all()
    active = [[n for n in NAMES if row[n] is not pd.NA and row[n]] for _, row in frames.iterrows()]
    assert active == [["AU01"], ["AU12", "AU24"], []]
    assert frames["AU06"].isna().tolist() == [False, False, True]


@pytest.mark.parametrize("padding", [3, 4, 5])
@pytest.mark.parametrize("suffix", [".jpg", ".png"])
def test_any_padding_and_suffix_in_either_folder(tmp_path, padding, suffix):
    write_labels(tmp_path, "F082_T1", STYLES["frame"], LINES)
    write_numbered(tmp_path / "2D+3D/F082/T1", LINES, padding, suffix)
    frames = read_bp4d_plus(tmp_path)
    assert frames["source"].tolist() == [f"2D+3D/F082/T1/{n:0{padding}d}{suffix}" for n in LINES]


def test_a_task_without_labels_keeps_its_rows(corpus):
    write_numbered(corpus / "F082/T2", [1, 2])
    frames = read_bp4d_plus(corpus).query("sequence == 'T2'")
    assert len(frames) == 2 and frames[NAMES].isna().all(axis=None)


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (STYLES["frame"][1:], "1,2,4,5,6"),  # no column of the frame
        ([*STYLES["frame"][:-1], "valence"], "'valence'"),
        ([*STYLES["frame"], "AU12"], "a column twice"),
        ([cell for cell in STYLES["frame"] if cell != "17"], "no column [17]"),
        ([*STYLES["frame"], "0"], "'0'"),
    ],
)
def test_a_wrong_header_names_file_line_and_cell(corpus, header, said):
    write_labels(corpus, "F082_T1", header, LINES)
    found = problems(corpus)
    assert "F082_T1.csv, line 1: expected a header of the frame's column" in found
    assert said in found


def test_every_problem_at_once(corpus):
    write_labels(corpus, "F082_T1", STYLES["prefixed"], {7: {2: 5}, 8: {}, 10: {}, "010": {}})
    write_labels(corpus, "M001_T1", STYLES["prefixed"], {1: {}})
    found = problems(corpus).splitlines()
    assert [part for part in found if "expected images of subject M001, found none" in part]
    assert [part for part in found if "line 2: expected codes 0, 1 or 9, found AU02 = '5'" in part]
    assert [part for part in found if "line 5: expected each frame once, found 10" in part]
    assert [part for part in found if "line 4: expected frame 9, found 10 after 8: a gap" in part]
    assert len(found) == 4


def test_the_layout_is_known_by_the_columns(corpus, tmp_path_factory):
    assert recognise(corpus).name == "bp4d_plus"
    pd.testing.assert_frame_equal(read_corpus(corpus), read_bp4d_plus(corpus))
    with pytest.raises(CorpusError, match=r"expected the header 0\.\.99"):
        read_bp4d(corpus)
    other = tmp_path_factory.mktemp("bp4d")
    write_labels(other, "F001_T1", list(map(str, range(100))), LINES)
    write_numbered(other / "F001/T1", LINES)
    assert recognise(other).name == "bp4d" and set(read_corpus(other)["corpus"]) == {"bp4d"}
