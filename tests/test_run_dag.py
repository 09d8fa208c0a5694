"""What the DAG asks of Snakemake, and what it refuses before it asks; nothing is made."""

import re
import subprocess
from pathlib import Path
from types import SimpleNamespace as Done

import pytest
import yaml
from dags import dag, planned, variant

from dsin_lib import dag as dag_module
from dsin_lib.config import load_config
from dsin_lib.config.profile import CONFIGS
from dsin_lib.dag import run_dag
from dsin_lib.runs.chapters import CHAPTERS
from dsin_lib.runs.sweeps import SWEEPS

ROOT = Path(__file__).parents[1]


@pytest.fixture
def asked(results, monkeypatch):
    """Every command that would be run, in an empty folder of results."""
    commands = []
    monkeypatch.setattr(
        subprocess, "run", lambda command, **_: commands.append(command) or Done(returncode=0)
    )
    return commands


def test_from_nothing_a_whole_book_is_planned_with_its_tables(results):
    results.mkdir()
    code, text = dag(results, "--dry")
    assert code == 0, text
    rows = {row for shows in CHAPTERS.values() for row in shows.rows}
    swept = [of for of in SWEEPS.values() if of.seeds(load_config("smoke"))]
    assert planned(text) == {
        "corpus": 2, "store": 4, "run": len(rows), "sweep": len(swept), "tables": 1,
        "notebook": len(CHAPTERS), "book": 1, "site": 1,
    }, "two stores are those of other readings"  # fmt: skip


def test_a_sweep_of_shared_runs_waits_for_the_one_that_makes_them(results, tmp_path):
    """Where the profile makes that one on the same fold from the same seed, and only there."""
    results.mkdir()
    seeds = {"folds": [1, 2], "more_seeds": [1], "main_seeds": [1, 2], "claim_seeds": [3]}
    code, text = dag(results, "--dry", config=variant(tmp_path, "evaluation", **seeds))
    assert code == 0, text
    swept = [of for of in SWEEPS.values() if of.seeds_of == "seeds"]
    jobs = 2 * sum(of.every_fold for of in swept) + sum(not of.every_fold for of in swept)
    assert planned(text)["sweep"] == jobs + 1 + 2 * 2 + 2 * 1
    reasons = dict(re.findall(r"sweep ([a-z_]+, fold \d, seed \d)\n.*Reason: (.*)", text))
    assert "seeds_fold1_seed1" in reasons["main_rows, fold 1, seed 1"]
    for alone in (
        "main_rows, fold 2, seed 1",
        "main_rows, fold 1, seed 2",
        "claimed_rows, fold 1, seed 3",
    ):
        assert "sweeps/" not in reasons[alone].partition("updated by")[2]


@pytest.mark.parametrize(
    ("corpora", "names"),
    [
        ({}, []),
        ({"table_3": "bp4d"}, ["bp4d"]),
        ({"table_4": "disfa"}, ["disfa"]),
        ({"table_3": "bp4d", "table_4": "disfa"}, ["bp4d", "disfa"]),
    ],
)
def test_every_licensed_corpus_is_accounted_for_before_the_dag(
    asked, tmp_path, monkeypatch, corpora, names
):
    values = yaml.safe_load((CONFIGS / "smoke.yaml").read_text())
    values["corpora"] |= {of: {"name": name, "root": str(tmp_path)} for of, name in corpora.items()}
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(values))
    told = []
    monkeypatch.setattr(dag_module, "read_account", lambda store: store)
    monkeypatch.setattr(
        dag_module, "require_accepted", lambda found, accept, name: told.append((name, found))
    )
    assert run_dag(str(path), "site") == 0
    assert [name for name, _ in told] == names
    stores = [command[-1] for command in asked[:-1]]
    assert stores == [str(store / "store.json") for _, store in told], "and made before"
    assert asked[-1][-1] == "site"
    asked.clear(), told.clear()
    run_dag(str(path), "site", dry=True)
    assert not told and len(asked) == 1, "what is only planned needs no account"


@pytest.mark.parametrize("where", ["results", "../results", "~nobody-of-this-name/results"])
def test_a_results_folder_that_depends_on_where_one_stands_is_refused_at_once(tmp_path, where):
    code, text = dag(tmp_path, DSIN_RESULTS=where)
    assert code != 0 and f"DSIN_RESULTS: expected an absolute path, got '{where}'" in text
    assert not list(tmp_path.iterdir())


def test_a_wrong_parameter_is_refused_before_anything_runs(results, tmp_path):
    results.mkdir()
    code, text = dag(results, config=variant(tmp_path, "training", pacience=3))
    assert code != 0
    assert "training.pacience: unknown parameter" in text and "patience" in text
    assert not [path for path in results.iterdir() if not path.name.startswith(".")]
