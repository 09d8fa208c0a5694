"""Corpora as licence holders have them on disk, in a colour of their own, and the way to the site.

The trees are rendered faces without ``corpus.json``, which is all that the pipeline goes by when it
takes a corpus for a licensed one, spoilt as real ones are. Every pixel of theirs is painted in
shades of one colour that nothing else in the book has, so that a picture that holds any part of
a frame, cut, shrunk or averaged, is found out.
"""

import base64
import io
import json
import os
import re
import shutil
import subprocess
import sys

import cv2
import nbformat
import numpy as np
import pandas as pd
import yaml
from PIL import Image

SMALL = {
    "preprocessing": {"face_px": 112},
    "patch_prediction": {"max_epochs": 1},
    "vgg": {"width": 8},
    "fusion": {"max_joint_epochs": 1},
    "structure_inference": {"max_joint_epochs": 1},
    "training": {"max_cached_epochs": 2},
    "evaluation": {"folds": [1]},
}
TRAIN = """
import sys
from dsin_lib.__main__ import sweep
from dsin_lib.config import load_config
from dsin_lib.runs.rows import TRAINED
from dsin_lib.runs.run import runs_of
from dsin_lib.systems.ensure import ensure

ensure(runs_of(load_config(sys.argv[1]), TRAINED[:-1]))
for name in ("test_fold", "activity", "seeds", "chi", "readings"):
    sweep(name, sys.argv[1])
"""
FEW = 200
"""Pixels of the colour that a picture may hold: the photograph of an astronaut has 42 of them. The
smallest picture of a licensed face that the book could show has some thousand."""


def profile(folder, corpus, **changes):
    """A config as small as it can be, named as its one corpus, which it measures Table 3 on."""
    path, corpora = folder / f"{corpus['name']}.yaml", {"table_3": corpus}
    path.write_text(yaml.safe_dump({"name": path.stem, "corpora": corpora, **SMALL, **changes}))
    return path


def python(results, *arguments, fails=False, **variables):
    """Runs Python from a folder that is not the project's; what it said."""
    command = [sys.executable, *map(str, arguments)]
    env = {**os.environ, "DSIN_RESULTS": str(results), **variables}
    done = subprocess.run(command, cwd=results, env=env, capture_output=True, text=True)
    assert bool(done.returncode) == fails, done.stdout[-6000:] + done.stderr[-6000:]
    return done.stdout + done.stderr


def dag(results, config, target, **how):
    """The DAG of a config up to a target."""
    command = ("-m", "dsin_lib", "dag", "--config", config, "--target", target)
    return python(results, *command, **how)


def stop_at_the_account(results, config, **variables):
    """Makes the book of a corpus whose account is not clean: it stops, and nothing is trained.

    Returns the account, which the config accepts from then on.
    """
    said = dag(results, config, "site", fails=True, **variables)
    (path,) = results.glob("stores/*/account.json")
    account = json.loads(path.read_text())
    assert f"`accept: {account['digest']}`" in said, "the account ends with the cure"
    assert not (results / "runs").exists()
    values = yaml.safe_load(config.read_text())
    values["corpora"]["table_3"]["accept"] = account["digest"]
    config.write_text(yaml.safe_dump(values))
    return account


def whole_dag(results, config, smoke, **variables):
    """The DAG of a config to the site, and the account that it stopped at before.

    To save time, all rows but the last and most sweeps are trained in one process, and the DAG
    finds them; so it does the chapters that look at no corpus, of which it gets those of ``smoke``.
    """
    account = stop_at_the_account(results, config, **variables)
    python(results, "-m", "data_prep", "store", "--config", config, **variables)
    python(results, "-c", TRAIN, config, **variables)
    (results / config.stem / "book").mkdir(parents=True, exist_ok=True)
    for chapter in ("faces_and_facs", "label_statistics", "audit"):
        shutil.copy(smoke / f"smoke/book/{chapter}.ipynb", results / config.stem / "book")
    dag(results, config, "site", **variables)
    return account


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


def frames_of(results):
    """The frames table of the one store."""
    return pd.read_parquet(next((results / "stores").glob("*/frames.parquet")))
