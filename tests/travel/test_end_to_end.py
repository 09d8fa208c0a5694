"""A bundle on a machine of its own: rendered, trained, killed, gone on, taken in at home."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time

import numpy as np
import pandas as pd
import pytest

from dsin_lib.config import load_config
from dsin_lib.data.found import found_path
from dsin_lib.data.store import Store
from dsin_lib.reporting.tables import write_tables
from dsin_lib.runs.chapters import trainings
from dsin_lib.runs.files import WEIGHTS
from dsin_lib.travel.bundle import bundle
from dsin_lib.travel.take import take
from dsin_lib.version import code_version


def run(folder, out, seconds=300, **how):
    """The bundle's command, as its machine's owner says it, from another folder."""
    variables = {name: of for name, of in os.environ.items() if not name.startswith("DSIN_")}
    env = {**variables, "PYTHONPATH": "", "PYTHON": sys.executable, "CUDA_VISIBLE_DEVICES": ""}
    command = ["bash", str(folder / "run"), str(seconds), str(out)]
    return subprocess.Popen(
        command, cwd=folder.parent, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, start_new_session=True, **how,
    )  # fmt: skip


def spoilt(archive, path):
    """A copy of an archive with one byte flipped."""
    data = bytearray(archive.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    return path


def finished(there):
    """Every run that is whole, with the time at which it was written."""
    return {path: path.stat().st_mtime_ns for path in there.glob("runs/*/*/provenance.json")}


@pytest.fixture(scope="module")
def travelled(home, source, tmp_path_factory):
    """A bundle that ran, was killed once half-way, and ran again; what was whole before."""
    place = tmp_path_factory.mktemp("another machine") / "lent (1)"
    place.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DSIN_RESULTS", str(home))
        files = bundle(load_config(source), source, place / "bundle", None)
    out, there = place / "what came", place / "bundle" / ".dsin" / "results"
    running, started = run(place / "bundle", out), time.time()
    while len(finished(there)) < 4 and running.poll() is None and time.time() - started < 300:
        time.sleep(0.05)
    os.killpg(running.pid, signal.SIGKILL)
    said = running.communicate()[0]
    before = finished(there)
    assert len(before) >= 4, said
    again = run(place / "bundle", out)
    said = again.communicate(timeout=300)[0]
    assert again.returncode == 0, said
    return {"files": files, "before": before, "there": there, "out": out, "said": said}


def test_a_bundle_is_code_landmarks_the_profile_and_a_command(travelled, home, source, tmp_path):
    files = {path.name: path for path in travelled["files"]}
    assert set(files) == {"code.tar.gz", "found.tar", "config.yaml", "run"}
    assert sum(path.stat().st_size for path in files.values()) < 45e6
    assert load_config(str(files["config.yaml"])) == load_config(source)
    with tarfile.open(files["code.tar.gz"]) as code:
        names = set(code.getnames())
        assert code.extractfile(".commit").read().decode().strip() == code_version()
    assert {"dsin_lib/travel/there.py", "data_prep/__main__.py", "configs/gpu.yaml"} <= names
    assert not any(name.startswith("results") for name in names)
    with tarfile.open(files["found.tar"]) as found:
        (name,) = found.getnames()
    assert name == found_path(next((home / "corpora").iterdir())).name


def test_what_was_finished_is_kept_and_the_rest_is_trained(travelled, source, monkeypatch):
    before, after = travelled["before"], finished(travelled["there"])
    assert {path: after[path] for path in before} == before, "not trained again"
    monkeypatch.setenv("DSIN_RESULTS", str(travelled["there"]))
    asked = trainings(load_config(source))
    assert all(one.is_there() for one in asked) and len(asked) == len(after) > len(before)
    report = json.loads((travelled["out"] / "report.json").read_text())
    assert report["asked"] == len(asked) and report["there"] == len(before)
    assert report["trained"] == len(asked) - len(before) and report["failed"] == {}
    assert report["unsent"] == 0 and report["machine"]["device"]
    for one in asked:
        assert one.provenance["code"] == code_version()


def test_faces_there_are_those_at_home_without_a_landmark_model(travelled, home):
    (there,), (here,) = (
        list((root / "stores").glob("synau_b*")) for root in (travelled["there"], home)
    )
    there, here = Store.open(there), Store.open(here)
    assert there.record["source"]["landmarks"].startswith("found in the pictures")
    assert there.record["content"] == here.record["content"]
    assert np.array_equal(there.patch("face"), here.patch("face"))


def test_archives_are_taken_in_at_home_and_the_tables_come_out(
    travelled, home, source, tmp_path, monkeypatch
):
    archives = sorted(travelled["out"].glob("*.zip"))
    assert archives and all(path.stat().st_size <= 15e6 for path in archives)
    own = tmp_path / "taken"
    own.mkdir()
    (own / "stores").symlink_to(home / "stores")
    tables = {}
    for results in (travelled["there"], own):
        monkeypatch.setenv("DSIN_RESULTS", str(results))
        if results == own:
            with pytest.raises(ValueError, match=r"damaged\.zip: expected"):
                take([*archives, spoilt(archives[0], tmp_path / "damaged.zip")])
            assert not (own / "runs").exists()
            found = take(archives)
            assert found.said == (), "the pictures are the same"
            assert len(found.new) == len(finished(travelled["there"]))
        tables[results] = {
            path.name: path.read_text() for path in write_tables(load_config(source))
        }
    assert tables[own]["table3.csv"] == tables[travelled["there"]]["table3.csv"]
    with_weights = {path.parent.parent.name for path in own.glob(f"runs/*/*/{WEIGHTS}")}
    assert with_weights == {"pp_mouth", "dsin_10"}
    assert len(pd.read_csv(own / "tiny/tables/table3.csv")) > 15


def test_a_third_call_has_nothing_to_do_and_sends_nothing_twice(travelled, tmp_path):
    before = finished(travelled["there"])
    again = run(travelled["out"].parent / "bundle", tmp_path / "third", 120)
    said = again.communicate(timeout=200)[0]
    assert again.returncode == 0, said
    report = json.loads((tmp_path / "third" / "report.json").read_text())
    assert report["trained"] == 0 and report["archives"] == []
    assert finished(travelled["there"]) == before
    assert not list((tmp_path / "third").glob("*.zip"))


def test_without_time_nothing_is_begun(travelled, tmp_path):
    """Nor is a pool: what an earlier call left is packed."""
    place = tmp_path / "bundle"
    shutil.copytree(
        travelled["out"].parent / "bundle", place, ignore=shutil.ignore_patterns(".dsin")
    )
    again = run(place, tmp_path / "out", 1)
    said = again.communicate(timeout=100)[0]
    assert again.returncode == 0, said
    report = json.loads((tmp_path / "out" / "report.json").read_text())
    assert report["trained"] == 0 == report["there"] and report["asked"] > 15
    assert not (place / ".dsin/results/runs").exists()
