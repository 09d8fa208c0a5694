"""Features are made once: killed half-way, asked for twice at once, found damaged, by command."""

import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from data_prep import parts
from data_prep.__main__ import app
from data_prep.chunks import run_chunks
from data_prep.ensure import ensure_feature
from data_prep.feature_pass import make_feature
from data_prep.prepare import prepare as prepare_with_workers
from dsin_lib.config import Corpus, Preprocessing
from dsin_lib.config.places import store_dir
from dsin_lib.data.beside import FOLDER, Feature
from dsin_lib.data.features import face_224
from dsin_lib.data.store import Store, StoreError

PROJECT = Path(__file__).resolve().parents[2]
SMALL = Preprocessing(face_px=112)
FACE = Feature(face_224.make)
prepare = partial(prepare_with_workers, workers=1, progress=False)

KILLED = """
import os, signal, sys
from functools import partial
from pathlib import Path
from data_prep import chunks, parts
from data_prep.feature_pass import make_feature
from data_prep.workers import worker_pool
from dsin_lib.data.beside import named
from dsin_lib.data.store import Store

parts.CHUNK, finish = 2, chunks._finish


def until_killed(*work):
    for n, chunk in enumerate(finish(*work), 1):
        yield chunk
        if n == 2:
            os.kill(os.getpid(), signal.SIGKILL)


chunks._finish = until_killed
if __name__ == "__main__":
    with worker_pool(2) as pool:
        run = partial(chunks.run_chunks, pool=pool, workers=2, progress=False)
        make_feature(Path(sys.argv[1]), Store.open(Path(sys.argv[2])), named("face_224"), run)
"""


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(PROJECT), "OMP_NUM_THREADS": "1", **more}


def test_killed_half_way_nothing_is_there_and_a_rerun_goes_on(make_corpus, tmp_path, monkeypatch):
    corpus, small = make_corpus({"F001_T1": 5, "M002_T1": 5}), tmp_path / "small"
    prepare(corpus, small, SMALL)
    script = tmp_path / "killed.py"
    script.write_text(KILLED)
    killed = subprocess.run([sys.executable, script, corpus, small], env=environment())
    assert killed.returncode == -signal.SIGKILL
    store = Store.open(small)
    assert not FACE.is_there(store)
    assert not list((small / FOLDER).glob("*.npy"))
    building = next((small / FOLDER).glob(".face_224-*"))
    done = {path for path in building.glob("*.done")}
    assert len(done) >= 2

    monkeypatch.setattr(parts, "CHUNK", 2)
    worked = []

    def counted(label, work, chunks, **how):
        worked.extend(chunk.done for chunk in chunks if not chunk.done.is_file())
        run_chunks(label, work, chunks, progress=False)

    make_feature(corpus, store, FACE, counted)
    assert not done & set(worked) and len(worked) == 5 - len(done)
    prepare(corpus, tmp_path / "large")
    assert np.array_equal(FACE.of(store), Store.open(tmp_path / "large").patch("face"))
    assert not building.exists()


TWICE = """
import sys
from pathlib import Path
from data_prep import ensure
from dsin_lib.config import Corpus, Preprocessing
from dsin_lib.data.beside import named

make = ensure.make_feature


def counted(*arguments):
    with Path(sys.argv[2]).open("a") as made:
        made.write("made\\n")
    make(*arguments)


ensure.make_feature = counted
corpus = Corpus(name="bp4d", root=sys.argv[1])
if __name__ == "__main__":
    found = ensure.ensure_feature(
        corpus, Preprocessing(face_px=112), named("face_224"), workers=1, progress=False
    )
    print(found.shape)
"""


def test_asked_for_twice_at_once_it_is_made_once(make_corpus, results, tmp_path):
    root, script, made = make_corpus(), tmp_path / "twice.py", tmp_path / "made.txt"
    script.write_text(TWICE)
    command, pipe = [sys.executable, script, root, made], subprocess.PIPE
    both = [subprocess.Popen(command, env=environment(), stdout=pipe, text=True) for _ in range(2)]
    assert [one.communicate()[0].strip() for one in both] == ["(8, 224, 224, 3)"] * 2
    assert made.read_text() == "made\n"
    again = ensure_feature(Corpus(name="bp4d", root=root), SMALL, FACE, workers=1, progress=False)
    assert again.shape == (8, 224, 224, 3) and made.read_text() == "made\n"


def test_a_damaged_feature_is_refused_by_name_and_not_quietly_made_again(make_corpus, results):
    corpus = Corpus(name="bp4d", root=make_corpus({"F001_T1": 2}))
    ensure = partial(ensure_feature, corpus, SMALL, FACE, workers=1, progress=False)
    ensure()
    path = store_dir(corpus, SMALL) / FOLDER / f"{FACE.stem}.npy"
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(StoreError, match=rf"{path.name}: expected a whole feature"):
        ensure()
    path.with_suffix(".json").unlink()
    assert len(ensure()) == 2


def test_the_command_makes_it_and_says_where_it_is(make_corpus, results, tmp_path):
    config = tmp_path / "own.yaml"
    root = make_corpus({"F001_T1": 2})
    config.write_text(
        f"name: own\ncorpora: {{table_3: {{name: bp4d, root: '{root}'}}}}\n"
        "preprocessing: {face_px: 112}\n"
    )
    words = ["feature", "face_224", "--config", str(config), "--workers", "1"]
    said = CliRunner().invoke(app, words, catch_exceptions=False)
    path = said.stdout.strip()
    assert path.endswith(f"{FOLDER}/{FACE.stem}.npy") and np.load(path).shape == (2, 224, 224, 3)


def test_a_wrong_name_is_refused_before_anything_runs(results):
    refused = CliRunner().invoke(app, ["feature", "sift", "--config", "smoke"])
    assert "expected one of ['face_224'], found 'sift'" in str(refused.exception)
    assert not results.exists()
