"""The line under a table names every profile, corpus, version and machine behind it."""

from fake_book import write_fake

from dsin_lib.config import load_config
from dsin_lib.reporting.page.provenance import provenance_line
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import Run


def test_runs_of_two_corpora_and_two_machines_are_all_named(results):
    config = load_config("smoke")
    runs = [Run(config, ROWS[row], 1, 0) for row in ("pp_face", "t4_pp_face")]
    for run, device in zip(runs, ("cpu", "NVIDIA H100"), strict=True):
        write_fake(run, device)
    line = provenance_line(runs).data
    assert "profile smoke · SynAU-B, rendered faces and SynAU-D, rendered faces" in line
    assert "train: 30 frames of 2 subjects" in line and "code x" in line
    seconds = 2 * sum(len(run.row.steps) for run in runs)
    assert f"2 trainings of {seconds} s by the clock on cpu and NVIDIA H100" in line
