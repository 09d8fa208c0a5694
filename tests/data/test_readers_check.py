"""What ``data_prep check`` says of a root in each layout."""

import csv
import shutil
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from data_prep import check as module
from data_prep.__main__ import app
from data_prep.check import check
from dsin_lib.facs import BP4D_AUS, DISFA_AUS, au_names
from dsin_lib.paper.published import bp4d_labels, disfa_labels

CODES = {1: {}, 2: {12: 1}, 3: {1: 1, 12: 1}, 4: {6: 9}}


def write_bp4d(root: Path, header: list) -> Path:
    """F001_T1: four labelled frames, the second without image, three images without label."""
    path = root / "AUCoding/AU_OCC/F001_T1.csv"
    path.parent.mkdir(parents=True)
    with path.open("w", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(header)
        for frame, codes in CODES.items():
            out.writerow([frame, *(codes.get(unit, 0) for unit in header[1:])])
    (root / "F001/T1").mkdir(parents=True)
    for frame in (1, 3, 4, 7, 8, 9):
        (root / f"F001/T1/{frame:04d}.jpg").write_bytes(b"" if frame == 4 else b"pixels")
    return root


def write_disfa(root: Path) -> Path:
    """SN001: four labelled frames, a video of three."""
    folder = root / "ActionUnit_Labels/SN001"
    folder.mkdir(parents=True)
    for unit in DISFA_AUS:
        levels = {4: [0, 2, 3, 1]}.get(unit, [0] * 4)
        lines = [f"{n},{level}\n" for n, level in enumerate(levels, 1)]
        (folder / f"SN001_au{unit}.txt").write_text("".join(lines))
    (root / "Videos_LeftCamera").mkdir()
    path = root / "Videos_LeftCamera/LeftVideoSN001_comp.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*"MJPG"), 20, (64, 64))
    for _ in range(3):
        writer.write(np.zeros((64, 64, 3), np.uint8))
    writer.release()
    return root


def section(table: pd.DataFrame, name: str) -> dict:
    rows = table[table["section"] == name]
    return dict(zip(rows["item"], zip(rows["found"], rows["published"], strict=True), strict=True))


@pytest.mark.parametrize(("name", "header"), [("bp4d", range(100)), ("bp4d_plus", BP4D_AUS)])
def test_bp4d_and_its_sequel(tmp_path, name, header):
    header = list(header) if name == "bp4d" else ["frame", *header]
    table, told = check(write_bp4d(tmp_path, header))
    assert list(section(table, "layout")) == [name]
    counts, prevalence = section(table, "counts"), section(table, "prevalence")
    published = bp4d_labels() if name == "bp4d" else {}
    assert counts["subjects"] == (1, published.get("subjects"))
    assert counts["frames with label and image"] == (3, published.get("frames"))
    assert counts["labels without an image"][0] == 1
    assert counts["images without a label"][0] == 3
    assert prevalence["AU12"] == (0.5, published.get("prevalence", {}).get("AU12"))
    assert prevalence["AU06"][0] == 0 and list(prevalence) == au_names(BP4D_AUS)
    assert told.items[3:] == (
        ("no image", "F001 T1", "frame 2", 1),
        ("unreadable image", "F001 T1", "frame 4", 1),
        ("partly coded", "F001 T1", "frame 4", 1),
        ("no label", "F001 T1", "frame 7 to 9", 3),
    )


def test_disfa_beside_the_public_lists(tmp_path):
    table, told = check(write_disfa(tmp_path))
    assert list(section(table, "layout")) == ["disfa"]
    assert section(table, "counts")["frames with label and image"] == (3, 130814)
    prevalence = section(table, "prevalence")
    assert list(prevalence) == au_names(DISFA_AUS) and prevalence["AU04"] == (0.5, 0.15238)
    assert told.items[3:] == (("no image", "SN001 left", "frame 4", 1),)


def test_a_subject_without_a_neutral_frame_is_noted(tmp_path):
    root = write_disfa(tmp_path)
    for path in (root / "ActionUnit_Labels/SN001").iterdir():
        path.write_text("1,1\n2,1\n3,2\n4,0\n")  # the last frame has no picture
    table, told = check(root)
    assert section(table, "counts")["neutral frames"][0] == 1
    assert ("no neutral frame", "SN001", "", 1) in told.of("note")


def test_what_is_published_of_disfa_agrees_with_itself():
    labels = disfa_labels()
    assert set(labels["prevalence"]) == set(labels["intensity_histogram"])
    assert list(labels["prevalence"]) == au_names(DISFA_AUS)
    for name, counts in labels["intensity_histogram"].items():
        assert sum(counts) == labels["intensity_frames"]
        share = sum(counts[labels["active_from"] :]) / labels["intensity_frames"]
        assert abs(share - labels["prevalence"][name]) < 0.004, name  # 451 frames fewer
    assert labels["frames"] == 27 * 4845 - 1


def test_errors_are_listed_and_the_layout_named(tmp_path, capsys):
    root = write_disfa(tmp_path)
    path = root / "ActionUnit_Labels/SN001/SN001_au9.txt"
    path.write_text("1,0\n2,6\n4,0\n")
    table, told = check(root)
    problems = [item.detail for item in told.of("error")]
    assert list(section(table, "layout")) == ["disfa"] and len(problems) == 2
    assert "SN001_au9.txt, line 2: expected an intensity from 0 to 5" in problems[0]
    assert "2 problem(s). Published: Aggregates over public DISFA" in " ".join(
        capsys.readouterr().out.split()
    )


def test_the_command_fails_on_a_root_that_is_no_corpus(tmp_path):
    result = CliRunner().invoke(app, ["check", str(tmp_path)])
    said = " ".join(result.output.split())
    assert result.exit_code == 1 and "1 problem(s)" in said and "found neither" in said


def test_a_long_list_of_notes_is_cut_where_it_is_printed_only(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(module, "PRINTED", 2)
    root = write_bp4d(tmp_path, list(range(100)))
    for task in ("T2", "T3", "T4"):
        (root / "F001" / task).mkdir()
        (root / "F001" / task / "0001.jpg").write_bytes(b"pixels")
    table, told = check(root)
    assert len(section(table, "prevalence")) == 12
    assert len([item for item in told.items if item.kind == "no label"]) == 4
    printed = capsys.readouterr().out
    assert "note: pictures without a label: 6" in printed
    assert "... and 2 more" in printed and "F001 T3" not in printed


def test_what_is_printed_is_whole_in_a_pipe_of_80_columns(tmp_path):
    deep = tmp_path / ("a folder with a name of forty characters" * 2) / "and another one below it"
    deep.mkdir(parents=True)
    root = write_bp4d(deep, list(range(100)))
    stray = "F001_T1 as it was before the second coder looked at it again, of 2013-04-05 (1).csv"
    (root / "AUCoding/AU_OCC" / stray).write_text("")
    told = check_in_a_pipe(root)
    assert f"{root}: bp4d" in told and f"  AUCoding/AU_OCC/{stray}" in told
    assert "..." not in told and "…" not in told
    path = root / "AUCoding/AU_OCC/F001_T1.csv"
    path.write_text("0;1;2")
    assert "  AUCoding/AU_OCC/F001_T1.csv, line 1: expected commas, found semicolons" in (
        check_in_a_pipe(root)
    )


def check_in_a_pipe(root: Path) -> list[str]:
    """The lines that the command writes where its output is no terminal."""
    return CliRunner(env={"COLUMNS": "80"}).invoke(app, ["check", str(root)]).output.splitlines()


def test_a_link_to_nothing_is_an_unreadable_frame(tmp_path):
    root = write_bp4d(tmp_path, list(range(100)))
    (root / "F001/T1/0003.jpg").unlink()
    (root / "F001/T1/0003.jpg").symlink_to("gone.jpg")
    told = check(root).account
    assert ("unreadable image", "F001 T1", "frame 3 to 4", 2) in told.of("left out")


def test_options_of_the_config_reach_the_reader_and_others_are_refused(tmp_path):
    root = write_disfa(tmp_path)
    shutil.rmtree(root / "Videos_LeftCamera")
    (root / "extracted/sn001").mkdir(parents=True)
    for number in range(4):
        (root / f"extracted/sn001/{number}.png").write_bytes(b"pixels")
    run = CliRunner().invoke
    refused = run(app, ["check", str(root), "--corpus", "images=extracted"])
    assert refused.exit_code == 1 and "`first_image: 0` beside `name: disfa`" in refused.output
    done = run(app, ["check", str(root), "--corpus", "images=extracted,first_image=0"])
    assert done.exit_code == 0 and "nothing was left out" in done.output
    for wrong, said in (
        ("seed=1", "seed: expected an option of disfa"),
        ("first_image=one", "first_image: input should be a valid integer"),
        ("first_image", "--corpus: expected name=value"),
    ):
        refused = run(app, ["check", str(root), "--corpus", wrong])
        assert said in str(refused.exception)
