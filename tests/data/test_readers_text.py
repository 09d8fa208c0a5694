"""Label files of whatever program: read, or an error with file, line and cause."""

import pytest

from dsin_lib.data.readers import CorpusError, read_bp4d, read_disfa
from dsin_lib.data.readers.text import header_width, label_lines
from dsin_lib.facs import DISFA_AUS

TEXT = "frame,AU1\n1,0\n2,1\n"
CELLS = [["frame", "AU1"], ["1", "0"], ["2", "1"]]


@pytest.fixture
def lines_of(tmp_path):
    """The cells and the problems of a file of these bytes."""

    def read(data: bytes) -> tuple[list, list[str]]:
        path, problems = tmp_path / "F001_T1.csv", []
        path.write_bytes(data)
        cells = [line.cells for line in label_lines(path, problems)]
        return cells, [problem.removeprefix(str(path)) for problem in problems]

    return read


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.replace("\n", "\r").encode(),
        ("\n" + TEXT.replace("\n", "\n\n")).encode(),
        TEXT.rstrip().encode(),
        b'"frame","AU1"\n"1",0\n2,"1"\n',
    ],
)
def test_what_is_read(lines_of, data):
    assert lines_of(data) == (CELLS, [])


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (
            "1,0\n2,1\nprénom,1\n".encode("latin-1"),
            ", line 3: expected UTF-8 text, found byte 0xe9",
        ),
        (TEXT.encode("utf-16-le"), ", line 1: expected text, found a NUL byte"),
        (TEXT.encode("utf-16")[:-1], ", line 3: expected UTF-16-LE text, found byte"),
        (TEXT.replace(",", ";").encode(), ", line 1: expected commas, found semicolons"),
        (TEXT.replace(",", "\t").encode(), ", line 1: expected commas, found tabs"),
        (b"1,0\n2,\0\n", ", line 2: expected text, found a NUL byte"),
        (b'1,0\n2,"1\n3,0\n', ", line 2: expected cells between commas, found an unbalanced quote"),
        (b'1,0\n"' + b"x" * 200_000 + b'",1\n', ", line 2: expected cells between commas, found f"),
    ],
)
def test_what_is_an_error_with_line_and_cause(lines_of, data, said):
    (problem,) = lines_of(data)[1]
    assert problem.startswith(said)


def test_a_wrong_line_leaves_the_others(lines_of):
    cells, problems = lines_of(b'1,0\n2,"1\n3;0\n4,1\n')
    assert cells == [["1", "0"], ["4", "1"]]
    assert [problem[:8] for problem in problems] == [", line 2", ", line 3"]


def test_a_header_s_width_whatever_stands_between(tmp_path):
    path = tmp_path / "F001_T1.csv"
    for data, width in ((b"a;b;c", 3), (b"\n\na,b\n1,2,3", 2), (b"", 0), (b"\xff", 0)):
        path.write_bytes(data)
        assert header_width(path) == width
    assert header_width(tmp_path / "gone") == 0


def bp4d(root):
    for subject in ("F001", "F002", "F003"):
        path = root / f"AUCoding/AU_OCC/{subject}_T1.csv"
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = [",".join(map(str, [frame, *[0] * 99])) for frame in range(1, 40)]
        path.write_text("\n".join([",".join(map(str, range(100))), *lines]))
        (root / subject / "T1").mkdir(parents=True)
        (root / subject / "T1/1.jpg").touch()
    return read_bp4d, [root / f"AUCoding/AU_OCC/{name}_T1.csv" for name in ("F001", "F002", "F003")]


def disfa(root):
    folder = root / "ActionUnit_Labels/SN001"
    folder.mkdir(parents=True)
    for unit in DISFA_AUS:
        (folder / f"SN001_au{unit}.txt").write_text("".join(f"{n},0\n" for n in range(1, 40)))
    (root / "Images_LeftCamera/SN001").mkdir(parents=True)
    (root / "Images_LeftCamera/SN001/1.jpg").touch()
    return read_disfa, [folder / f"SN001_au{unit}.txt" for unit in DISFA_AUS[:3]]


BAD = {
    "latin-1": lambda text: text.replace("\n3,", "\né,").encode("latin-1"),
    "utf-16 without a mark": lambda text: text.encode("utf-16-le"),
    "semicolons": lambda text: text.replace(",", ";").encode(),
    "tabs": lambda text: text.replace(",", "\t").encode(),
    "a quote": lambda text: text.replace("\n3,", '\n"3,').encode(),
    "every line": lambda text: text.replace(",0", ",7").encode(),
    "a long number": lambda text: text.replace("\n3,", f"\n{'3' * 5000},").encode(),
    "a long header": lambda text: b"9" * 5000 + text.encode(),
    "a long cell": lambda text: text.replace("\n3,0", f"\n3,{'0' * 200_000}").encode(),
}


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize("layout", [bp4d, disfa])
def test_one_bad_file_hides_no_other_s_problems(tmp_path, layout, bad):
    read, (first, second, third) = layout(tmp_path)
    first.write_bytes(BAD[bad](first.read_text()))
    second.write_bytes(BAD[bad](second.read_text()))
    third.write_text("no, label, file")
    with pytest.raises(CorpusError) as raised:
        read(tmp_path)
    said = str(raised.value)
    assert all(f"{path}, line " in said for path in (first, second, third))
    assert max(map(len, said.splitlines())) < 600
