"""What a job says it needs grows with what it has to do, and stands in the DAG's plan."""

import json
import os
import subprocess
import sys

import pytest

from dsin_lib.config import PROJECT, load_config
from dsin_lib.runs import needs
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import Run


def run(profile, row, **changes):
    dotted = {name.replace("__", "."): value for name, value in changes.items()}
    return Run(load_config(profile, dotted), ROWS[row], 1, 0)


def test_frames_are_those_of_the_corpus():
    gpu = load_config("gpu")
    assert needs.frames(gpu.corpora.table_3) == 41 * 8 * 40
    assert needs.frames(gpu.corpora.table_4) == 27 * 240, "sequences have no tasks there"
    assert needs.frames(load_config("bp4d").corpora.table_3) > 140_000


def test_more_frames_more_minutes_more_threads_fewer():
    small, large = (load_config(name).corpora.table_3 for name in ("smoke", "gpu"))
    for minutes in (needs.to_render, needs.to_prepare):
        assert needs.LEAST < minutes(small, 2) < minutes(large, 2)
        assert minutes(large, 16) < minutes(large, 2)


def test_a_training_asks_for_more_with_more_epochs_units_and_larger_faces():
    asked = needs.to_train(run("gpu", "pp_face"))
    assert asked > needs.to_train(run("gpu", "pp_face", patch_prediction__max_epochs=2))
    assert asked > needs.to_train(run("gpu", "pp_face", preprocessing__face_px=112))
    assert needs.to_train(run("gpu", "pp_mouth_ind")) > asked, "seven networks one after another"
    assert needs.to_train(run("smoke", "dsin_10")) < needs.to_train(run("gpu", "dsin_10"))


PLAN = """
import json, sys
from pathlib import Path
from snakemake.api import SnakemakeApi
from snakemake.settings.types import (
    ConfigSettings, DAGSettings, OutputSettings, Quietness, ResourceSettings,
)

with SnakemakeApi(OutputSettings(quiet={Quietness.ALL}, dryrun=True)) as api:
    workflow = api.workflow(
        resource_settings=ResourceSettings(cores=2), snakefile=Path(sys.argv[1]),
        config_settings=ConfigSettings(config={"profile": "smoke"}), workdir=Path(sys.argv[2]),
    )
    workflow.dag(dag_settings=DAGSettings(targets={"site"})).execute_workflow(executor="dryrun")
    jobs = workflow._workflow_store.dag.jobs
    print(json.dumps([[job.rule.name, dict(job.resources.items())] for job in jobs]))
"""


@pytest.fixture(scope="module")
def plan(tmp_path_factory):
    """Resources of the jobs of a whole book, as an executor is told, by rule."""
    results = tmp_path_factory.mktemp("plan")
    command = [sys.executable, "-c", PLAN, str(PROJECT / "Snakefile"), str(results)]
    env = {**os.environ, "DSIN_RESULTS": str(results)}
    done = subprocess.run(command, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = {}
    for rule, resources in json.loads(done.stdout.splitlines()[-1]):
        found.setdefault(rule, []).append(resources)
    return found


@pytest.mark.parametrize("rule", ["corpus", "store", "run", "sweep"])
def test_the_plan_says_what_each_job_needs(plan, rule):
    assert plan[rule]
    for job in plan[rule]:
        assert job["mem_mb"] == needs.MEMORY[rule]
        assert job["runtime"] > needs.LEAST
        assert job.get("gpu") == (1 if rule in ("run", "sweep") else None)


def test_a_sweep_has_the_minutes_of_all_its_runs(plan):
    of_run, of_sweep = (max(job["runtime"] for job in plan[rule]) for rule in ("run", "sweep"))
    assert of_sweep > 2 * of_run
