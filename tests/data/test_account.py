"""An account says all that was left out, alike on every machine, and is accepted by its digest."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from dsin_lib.data.account import (
    MANY,
    Account,
    AccountError,
    Item,
    account,
    account_of_problems,
    require_accepted,
)
from dsin_lib.data.account_items import KINDS, STATUSES
from dsin_lib.faces.subject_face import RULES


@pytest.fixture
def frames() -> pd.DataFrame:
    """Nine frames of two subjects before any picture was opened."""
    table = pd.DataFrame(
        {
            "corpus": "bp4d",
            "subject": ["F001"] * 6 + ["M002"] * 3,
            "sequence": ["T1"] * 4 + ["T2"] * 2 + ["T1"] * 3,
            "frame": [1, 2, 3, 5, 1, 2, 7, 8, 9],
            "source": "a.jpg",
            "AU01": pd.array([0] * 6 + [1, 1, None], dtype="Int8"),
            "AU12": pd.array([0, 1, None, 0, None, None, 0, None, None], dtype="Int8"),
        }
    )
    table.loc[4:5, "AU01"] = pd.NA
    table.loc[[1, 3], "source"] = None
    return table


def test_before_pictures_were_opened(frames):
    assert account(frames, ["b (1).csv", "3D/"]).items == (
        ("subjects", "", "", 2),
        ("sequences", "", "", 3),
        ("frames", "", "", 4),
        ("no image", "F001 T1", "frame 2, 5", 2),
        ("unmatched", "3D/", "a folder, not looked into", 1),
        ("unmatched", "b (1).csv", "", 1),
        ("partly coded", "F001 T1", "frame 3", 1),
        ("partly coded", "M002 T1", "frame 8", 1),
        ("no label", "F001 T2", "frame 1 to 2", 2),
        ("no label", "M002 T1", "frame 9", 1),
        ("no neutral frame", "M002", "", 1),
    )


def test_after_pictures_were_opened(frames):
    first = ["ok", "no image", "no face", "no image", "no label", "no label"]
    frames["status"] = [*first, "ok", "truncated image", "no label"]
    frames["n_faces"] = [2, 0, 0, 0, 0, 0, 3, 1, 0]
    frames["taken_by"] = ["nearest", "", "", "", "", "", "largest", "", ""]
    told = account(frames, [])
    largest = f"taken: {RULES['largest']}"
    assert ("frames", "", "", 2) in told.items
    assert ("no face", "F001 T1", "frame 3", 1) in told.of("left out")
    assert ("truncated image", "M002 T1", "frame 8", 1) in told.of("left out")
    assert ("several faces", "M002 T1", f"frame 7: {largest}", 1) in told.of("left out")
    assert not account(frames.assign(n_faces=1), []).clean  # the rest is still left out
    told = [item for item in account(frames, []).items if item.kind == "several faces"]
    assert [(item.where, item.detail) for item in told] == [
        ("F001 T1", f"frame 1: taken: {RULES['nearest']}"),
        ("M002 T1", f"frame 7: {largest}"),
    ]


def test_a_status_or_a_rule_that_there_is_not_is_refused(frames):
    with pytest.raises(ValueError, match=r"statuses.*lost"):
        account(frames.assign(status="lost"), [])
    with pytest.raises(ValueError, match=r"taken_by: .*nearest.*chance"):
        account(frames.assign(status="ok", n_faces=2, taken_by="chance"), [])


def test_every_status_is_told():
    assert {*STATUSES} - {"ok"} <= KINDS.keys()
    severities = {kind.severity for kind in KINDS.values()}
    assert severities == {"read", "note", "left out", "error"}


def test_it_is_clean_where_nothing_was_left_out(frames):
    whole = frames.assign(source="a.jpg")
    told = account(whole, [])
    assert (
        told.clean and told.of("note") and list(told.lines())[-1].endswith("nothing was left out")
    )
    assert not account(whole, ["x"]).clean and not account(frames, []).clean


def test_many_files_of_one_ending_are_one_item(frames):
    some = [f"F001/T1/{n:04d}.bnd" for n in range(MANY + 1)]
    (item,) = (item for item in account(frames, some).items if item.kind == "unmatched")
    assert item == ("unmatched", "F001/T1/*.bnd", "21 files from 0000.bnd to 0020.bnd", MANY + 1)
    assert len(account(frames, some[1:]).items) == len(account(frames, []).items) + MANY


def test_the_digest_is_of_what_it_says_and_nothing_else(frames, tmp_path):
    told = account(frames, ["b", "a"])
    assert told.digest == account(frames.sample(frac=1, random_state=0), ["a", "b"]).digest
    others = [account(frames, ["a"]), account(frames, ["a", "b", "c"]), account(frames[1:], [])]
    assert len({told.digest, *(other.digest for other in others)}) == 4
    assert all(re.fullmatch("[a-f][0-9a-f]{15}", other.digest) for other in (told, *others))
    assert Account((Item("no face", "F001 T1", "frame 3", 1),)).digest == "a15f933cb28a87c4"
    here, there = (
        account_of_problems(
            root, [f"{root}: expected x", f"{root}/F001_T1.csv, line 1: expected x"]
        )
        for root in (tmp_path, Path("/b"))
    )
    assert here.digest == there.digest, "no path of a machine"


def test_two_accounts_that_are_printed_alike_have_other_digests(frames):
    odd = frames.assign(frame=0).loc[[1] * 40].reset_index(drop=True)
    one, two = odd.assign(frame=range(0, 80, 2)), odd.assign(frame=[*range(0, 78, 2), 99])
    one, two = account(one, []), account(two, [])
    assert list(one.lines())[:-1] == list(two.lines())[:-1] and one.digest != two.digest


def test_to_disk_and_back(frames, tmp_path):
    told, path = account(frames, ["Fotos/é.csv"]), tmp_path / "account.json"
    path.write_text(told.to_json())
    found = Account.read(path)
    assert found == told and found.digest == told.digest and found.path == path
    content = json.loads(path.read_text())
    assert content["digest"] == told.digest and content["clean"] is False
    content["items"].pop()
    path.write_text(json.dumps(content))
    with pytest.raises(AccountError, match=r"account\.json: .*digest is not that of its items"):
        Account.read(path)


def test_a_file_with_many_problems_hides_no_other(tmp_path):
    problems = [f"{tmp_path}/a.csv, line {n}: expected 1, found 2" for n in range(2, 500)]
    problems += [f"{tmp_path}/b.csv: expected a label file, found: Permission denied"]
    told = account_of_problems(tmp_path, problems)
    lines = list(told.lines())
    assert lines[0].endswith("cannot be read: 499") and len(told.items) == 5
    assert "  b.csv: expected a label file, found: Permission denied" in lines
    assert "  a.csv: and 495 more" in lines


def test_only_the_very_account_is_accepted(frames, tmp_path):
    path = tmp_path / "account.json"
    path.write_text(account(frames, ["F001_T1 (1).csv"]).to_json())
    told = Account.read(path)
    require_accepted(told, told.digest, "bp4d")
    with pytest.raises(AccountError) as refused:
        require_accepted(told, None, "bp4d")
    for said in (
        "bp4d: something was left out",
        "left out: labels without a picture: 2\n  F001 T1: frame 2, 5",
        "F001_T1 (1).csv",
        str(path),
        f"`accept: {told.digest}` beside `name: bp4d`",
        "and nothing else",
    ):
        assert said in str(refused.value)
    assert "note" not in str(refused.value)
    other = account(frames, ["F001_T1 (2).csv"])
    with pytest.raises(AccountError, match=f"names another account, {told.digest}"):
        require_accepted(other, told.digest, "bp4d")


def test_a_clean_account_needs_no_word_and_one_with_errors_has_none(frames):
    require_accepted(account(frames.assign(source="a"), []), None, "bp4d")
    broken = account_of_problems(Path("/faces"), ["/faces/a.csv: expected x, found y"])
    with pytest.raises(AccountError, match="cannot be accepted"):
        require_accepted(broken, broken.digest, "bp4d")
