"""One pipeline, whatever the faces: corpora as licence holders have them on disk, to the site.

The trees are rendered faces without ``corpus.json``, which is all that the pipeline goes by when it
takes a corpus for a licensed one, spoilt as real ones are. Every pixel of theirs is painted in
shades of one colour that nothing else in the book has, so that a picture that holds any part of
a frame, cut, shrunk or averaged, is found out.
"""

import base64
import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import nbformat
import numpy as np
import pandas as pd
import pytest
import yaml
from PIL import Image

from dsin_lib.config import load_config
from dsin_lib.experiments import ROWS, TRAINED
from dsin_lib.facs import BP4D_AUS, DISFA_AUS, DISFA_REPORTED_AUS, au_names
from dsin_lib.paths import run_dir

ROOT = Path(__file__).parents[1]
SMALL = {
    "preprocessing": {"face_px": 112},
    "patch_prediction": {"max_epochs": 1},
    "vgg": {"width": 8},
    "fusion": {"max_epochs": 2, "max_joint_epochs": 1},
    "structure_inference": {"max_epochs": 2, "max_joint_epochs": 1},
    "evaluation": {"folds": [1]},
}
TRAIN = """
import sys
from dsin_lib.__main__ import study
from dsin_lib.config import load_config
from dsin_lib.experiments import TRAINED
from dsin_lib.training.runs import run

for row in TRAINED[:-1]:
    run(load_config(sys.argv[1]), row)
for name in ("habit", "chi", "readings"):
    study(name, sys.argv[1])
"""
FEW = 200
"""Pixels of the colour that a picture may hold: the photograph of an astronaut has 42 of them. The
smallest picture of a licensed face that the book could show has some thousand."""
SYNAU_D = {"name": "synau_d", "n_subjects": 6, "frames_per_sequence": 24, "stride": 200}


def profile(folder, corpus, **changes):
    """A config as small as it can be, named as its corpus."""
    path = folder / f"{corpus['name']}.yaml"
    path.write_text(yaml.safe_dump({"name": path.stem, "corpus": corpus, **SMALL, **changes}))
    return path


def python(results, *arguments, **variables):
    """Runs Python from a folder that is not the project's."""
    command = [sys.executable, *map(str, arguments)]
    env = {**os.environ, "DSIN_RESULTS": str(results), **variables}
    done = subprocess.run(command, cwd=results, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-6000:]
    return done.stdout + done.stderr


def dag(results, config, target, **variables):
    """The DAG of a config up to a target."""
    command = ("-m", "dsin_lib", "dag", "--config", config, "--target", target)
    return python(results, *command, **variables)


def whole_dag(results, config, smoke, **variables):
    """The DAG of a config to the site.

    To save time, all rows but the last and most studies are trained in one process, and the DAG
    finds them; so it does the chapters that look at no corpus, of which it gets those of ``smoke``.
    """
    python(results, "-m", "data_prep", "store", "--config", config, **variables)
    python(results, "-c", TRAIN, config, **variables)
    (results / config.stem / "book").mkdir(parents=True, exist_ok=True)
    for chapter in ("faces_and_facs", "label_statistics"):
        shutil.copy(smoke / f"smoke/book/{chapter}.ipynb", results / config.stem / "book")
    dag(results, config, "site", **variables)


def painted(image):
    """A frame (BGR) in shades of magenta; its brightness, all that a detector goes by, is kept."""
    grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    return np.dstack([grey, grey // 4, grey])


def painted_pixels(image):
    """Pixels (RGB) of that colour in a picture."""
    red, green, blue = np.moveaxis(np.asarray(image.convert("RGB")).astype(int), -1, 0)
    bright = np.minimum(red, blue)
    return int(((abs(red - blue) < 12) & (green < 0.45 * bright) & (bright > 50)).sum())


def pictures_of_site(site):
    """Every raster picture of a site by its place: files, and what is embedded in text."""
    embedded = re.compile(rb"(?:iVBORw0KGgo|/9j/)[A-Za-z0-9+/=]{40,}")
    for path in sorted(site.rglob("*")):
        if path.suffix.lower() in {".png", ".jpg", ".jpeg", ".gif", ".webp"}:
            yield str(path), Image.open(path)
        elif path.suffix in {".html", ".svg", ".css", ".js", ".json", ".ipynb"}:
            for found in embedded.findall(path.read_bytes()):
                yield str(path), Image.open(io.BytesIO(base64.b64decode(found)))


def pictures_of_notebook(path):
    """Every picture among the outputs of an executed notebook."""
    for k, cell in enumerate(nbformat.read(path, 4).cells):
        for output in cell.get("outputs", []):
            for kind, data in output.get("data", {}).items():
                if kind in {"image/png", "image/jpeg"}:
                    yield f"{path}, cell {k}", Image.open(io.BytesIO(base64.b64decode(data)))
                assert kind != "image/svg+xml", "not looked into"


def assert_no_pixel(results, name):
    """No picture of the executed notebooks or of the site holds a pixel of a painted frame."""
    home = results / name
    notebooks = sorted((home / "book").glob("*.ipynb"))
    shown = [picture for path in notebooks for picture in pictures_of_notebook(path)]
    shown += pictures_of_site(home / "site")
    assert len(shown) > 20, "the book has pictures, and they were found"
    found = {where: n for where, picture in shown if (n := painted_pixels(picture)) > FEW}
    assert not found


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
    whole_dag(results, config, smoke, DSIN_BP4D_ROOT=str(root))
    return results


def recode(path, units, frame=None):
    """Writes code 9, not coded, for some units: in every line of a label file, or in a frame's."""
    with path.open(newline="") as stream:
        header, *lines = csv.reader(stream)
    for line in lines:
        if frame in (None, int(line[0])):
            line[:] = [c if u not in units else "9" for u, c in enumerate(line)]
    with path.open("w", newline="") as stream:
        csv.writer(stream).writerows([header, *lines])


def frames_of(results):
    """The frames table of the one store."""
    return pd.read_parquet(next((results / "stores").glob("*/frames.parquet")))


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
    assert table.columns.tolist() == ["row", *au_names(BP4D_AUS), "average"]
    assert (bp4d / "bp4d/site/index.html").is_file()


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
        a_run = run_dir(load_config(config), ROWS["pp_mouth"], 1, 0)
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
    return results


def test_disfa_with_videos_becomes_the_book(disfa, synau_d):
    frames, rendered = frames_of(disfa), frames_of(synau_d)
    assert set(frames["corpus"]) == {"disfa"}
    last = frames["frame"].max()
    status = frames[frames["status"] == "no image"].set_index(["subject", "frame"])["status"]
    assert status.to_dict() == {("SN001", last): "no image"}, "the video is a frame short"
    levels = [f"{au}_intensity" for au in au_names(DISFA_AUS)]
    pd.testing.assert_frame_equal(frames[levels], rendered[levels])
    table = pd.read_csv(disfa / "disfa/tables/table3.csv")
    assert table.columns.tolist() == ["row", *au_names(DISFA_REPORTED_AUS), "average"]
    assert (disfa / "disfa/site/index.html").is_file()


def test_no_pixel_of_licensed_disfa_is_in_the_book(disfa):
    assert_no_pixel(disfa, "disfa")


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
