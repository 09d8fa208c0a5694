"""Freed memory is kept while a training runs: what that saves, where it cannot be, when it ends."""

import ctypes
import json
import platform
import subprocess
import sys

import pytest
import torch

from dsin_lib.config import load_config
from dsin_lib.data.dataset import CachedData
from dsin_lib.model.dsin import DSIN
from dsin_lib.model.losses import DSINLoss
from dsin_lib.model.structure_inference import StructureInference
from dsin_lib.training import learner
from dsin_lib.training.memory import keep_freed_memory

FAULTS = """
import json
import resource

import torch
from dsin_lib.training.memory import keep_freed_memory

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(2):  # 320 MB, given back at once
        [torch.empty(8 * 2**20).fill_(1.0) for _ in range(10)]
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

without = [faults(), faults()][1]
kept = keep_freed_memory()
print(json.dumps([without, kept, min(faults(), faults(), faults())]))
"""

HELD = """
import json
from pathlib import Path

import torch
from dsin_lib.training.memory import give_back_freed_memory, keep_freed_memory

def resident():  # MB
    status = Path("/proc/self/status").read_text()
    return int(status.split("RssAnon:")[1].split()[0]) // 1000

keep_freed_memory()
before = resident()
[torch.empty(8 * 2**20).fill_(1.0) for _ in range(10)]  # 320 MB
kept = resident()
give_back_freed_memory()
print(json.dumps([kept - before, resident() - before]))
"""

glibc = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="mallopt is glibc's")


def printed(code: str) -> list:
    """What a process of its own prints: what is asked of glibc holds for all of it."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@glibc
def test_kept_blocks_are_not_asked_of_the_kernel_again():
    without, kept, with_it = printed(FAULTS)
    assert kept is True
    assert without >= 20, "twenty blocks, each mapped at least once, by however large pages"
    assert with_it * 20 < without, "next to none"


@glibc
def test_what_is_kept_is_given_back_when_asked():
    kept, given_back = printed(HELD)
    assert kept > 300, "ten blocks, none of them in use"
    assert given_back < 30


def test_another_c_library_is_not_asked(monkeypatch):
    monkeypatch.setattr(platform, "libc_ver", lambda: ("", ""))
    monkeypatch.setattr(ctypes, "CDLL", lambda name: pytest.fail("mallopt is glibc's"))
    assert keep_freed_memory.__wrapped__() is False


def test_a_library_that_refuses_is_believed(monkeypatch):
    class Refusing:
        def __init__(self, name):
            self.mallopt = lambda parameter, value: int(parameter != -1)

    monkeypatch.setattr(platform, "libc_ver", lambda: ("glibc", "2.36"))
    monkeypatch.setattr(ctypes, "CDLL", Refusing)
    assert keep_freed_memory.__wrapped__() is False


def test_a_training_keeps_memory_from_its_beginning_to_its_end(monkeypatch):
    asked = []
    made = learner.make_learner
    monkeypatch.setattr(learner, "keep_freed_memory", lambda: asked.append("keep"))
    monkeypatch.setattr(learner, "give_back_freed_memory", lambda: asked.append("give back"))
    monkeypatch.setattr(learner, "make_learner", lambda *of: asked.append("learner") or made(*of))
    data = CachedData(torch.rand(8, 2), torch.ones(8, 2))
    learner.fit(
        DSIN(omega=StructureInference(2, 1)),
        data,
        data,
        DSINLoss(torch.ones(2), w_pi=0.0, w_phi=0.0, w_omega=1.0),
        max_epochs=1,
        training=load_config("smoke").training,
        seed=0,
    )
    assert asked == ["keep", "learner", "give back"]
