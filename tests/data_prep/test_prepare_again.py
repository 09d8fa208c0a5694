"""Prepared again: nothing is done twice, nothing stale is kept, a killed run is taken up."""

import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from stores import arrays, assert_same, stamps

from data_prep import parts
from data_prep.prepare import prepare as prepare_with_workers
from dsin_lib.config import Preprocessing
from dsin_lib.data.store import ACCOUNT, Store, StoreError

PROJECT = Path(__file__).resolve().parents[2]
prepare = partial(prepare_with_workers, workers=1, progress=False)


KILLED = """
import os, signal, sys
from data_prep import chunks, parts
from data_prep.prepare import prepare

parts.CHUNK, finish = 2, chunks._finish


def until_killed(work, *rest):
    for n, chunk in enumerate(finish(work, *rest), 1):
        yield chunk
        if n == 2 and work.__name__ == sys.argv[3]:
            os.kill(os.getpid(), signal.SIGKILL)


chunks._finish = until_killed
if __name__ == "__main__":
    prepare(sys.argv[1], sys.argv[2], workers=int(sys.argv[4]), progress=False)
"""


def test_again_does_nothing(make_corpus, tmp_path, capsys):
    root = make_corpus({"F001_T1": 2})
    prepare(root, tmp_path / "store")
    before = stamps(tmp_path / "store")
    capsys.readouterr()
    prepare(root, tmp_path / "store")
    assert stamps(tmp_path / "store") == before
    assert capsys.readouterr().err == ""


def test_what_matches_nothing_changes_the_account_and_nothing_else(make_corpus, tmp_path, capsys):
    root, store = make_corpus({"F001_T1": 2}), tmp_path / "store"
    prepare(root, store)
    assert Store.open(store).account.clean
    before = stamps(store)
    (root / "F001/T1/a sketch of the room, seen from above, with every lamp and seat.txt").touch()
    capsys.readouterr()
    prepare(root, store)
    after = stamps(store)
    assert {name for name in after if after[name] != before.get(name)} == {ACCOUNT}
    found = Store.open(store).account
    assert [item.where for item in found.of("left out")] == [
        "F001/T1/a sketch of the room, seen from above, with every lamp and seat.txt"
    ]
    assert found.of("left out")[0].where in capsys.readouterr().err, "whole, in any width"
    (store / ACCOUNT).write_text("{")
    prepare(root, store)
    assert Store.open(store).account == found


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"face_px": 112}, "face_px 224 -> 112"),
        ({"alignment": "affine"}, "alignment 'similarity' -> 'affine'"),
        ({"patch_crop": "fixed"}, "patch_crop 'box' -> 'fixed'"),
    ],
)
def test_other_parameters_make_it_anew_and_say_so(make_corpus, tmp_path, capsys, changed, said):
    root = make_corpus({"F001_T1": 2})
    prepare(root, tmp_path / "store")
    before = arrays(Store.open(tmp_path / "store"))
    capsys.readouterr()
    prepare(root, tmp_path / "store", Preprocessing(**changed))
    after = arrays(Store.open(tmp_path / "store"))
    assert f"Preparing {tmp_path / 'store'} anew: {said}\n" in capsys.readouterr().err
    assert any(not np.array_equal(before[name], after[name]) for name in before)


def test_a_changed_corpus_makes_it_anew(make_corpus, write_labels, tmp_path, capsys):
    root = make_corpus({"F001_T1": 2})
    prepare(root, tmp_path / "store")
    write_labels(root, "F001_T1", {1: [0] * 12, 2: [0, 1] + [0] * 10})
    capsys.readouterr()
    prepare(root, tmp_path / "store")
    assert "state" in capsys.readouterr().err
    assert Store.open(tmp_path / "store").frames["AU02"].tolist() == [0, 1]


def test_interrupted_while_publishing(make_corpus, tmp_path, monkeypatch):
    """Some arrays already moved, no record yet: not a store, and none of it is taken for whole."""
    root, store = make_corpus({"F001_T1": 3}), tmp_path / "store"

    def interrupted(building: Path, root: Path, record: dict) -> None:
        for name in ("mouth.npy", "landmarks.npy"):
            (building / name).replace(root / name)
        raise KeyboardInterrupt

    monkeypatch.setattr("data_prep.prepare.publish", interrupted)
    with pytest.raises(KeyboardInterrupt):
        prepare(root, store)
    with pytest.raises(StoreError):
        Store.open(store)
    monkeypatch.undo()
    prepare(root, store)
    prepare(root, tmp_path / "uninterrupted")
    assert_same(Store.open(store), Store.open(tmp_path / "uninterrupted"))


def prepare_killed_in(work: str, workers: int, script: Path, root: Path, store: Path) -> None:
    """Prepare, killed hard after two chunks of ``work``; its workers end with it."""
    script.write_text(KILLED)
    process = subprocess.Popen(
        [sys.executable, script, root, store, work, str(workers)],
        env={**os.environ, "PYTHONPATH": str(PROJECT), "OMP_NUM_THREADS": "1"},
        start_new_session=True,
    )
    assert process.wait() == -signal.SIGKILL
    deadline = time.monotonic() + 20
    with pytest.raises(ProcessLookupError):  # no process is left in its session
        while time.monotonic() < deadline:
            os.killpg(process.pid, 0)
            time.sleep(0.02)
        os.killpg(process.pid, signal.SIGKILL)
        pytest.fail("workers outlived their parent")


def test_killed_and_run_again(make_corpus, tmp_path, monkeypatch):
    """Killed in each pass; nothing finished is done again; the same store."""
    root, store = make_corpus({"F001_T1": 10, "M002_T1": 10}), tmp_path / "store"
    for work, workers in (("find_chunk", 2), ("cut_chunk", 1)):
        prepare_killed_in(work, workers, tmp_path / "killed.py", root, store)
        with pytest.raises(StoreError):
            Store.open(store)
    kept = stamps(store / ".parts")
    done = {name: stamp for name, stamp in kept.items() if name.endswith((".npz", ".done"))}
    assert len([name for name in done if name.endswith(".npz")]) == 10

    monkeypatch.setattr(parts, "CHUNK", 2)
    at_the_end: dict[str, int] = {}
    monkeypatch.setattr("shutil.rmtree", lambda path: at_the_end.update(stamps(Path(path))))
    prepare(root, store)
    assert {name: at_the_end[name] for name in done} == done

    monkeypatch.undo()
    prepare(root, tmp_path / "uninterrupted")
    assert_same(Store.open(store), Store.open(tmp_path / "uninterrupted"))
