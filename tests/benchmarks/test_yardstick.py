"""The yardstick asks a checkout, by that checkout's own code, for all that a profile trains."""

import os
import re
import subprocess
import sys
from pathlib import Path

from dsin_lib.config import load_config
from dsin_lib.runs.sweeps import SWEEPS, record_of

ROOT = Path(__file__).parents[2]
YARDSTICK = ROOT / "benchmarks" / "yardstick.py"


def targets(results):
    """The files that a checkout of today's layout says are to be made."""
    code = re.search(r'TARGETS = """(.*?)"""', YARDSTICK.read_text(), re.DOTALL)[1]
    done = subprocess.run(
        [sys.executable, "-c", code, "smoke"], cwd=ROOT, capture_output=True, text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "DSIN_RESULTS": str(results)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [Path(line) for line in done.stdout.splitlines()]


def test_a_checkout_of_today_names_its_table_and_the_record_of_every_sweep(results):
    config = load_config("smoke")
    records = [
        record_of(config, name, fold, seed)
        for name, sweep in SWEEPS.items()
        for fold in sweep.folds(config)
        for seed in sweep.seeds(config)
    ]
    assert targets(results) == [results / "smoke" / "tables" / "table3.csv", *records]


def test_records_lie_where_runs_are_compared(results):
    """`compare_runs` takes turns from there."""
    compared = (ROOT / "benchmarks" / "compare_runs.py").read_text()
    (pattern,) = re.findall(r'results\.glob\("([^"]+)"\)', compared)
    record = record_of(load_config("smoke"), "chi", 1, 0)
    record.parent.mkdir(parents=True)
    record.write_text("")
    assert list(results.glob(pattern)) == [record]
