"""What an edit of the code makes Snakemake do again: the chapter that is about it, and no other."""

import os
import subprocess
import sys

import pytest
from checkouts import ROOT, copy_checkout
from dags import planned

OWN = {
    "reporting/chapters/protocols.py": {"protocols"},
    "reporting/chapters/disfa_ablation/transfer.py": {"disfa_ablation"},
    "reporting/chapters/structure_seen/graph.py": {"structure_seen"},
}


@pytest.fixture
def checkout(tmp_path):
    """Another checkout, whose files are as old as these."""
    return copy_checkout(tmp_path, chapters=True)


def plan(checkout, results):
    """What would be done again because a file is newer than what was made of it."""
    done = subprocess.run(
        [
            sys.executable, "-m", "snakemake", "--snakefile", str(checkout / "Snakefile"),
            "--directory", str(results), "--config", "profile=smoke", "--cores", "1",
            "--dry-run", "--rerun-triggers", "mtime", "--nolock", "--", "site",
        ],
        env={**os.environ, "DSIN_RESULTS": str(results)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_an_untouched_checkout_has_nothing_to_do(checkout, smoke):
    assert planned(plan(checkout, smoke)) == {}


@pytest.mark.parametrize("name", OWN)
def test_an_edit_of_a_chapter_s_file_re_executes_that_chapter_alone(checkout, smoke, name):
    assert (ROOT / "dsin_lib" / name).is_file()
    os.utime(checkout / "dsin_lib" / name)
    text = plan(checkout, smoke)
    assert planned(text) == {"notebook": len(OWN[name]), "book": 1, "site": 1}
    assert all(f"Executing the chapter {chapter}" in text for chapter in OWN[name])


def test_an_edit_of_what_chapters_share_re_executes_all_and_trains_nothing(checkout, smoke):
    os.utime(checkout / "dsin_lib" / "reporting" / "page" / "tables.py")
    jobs = planned(plan(checkout, smoke))
    assert jobs["notebook"] > 10 and not {"run", "sweep", "store", "corpus"} & jobs.keys()
