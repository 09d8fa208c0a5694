"""A new system comes in by one file and one row, and gets as far as a chapter.

In a copied checkout two strangers come in: a scikit-learn estimator on landmarks, whose scores are
margins, and a small network, whose scores are probabilities.
"""

import os
import shutil
import subprocess
import sys

import nbformat
import pandas as pd
import pytest
from checkouts import ROOT, copy_checkout

RIDGE = '''"""A ridge regression an Action Unit on landmarks and some pixels of the face."""

import numpy as np
from sklearn.linear_model import Ridge

from dsin_lib.data.beside import Feature
from dsin_lib.data.features import face_224
from dsin_lib.systems import door

FACE = Feature(face_224.make)


class System(door.System):
    """Its scores are margins."""

    point = 0.0
    features = (FACE,)

    def fit(self, train, valid):
        x, y = self._features(train), train.y.numpy()
        coded = [~np.isnan(of) for of in y.T]
        self.of = [Ridge().fit(x[c], 2 * of[c] - 1) for c, of in zip(coded, y.T, strict=True)]

    def predict(self, part):
        assert part.y.isnan().all(), "labels that it is to predict"
        return np.stack([of.predict(self._features(part)) for of in self.of], 1)

    def left(self):
        return door.Left(numbers=sum(of.coef_.size + 1 for of in self.of))

    def _features(self, part):
        coarse = part.feature(FACE)[:][:, ::56, ::56, 0]
        return np.hstack([of.reshape(len(part), -1) for of in (part.landmarks, coarse)])
'''
SMALL = '''"""A small network on the mouth."""

import torch
from torch import nn

from dsin_lib.data.dataset import as_input
from dsin_lib.systems import door


class System(door.System):
    """Its scores are probabilities."""

    def fit(self, train, valid):
        torch.manual_seed(self.run.seed)
        n = train.y.shape[1]
        self.net = nn.Sequential(nn.AvgPool2d(8), nn.Flatten(), nn.Linear(147, n), nn.Sigmoid())
        adam = torch.optim.Adam(self.net.parameters(), 1e-3)
        for _ in range(20):
            loss = nn.functional.binary_cross_entropy(self._of(train), train.y)
            adam.zero_grad(), loss.backward(), adam.step()

    def predict(self, part):
        return self._of(part).detach().numpy()

    def left(self):
        return door.Left(weights=self.net.state_dict())

    def _of(self, part):
        return self.net(as_input(part.batch(list(range(len(part))))[0])["mouth"])
'''
ROWS = {
    'dsin_10_tt", "DSIN_10^ft': """
    Row("ridge", "Ridge", "Ridge", system="ridge"),
    Row("small", "Small", "Small", patches=("mouth",), system="small"),
    """,
    't4_dsin_10_tt", "DSIN_10^tt': """
    Row("t4_ridge", "Ridge", "Ridge", system="ridge", corpus="table_4"),
    """,
}
"""Rows put before those that have this in them; the last is the same system on the other corpus."""


def with_rows(text):
    """``rows.py`` with all of them."""
    for where, new in ROWS.items():
        at = text.rindex("Row(", 0, text.index(where))
        text = text[:at] + new.strip() + "\n    " + text[at:]
    return text


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A checkout with two more files and three more rows."""
    other = copy_checkout(tmp_path_factory.mktemp("systems"))
    shutil.copy(ROOT / "book" / "bp4d_ablation.ipynb", other / "book")
    for command in (["init", "-q"], ["add", "."], [*AUTHOR, "commit", "-qm", "as it is"]):
        subprocess.run(["git", *command], cwd=other, check=True)
    systems, rows = other / "dsin_lib" / "systems", other / "dsin_lib" / "runs" / "rows.py"
    (systems / "ridge.py").write_text(RIDGE)
    (systems / "small.py").write_text(SMALL)
    rows.write_text(with_rows(rows.read_text()))
    return other


AUTHOR = ("-c", "user.name=a", "-c", "user.email=a@b")


@pytest.fixture(scope="module")
def results(smoke, tmp_path_factory):
    """What ``smoke`` has left, to be read, in a folder that new runs can be written to."""
    here = tmp_path_factory.mktemp("with systems")
    (here / "corpora").symlink_to(smoke / "corpora")
    shutil.copytree(smoke / "stores", here / "stores", copy_function=os.link)
    (here / "runs").mkdir()
    for row in (smoke / "runs").iterdir():
        (here / "runs" / row.name).symlink_to(row)
    return here


@pytest.fixture(scope="module")
def python(checkout, results):
    """Runs a module of that checkout."""
    env = {**os.environ, "DSIN_RESULTS": str(results), "PYTHONPATH": str(checkout)}
    env["JUPYTER_PATH"] = str(checkout / "dsin_lib" / "jupyter")

    def run(*command, folder=checkout):
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=folder, env=env, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout.strip()

    return run


@pytest.fixture(scope="module")
def tables(python, results):
    """The folder of the tables, made by the DAG with the feature and the two runs before them."""
    tables = results / "smoke" / "tables"
    python("dsin_lib", "dag", "--config", "smoke", "--target", str(tables / "table3.csv"))
    return tables


def test_only_what_is_new_is_made(tables, results):
    stores = {
        path.parts[-3].split("-")[0] for path in results.glob("stores/*/features/face_*.json")
    }
    assert stores == {"synau_b", "synau_d"}
    made = [path for path in (results / "runs").iterdir() if not path.is_symlink()]
    assert {path.name for path in made} == {"ridge", "small", "t4_ridge"}
    assert [len(list(path.glob("fold*"))) for path in made] == [1, 1, 1]


def test_one_file_and_one_row_each_are_all(checkout):
    said = subprocess.run(
        ["git", "status", "--porcelain"], cwd=checkout, capture_output=True, text=True, check=True
    )
    names = {line.split()[-1] for line in said.stdout.splitlines()}
    here = "dsin_lib/systems/"
    assert names == {"dsin_lib/runs/rows.py", f"{here}ridge.py", f"{here}small.py"}


def test_both_are_in_the_table(tables):
    table = pd.read_csv(tables / "table3.csv", index_col="row")
    scores = pd.read_csv(tables / "table3_scores.csv", index_col="row")
    for name in ("Ridge", "Small"):
        assert 0 <= table.loc[name, "average"] < 100 and pd.isna(table.loc[name, "dead"])
    assert table.loc["Ridge", "average"] > 0, "a network of one epoch may call nothing active"
    assert (scores.loc["ridge", "tau"] == 0).all() and (scores.loc["small", "tau"] == 0.5).all()
    for row in ("ridge", "small"):
        assert scores.loc[row, "auc"].nunique() > 1
    assert pd.read_csv(tables / "table4.csv", index_col="row").loc["Ridge", "average"] > 0


def test_the_chapter_of_table_3_shows_them_with_intervals(python, tables, checkout, tmp_path):
    page = tmp_path / "bp4d_ablation.ipynb"
    python(
        "papermill", "bp4d_ablation.ipynb", str(page), "-p", "config", "smoke",
        folder=checkout / "book",
    )  # fmt: skip
    outputs = [
        output["data"]["text/html"]
        for cell in nbformat.read(page, 4).cells
        for output in cell.get("outputs", ())
        if "text/html" in output.get("data", {})
    ]
    assert all(any(name in html for html in outputs) for name in ("Ridge", "Small"))


def test_a_row_whose_file_is_missing_is_refused_by_name(checkout, python):
    (checkout / "dsin_lib" / "systems" / "small.py").rename(checkout / "small.py")
    said = "error: system: expected a file dsin_lib/systems/small.py, found none"
    with pytest.raises(AssertionError, match=said):
        python("dsin_lib", "run", "small", "--config", "smoke", "--seed", "1")
