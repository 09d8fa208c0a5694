"""The whole DAG at ``smoke``: real rendering, real dlib, real training, real papermill."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml
from checkouts import copy_checkout, shown
from dags import dag, planned, variant

from dsin_lib.config import load_config
from dsin_lib.config.profile import CONFIGS
from dsin_lib.runs.chapters import trainings
from dsin_lib.runs.rows import TRAINED

ROOT = Path(__file__).parents[1]
CHAPTERS = sorted(path.stem for path in (ROOT / "book").glob("*.ipynb"))
ALL = len(CHAPTERS)
SMOKE = load_config("smoke")
EVERY_ROW = {run.row.id for run in trainings(SMOKE)}
"""Rows of both tables and of every sweep, with what they start from."""


@pytest.fixture
def copy(smoke, tmp_path):
    """A copy of the smoke results to break; times are kept, since the DAG compares them.

    Weights, 2 GB of them, are linked: a run's folder is made whole and never written into.
    """

    def link_weights(source, target):
        return (os.link if Path(source).suffix == ".safetensors" else shutil.copy2)(source, target)

    return shutil.copytree(smoke, tmp_path / "results", copy_function=link_weights)


def test_every_chapter_run_and_table_is_there(smoke):
    home = smoke / "smoke"
    assert sorted(path.stem for path in (home / "book").glob("*.ipynb")) == CHAPTERS
    assert {path.name for path in (smoke / "runs").iterdir()} == EVERY_ROW
    for name in ("index.html", *(f"book/{chapter}.html" for chapter in CHAPTERS)):
        assert (home / "site" / name).is_file()
    assert "Always positive" in (home / "tables" / "table3.csv").read_text()


def test_a_second_time_does_nothing(smoke):
    code, text = dag(smoke, HOME="/dev/null/none")  # as in a container of another user
    assert code == 0, text
    assert "Nothing to be done" in text


@pytest.mark.parametrize(
    ("section", "changes", "runs", "also"),
    [
        (
            "structure_inference", {"chi_penalty": 0.1}, 4,
            {"tables": 1, "notebook": 7, "sweep": 5},
        ),
        ("fusion", {"hidden": 32}, 6, {"tables": 1, "notebook": 9, "sweep": 6}),
        (
            "patch_prediction", {"max_epochs": 3}, len(TRAINED) + 1,
            {"tables": 1, "notebook": 10, "sweep": 7},
        ),
        ("evaluation", {"tau": 0.4}, 0, {"tables": 1, "notebook": ALL}),
        ("preprocessing", {"patch_crop": "fixed"}, len(TRAINED), {"store": 2, "notebook": ALL}),
        ("reporting", {"publishable_subjects": ["F001"]}, 0, {"notebook": ALL}),
    ],
)  # fmt: skip
def test_a_changed_value_reruns_only_what_depends_on_it(
    smoke, tmp_path, section, changes, runs, also
):
    code, text = dag(smoke, "--dry", config=variant(tmp_path, section, **changes))
    assert code == 0, text
    plan = planned(text)
    assert plan.get("run", 0) == runs, plan
    assert "corpus" not in plan, "the same faces"
    for rule, jobs in also.items():
        assert plan.get(rule) == jobs, plan


def test_a_chapter_left_out_is_not_run_and_nothing_is_trained_anew(smoke, tmp_path):
    path = variant(tmp_path, "reporting", leave_out=["protocols", "silences"])
    code, text = dag(smoke, "--dry", config=path)
    assert code == 0, text
    assert planned(text) == {"notebook": ALL - 2, "book": 1, "site": 1}


def test_a_copied_checkout_runs_its_own_code(copy, tmp_path):
    """Jobs and chapters alike: of a profile and a chapter that only the copy has."""
    other = copy_checkout(tmp_path)
    values = yaml.safe_load((CONFIGS / "smoke.yaml").read_text()) | {"name": "own"}
    (other / "configs" / "own.yaml").write_text(yaml.safe_dump(values))
    chapter = copy / "own" / "book" / "audit.ipynb"
    code, text = dag(copy, "--target", str(chapter), config="own", cwd=other, PYTHONPATH="")
    assert code == 0, text
    assert shown(chapter) == "'own'"


def test_killed_half_way_it_resumes_and_keeps_what_is_whole(copy):
    tables = copy / "smoke" / "tables"
    for row in ("pp_f", "dsin_2"):
        shutil.rmtree(copy / "runs" / row)
    shutil.rmtree(tables)  # or nothing would ask for the missing runs
    target = ("--target", str(tables / "table3.csv"))
    kept = {p: p.read_text() for p in (copy / "runs").glob("pp_*/*/provenance.json")}
    (log,) = (copy / "smoke" / "logs").glob("pp_f_fold1_seed0_*.log")
    log.unlink()  # the training opens a new one
    running = subprocess.Popen(
        [sys.executable, "-m", "dsin_lib", "dag", "--config", "smoke", *target],
        cwd=copy,
        env={**os.environ, "DSIN_RESULTS": str(copy)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    started = time.time()
    while not log.exists() and time.time() - started < 300:
        time.sleep(0.1)
    assert log.exists(), "the training never began"
    time.sleep(3)  # into the training
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    assert not list((copy / "runs" / "pp_f").glob("*/provenance.json"))

    code, text = dag(copy, *target)
    assert code == 0, text
    assert (tables / "table3.csv").is_file()
    assert {path.name for path in (copy / "runs").iterdir()} == EVERY_ROW
    assert {p: p.read_text() for p in kept} == kept, "what was whole was not trained again"


def test_a_sweep_taken_up_again_keeps_the_runs_that_are_whole(copy):
    record = copy / "smoke" / "sweeps" / "chi_fold1_seed0.json"
    lost, *others = [
        copy / run / "provenance.json" for run in json.loads(record.read_text())["runs"]
    ]
    shutil.rmtree(lost.parent)
    record.unlink()
    kept = {path: path.read_text() for path in others}
    code, text = dag(copy, "--target", str(record))
    assert code == 0, text
    assert lost.is_file() and record.is_file()
    assert {path: path.read_text() for path in others} == kept


def test_site_renders_without_training_and_says_what_is_missing(copy):
    shutil.rmtree(copy / "smoke" / "site")
    only = ("--only", "site,book,notebook,tables")
    code, text = dag(copy, "--dry", *only)
    assert code == 0 and planned(text).get("book") == 1 and "run" not in planned(text), text
    shutil.rmtree(copy / "runs" / "dsin_2")
    (copy / "smoke" / "book" / "structure_inference.ipynb").unlink()
    code, text = dag(copy, *only)
    assert code != 0
    assert "dsin_2" in text


def test_two_at_once_do_not_meet(smoke):
    import fcntl

    with (smoke / ".dag.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        code, text = dag(smoke)
    assert code != 0 and "another `make book`" in text


def papermill(notebook, out, *parameters, results):
    """Executes a chapter by hand, from the folder of the result."""
    command = [sys.executable, "-m", "papermill", "--no-progress-bar", str(notebook), str(out)]
    env = {**os.environ, "DSIN_RESULTS": str(results)}
    done = subprocess.run(
        [*command, *parameters], cwd=out.parent, env=env, capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


def test_a_chapter_runs_by_hand_with_a_parameter_changed(copy, tmp_path):
    chapter = ROOT / "book" / "structure_inference.ipynb"
    changed = "overrides: {structure_inference.initial_state: half}"
    parameters = ("-p", "config", "smoke", "-y", changed)
    before = {row: set((copy / "runs" / row).iterdir()) for row in ("dsin_10", "pp_f")}
    code, text = papermill(chapter, tmp_path / "out.ipynb", *parameters, results=copy)
    assert code == 0, text
    (added,) = set((copy / "runs" / "dsin_10").iterdir()) - before["dsin_10"]
    spec = json.loads((added / "config.json").read_text())
    assert spec["structure_inference"]["initial_state"] == "half"
    assert set((copy / "runs" / "pp_f").iterdir()) == before["pp_f"], "shared"
    assert "half" in (tmp_path / "out.ipynb").read_text()


@pytest.mark.parametrize(
    ("parameters", "named"),
    [
        (("-p", "config", "smok"), ["no config 'smok'", "'smoke'"]),
        (("-p", "config", "smoke", "-p", "fold", "4"), ["fold", "1, 2 or 3", "4"]),
    ],
)
def test_a_chapter_with_a_wrong_parameter_says_so(smoke, tmp_path, parameters, named):
    chapter = ROOT / "book" / "fusion.ipynb"
    code, text = papermill(chapter, tmp_path / "out.ipynb", *parameters, results=smoke)
    assert code != 0
    assert all(word in text for word in named), text
