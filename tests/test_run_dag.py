"""What the DAG asks of Snakemake, and what it refuses before it asks; nothing is made."""

import subprocess
from pathlib import Path
from types import SimpleNamespace as Done

import pytest
import yaml
from dags import dag, planned, variant

from dsin_lib import dag as dag_module
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
    assert planned(text) == {
        "corpus": 2, "store": 4, "run": len(rows), "sweep": len(SWEEPS), "tables": 1,
        "notebook": len(CHAPTERS), "book": 1, "site": 1,
    }, "two stores are those of other readings"  # fmt: skip


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
