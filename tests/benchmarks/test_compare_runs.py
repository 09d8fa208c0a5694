"""The yardstick sees one bit, one missing run, and a run that has got another key."""

import importlib.util
import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

PATH = Path(__file__).parents[2] / "benchmarks" / "compare_runs.py"


@pytest.fixture(scope="module")
def runs():
    described = importlib.util.spec_from_file_location(PATH.stem, PATH)
    module = importlib.util.module_from_spec(described)
    sys.modules[PATH.stem] = module  # dataclasses look there
    described.loader.exec_module(module)
    yield module
    del sys.modules[PATH.stem]


def table() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "subject": ["F001", "F001", "M002"],
            "frame": pd.array([1, 9, 1], dtype="Int64"),
            "AU01": rng.random(3).astype(np.float32),
            "AU02": [np.nan, 0.0, 0.25],
            "AU01_label": pd.array([1, None, 0], dtype="Int8"),
            "split": ["valid", "test", "test"],
        }
    )


def write_run(results, key, *, row="pp_nose", spec=(), predictions=None, sweep=None):
    folder = results / "runs" / row / f"fold1_seed0_{key}"
    folder.mkdir(parents=True)
    values = {"row": row, "fold": 1, "seed": 0, "corpus": {"root": str(results)}, **dict(spec)}
    (folder / "config.json").write_text(json.dumps(values))
    (table() if predictions is None else predictions).to_parquet(folder / "predictions.parquet")
    if sweep is not None:
        record = results / "smoke" / "sweeps" / f"{sweep}_fold1_seed0.json"
        record.parent.mkdir(parents=True, exist_ok=True)
        before = json.loads(record.read_text())["runs"] if record.exists() else []
        named = [*before, folder.relative_to(results).as_posix()]
        record.write_text(json.dumps({"sweep": sweep, "runs": named}))


@pytest.fixture
def two(tmp_path):
    return tmp_path / "there", tmp_path / "here"


def test_equal_tables_have_no_difference(runs):
    assert runs.compare(table(), table()) is None


def one_bit(column: str):
    def change(found):
        bits = found[column].to_numpy(copy=True)
        bits.view(f"u{bits.itemsize}")[2] ^= 1
        found[column] = bits

    return change


@pytest.mark.parametrize("column", ["AU01", "AU02"])
def test_one_bit_is_a_difference(runs, column):
    other = table()
    one_bit(column)(other)
    found = runs.compare(table(), other)
    assert (found.frames, found.column) == (1, column)
    assert 0 < found.largest < 1e-6


def test_the_sign_of_nothing_is_a_difference(runs):
    other = table()
    other.loc[1, "AU02"] = -0.0
    assert runs.compare(table(), other) == runs.Difference(1, 0.0, "AU02")


def test_rows_are_counted_once_and_the_largest_is_of_all_columns(runs):
    other = table()
    other.loc[2, "AU01"] += np.float32(0.5)
    other.loc[2, "AU02"] += 0.125
    other.loc[1, "AU02"] = 2.0
    assert runs.compare(table(), other) == runs.Difference(2, 2.0, "AU01")


@pytest.mark.parametrize(
    ("change", "frames", "column"),
    [
        (lambda t: t.assign(AU03=0.0), 3, "AU03"),
        (lambda t: t.drop(columns="split"), 3, "split"),
        (lambda t: t.rename(columns={"AU02": "AU04"}), 3, "AU02"),
        (lambda t: t[["frame", "subject", *t.columns[2:]]], 3, "subject"),
        (lambda t: t.iloc[:2], 3, "rows"),
        (lambda t: t.assign(subject=["F001", "F001", "M003"]), 1, "subject"),
        (lambda t: t.assign(AU02=[0.5, 0.0, 0.25]), 1, "AU02"),
        (lambda t: t.assign(AU01_label=pd.array([1, 0, 0], dtype="Int8")), 1, "AU01_label"),
        (lambda t: t.astype({"AU01": float}), 3, "AU01"),
    ],
)
def test_whatever_else_differs_is_a_difference(runs, change, frames, column):
    found = runs.compare(table(), change(table()))
    assert (found.frames, found.column) == (frames, column)
    assert np.isnan(found.largest) == (column != "AU01")
    assert runs.compare(change(table()), table()).frames == frames


def test_equal_results_under_other_keys_and_paths(runs, two, capsys):
    for results, key in zip(two, ("0a", "0b"), strict=True):
        write_run(results, key)
        write_run(results, key, row="pp_f", spec={"starts_from": [{"weights": str(results)}]})
    assert runs.report(*two)
    assert "2 equal, 0 different, 0 only there, 0 only here; 0 runs" in capsys.readouterr().out


def test_a_difference_is_printed_and_fails(runs, two, capsys):
    other = table()
    other.loc[0, "AU01"] += np.float32(0.5)
    write_run(two[0], "0a"), write_run(two[1], "0a", predictions=other)
    assert not runs.report(*two)
    printed = capsys.readouterr().out
    assert (
        "pp_nose/fold1_seed0_0a: 1 frames, up to 0.5, first in AU01 (found by its spec)" in printed
    )
    assert "0 equal, 1 different" in printed


@pytest.mark.parametrize("side", [0, 1])
def test_a_missing_run_fails(runs, two, capsys, side):
    for results in two:
        write_run(results, "0a")
    write_run(two[side], "0b", row="pp_f")
    assert not runs.report(*two)
    where = ("there", "here")[side]
    assert f"only {where}: runs/pp_f/fold1_seed0_0b" in capsys.readouterr().out


def test_nothing_compared_is_no_success(runs, two):
    assert not runs.report(*two)


def test_a_spec_that_changed_is_told_by_its_turn_in_the_sweeps(runs, two, capsys):
    """Keys sort otherwise here than there; the records say which run is which."""
    values = table().assign(AU01=np.float32(0.5))
    for results, keys, more in ((two[0], "abc", {}), (two[1], "zyx", {"new": 1})):
        write_run(results, keys[0], spec=more)
        write_run(results, keys[1], spec={"r": 0.0, **more}, sweep="chi")
        write_run(results, keys[2], spec={"r": 0.1, **more}, sweep="chi", predictions=values)
    assert runs.report(*two)
    assert "3 equal, 0 different" in capsys.readouterr().out


def test_a_changed_spec_without_a_partner_is_missing(runs, two, capsys):
    write_run(two[0], "0a"), write_run(two[0], "0b", spec={"r": 1})
    write_run(two[1], "0c", spec={"r": 2})
    assert not runs.report(*two)
    assert "0 equal, 0 different, 2 only there, 1 only here" in capsys.readouterr().out
