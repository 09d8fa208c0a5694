"""One pipeline, whatever the faces: BP4D and BP4D+ as they lie on a disk, to the site."""

import csv
import json
import shutil
from pathlib import Path

import cv2
import pandas as pd
import pytest
import yaml
from painted import (
    FEW,
    assert_no_pixel,
    frames_of,
    painted,
    painted_pixels,
    pictures_of_notebook,
    profile,
    python,
    whole_dag,
)  # fmt: skip

from dsin_lib.facs import BP4D_AUS, au_names

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def bp4d(smoke, tmp_path_factory):
    """BP4D as it may lie on a disk, and what the whole DAG made of it."""
    results = tmp_path_factory.mktemp("bp4d")
    (corpus,) = (smoke / "corpora").glob("synau_b-*")
    root = results / "BP4D"
    shutil.copytree(corpus / "AUCoding", root / "AUCoding")
    looks = {"F001": ("03d", ".jpg"), "F003": ("04d", ".png"), "M001": ("05d", ".jpeg")}
    for path in sorted(corpus.glob("[FM]*/T*/*.jpg")):
        subject, sequence = path.parts[-3:-1]
        padding, suffix = looks.get(subject, ("04d", ".jpg"))
        image = root / subject / sequence / f"{int(path.stem):{padding}}{suffix}"
        image.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(image), painted(cv2.imread(str(path))))
    recode(root / "AUCoding/AU_OCC/M002_T1.csv", {14})
    recode(root / "AUCoding/AU_OCC/M002_T1.csv", BP4D_AUS, frame=1)
    sorted((root / "F004/T2").iterdir())[3].unlink()
    broken = sorted((root / "M003/T1").iterdir())[5]
    broken.write_bytes(broken.read_bytes()[:4000])
    config = profile(results, {"name": "bp4d"})
    (root / "AUCoding/AU_OCC/F001_T1 (1).csv").write_text("a copy that nobody meant")
    account = whole_dag(results, config, smoke, DSIN_BP4D_ROOT=str(root))
    (results / "account.json").write_text(json.dumps(account))
    yield results
    shutil.rmtree(results)  # 1.4 GB


def recode(path, units, frame=None):
    """Writes code 9, not coded, for some units: in every line of a label file, or in a frame's."""
    with path.open(newline="") as stream:
        header, *lines = csv.reader(stream)
    for line in lines:
        if frame in (None, int(line[0])):
            line[:] = [c if u not in units else "9" for u, c in enumerate(line)]
    with path.open("w", newline="") as stream:
        csv.writer(stream).writerows([header, *lines])


def test_bp4d_as_it_lies_on_disk_becomes_the_book(bp4d):
    frames = frames_of(bp4d)
    assert set(frames["corpus"]) == {"bp4d"} and len(frames) == 216
    status = frames[frames["status"] != "ok"].set_index(["subject", "sequence"])["status"]
    assert status.to_dict() == {
        ("F004", "T2"): "no image",
        ("M002", "T1"): "no label",
        ("M003", "T1"): "truncated image",
    }
    uncoded = frames[(frames["subject"] == "M002") & (frames["sequence"] == "T1")]
    assert uncoded["AU14"].isna().all() and uncoded["AU12"].isna().sum() == 1
    assert {Path(source).suffix for source in frames["source"].dropna()} == {
        ".jpg", ".jpeg", ".png",
    }  # fmt: skip
    table = pd.read_csv(bp4d / "bp4d/tables/table3.csv")
    assert table.columns.tolist() == ["row", *au_names(BP4D_AUS), "average", "dead"]
    assert (bp4d / "bp4d/site/index.html").is_file()


def test_what_was_left_out_was_told_before_anything_was_trained(bp4d):
    items = json.loads((bp4d / "account.json").read_text())["items"]
    left_out = {(i["kind"], i["where"]): i["count"] for i in items if i["severity"] == "left out"}
    assert left_out == {
        ("no image", "F004 T2"): 1,
        ("truncated image", "M003 T1"): 1,
        ("unmatched", "AUCoding/AU_OCC/F001_T1 (1).csv"): 1,
    }


def test_another_account_is_not_accepted(bp4d):
    """One more file that matches nothing is another account, and the book stops again."""
    stranger = bp4d / "BP4D/AUCoding/AU_OCC/F001_T2 (1).csv"
    stranger.write_text("another")
    variables = {"DSIN_BP4D_ROOT": str(bp4d / "BP4D")}
    config = ("--config", bp4d / "bp4d.yaml")
    python(bp4d, "-m", "data_prep", "store", *config, **variables)
    said = python(bp4d, "-m", "data_prep", "account", *config, fails=True, **variables)
    assert "`accept` beside `name: bp4d` names another account" in said and stranger.name in said
    stranger.unlink()
    python(bp4d, "-m", "data_prep", "store", *config, **variables)
    python(bp4d, "-m", "data_prep", "account", *config, **variables)


def test_no_pixel_of_licensed_bp4d_is_in_the_book(bp4d):
    assert_no_pixel(bp4d, "bp4d")


def test_pixels_of_a_listed_subject_are_and_are_found(bp4d):
    """The same search on a chapter of a user who may publish: it can fail."""
    everybody = frames_of(bp4d)["subject"].unique().tolist()
    listed = yaml.safe_dump({"overrides": {"reporting.publishable_subjects": everybody}})
    out = bp4d / "published.ipynb"
    python(
        bp4d, "-m", "papermill", "--no-progress-bar", ROOT / "book/preprocessing.ipynb", out,
        "-p", "config", bp4d / "bp4d.yaml", "-y", listed, DSIN_BP4D_ROOT=str(bp4d / "BP4D"),
    )  # fmt: skip
    shown = [painted_pixels(picture) for _, picture in pictures_of_notebook(out)]
    hidden = [*pictures_of_notebook(bp4d / "bp4d/book/preprocessing.ipynb")]
    assert len(shown) == len(hidden), "the same figures, of landmarks"
    assert sum(n > 100 * FEW for n in shown) >= 3, "the chain, the mean patches, the strip"


def test_bp4d_plus_trains(smoke, tmp_path):
    """Named columns, five digits, images in a folder of their own, an uncoded task: to a run."""
    (corpus,) = (smoke / "corpora").glob("synau_b-*")
    root = tmp_path / "BP4D+"
    for path in sorted(corpus.glob("[FM]*/T*/*.jpg")):
        image = root / "2D+3D" / path.parts[-3] / path.parts[-2] / f"{int(path.stem):05d}.jpg"
        image.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, image)
    (root / "AUCoding/AU_OCC").mkdir(parents=True)
    for path in sorted(corpus.glob("AUCoding/AU_OCC/*_T[13].csv")):
        table = pd.read_csv(path).iloc[:, [0, *reversed(BP4D_AUS)]]
        named = ["Frame", *(f"AU{unit}" for unit in reversed(BP4D_AUS))]
        table.to_csv(root / "AUCoding/AU_OCC" / path.name, index=False, header=named)
    config = profile(tmp_path, {"name": "bp4d_plus", "root": str(root)})
    python(tmp_path, "-m", "data_prep", "store", "--config", config)
    command = ("-m", "dsin_lib", "run", "pp_mouth", "--config", config)
    folder = python(tmp_path, *command).split()[-1]
    frames = frames_of(tmp_path)
    assert set(frames["corpus"]) == {"bp4d_plus"}
    assert frames.groupby("sequence")["status"].unique().map(list).to_dict() == {
        "T1": ["ok"],
        "T2": ["no label"],
        "T3": ["ok"],
    }
    spec = json.loads((Path(folder) / "config.json").read_text())
    assert spec["corpus"]["name"] == "bp4d_plus"
