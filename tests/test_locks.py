"""Whoever comes second waits and finds it made."""

import subprocess
import sys
import time

import pytest

from dsin_lib import locks
from dsin_lib.locks import alone

HOLD = """
import sys, time
from pathlib import Path
from dsin_lib.locks import alone
made = Path(sys.argv[1])
with alone(made):
    print("at work", flush=True)
    time.sleep(float(sys.argv[2]))
    made.write_text("made")
"""


def start(made, seconds):
    command = [sys.executable, "-c", HOLD, str(made), str(seconds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize(("grace", "words"), [(0.2, 1), (20, 0)])
def test_the_second_waits_and_finds_it_made_with_a_word_if_it_takes_long(
    results, capfd, monkeypatch, grace, words
):
    monkeypatch.setattr(locks, "GRACE", grace)
    made = results / "stores" / "one"
    made.parent.mkdir(parents=True)
    first = start(made, 1.0)
    assert first.stdout.readline() == "at work\n"
    with alone(made):
        assert made.read_text() == "made"
    said = f"{made}: another process is at work on it; waiting"
    assert capfd.readouterr().err.count(said) == words
    assert first.wait() == 0


def test_a_lock_falls_with_its_process(results, capfd):
    first = start(results / "stores" / "one", 600)
    assert first.stdout.readline() == "at work\n"
    first.kill()
    first.wait()
    begun = time.monotonic()
    with alone(results / "stores" / "one"), alone(results / "stores" / "another"):
        assert time.monotonic() - begun < 5
    assert not capfd.readouterr().err
