"""Runs on disk: complete or absent, and a damaged one says which it is."""

import json
import os

import numpy as np
import pandas as pd
import pytest
from made import made

from dsin_lib.runs.files import ALWAYS, FILES, LAYERS, PROVENANCE, is_complete, read, write
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import MissingRunError, Run

EVERY = [*FILES, f"{LAYERS}.csv"]
"""Of a run of one patch network."""


@pytest.fixture
def nose(copied):
    """A run in a results folder of the test's own; nobody has read it there."""
    return made(copied("pp_nose"), "pp_nose")


def test_a_run_lists_its_files(nose):
    there = {path.name for path in nose.folder.iterdir()}
    assert there == set(EVERY) == set(nose.provenance["files"])


@pytest.mark.parametrize("missing", EVERY)
def test_a_folder_without_a_file_is_no_run(tiny, nose, missing):
    (nose.folder / missing).unlink()
    assert not is_complete(nose.folder, nose.spec) and not nose.is_there()
    with pytest.raises(MissingRunError, match="pp_nose, fold 1, seed 0, found none"):
        _ = nose.files
    assert (made(tiny, "pp_nose").folder / missing).is_file(), "trained again"
    assert nose.is_there() and nose.files.weights()


@pytest.mark.parametrize("damaged", EVERY)
def test_a_damaged_file_is_an_error_that_names_the_run(nose, damaged):
    (nose.folder / damaged).write_bytes(b"")
    with pytest.raises(ValueError, match=r"pp_nose/fold1_seed0_.*remove the folder"):
        nose.files.look(LAYERS)
        nose.files.weights()


def test_a_run_of_another_config_is_stale(tiny):
    found = made(tiny, "pp_nose")
    assert is_complete(found.folder, Run(tiny, ROWS["pp_nose"], 1, 0).spec)
    other = tiny.model_copy(
        update={"training": tiny.training.model_copy(update={"learning_rate": 0.5})}
    )
    assert not is_complete(found.folder, Run(other, ROWS["pp_nose"], 1, 0).spec)
    assert made(other, "pp_nose").files.spec["training"]["learning_rate"] == 0.5
    assert made(tiny, "pp_nose").folder == found.folder, "the first one still stands"


def test_a_run_killed_while_writing_leaves_nothing(own, monkeypatch):
    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("safetensors.torch.save_file", killed)
    with pytest.raises(KeyboardInterrupt):
        made(own, "pp_nose")
    folder = Run(own, ROWS["pp_nose"], 1, 0).folder
    assert not folder.exists()
    assert not list(folder.parent.iterdir())


def test_weights_say_what_they_are(tiny):
    from safetensors import safe_open

    run = made(tiny, "pp_mouth")
    with safe_open(run.folder / "weights.safetensors", "pt") as file:
        assert json.loads(file.metadata()["spec"]) == run.files.spec == run.spec


def test_weights_are_the_same_numbers_with_torch_and_without(tiny):
    files = made(tiny, "pp_mouth").files
    tensors, arrays = files.weights(), files.arrays()
    assert tensors.keys() == arrays.keys() and files.provenance["numbers"] == sum(
        array.size for array in arrays.values()
    )
    for name, tensor in tensors.items():
        np.testing.assert_array_equal(tensor.numpy(), arrays[name])


SPEC = {"row": "pp_nose", "fold": 1, "patches": ("nose",)}
SAID = pd.DataFrame({"subject": ["F001"], "AU01": [0.5]})


def test_a_system_without_epochs_or_tensors_is_a_run_too(tmp_path):
    folder = tmp_path / "runs" / "constant"
    write(folder, spec=SPEC, predictions=SAID, provenance={"code": "x"})
    assert {path.name for path in folder.iterdir()} == set(ALWAYS)
    assert is_complete(folder, SPEC) and not is_complete(folder, {**SPEC, "fold": 2})
    files = read(folder)
    pd.testing.assert_frame_equal(files.predictions, SAID)
    assert files.history.empty and files.health.empty
    assert files.provenance == {"code": "x", "files": sorted(ALWAYS)}
    for absent in (lambda: files.look(LAYERS), files.weights, files.arrays):
        with pytest.raises(ValueError, match=f"{folder}: expected a readable run"):
            absent()


def test_what_a_network_shows_of_itself_comes_back_with_its_index(tmp_path):
    looks = {"one": pd.DataFrame({"AU01": [0.5, 1.0]}, index=pd.Index([2, 3], name="t"))}
    write(tmp_path / "run", spec=SPEC, predictions=SAID, provenance={}, looks=looks)
    pd.testing.assert_frame_equal(read(tmp_path / "run").look("one"), looks["one"])
    assert "one.csv" in read(tmp_path / "run").provenance["files"]
    (tmp_path / "run" / "one.csv").unlink()
    assert not is_complete(tmp_path / "run", SPEC)


def test_what_is_written_again_is_read_again_and_all_of_it_is_new(tmp_path):
    folder = tmp_path / "run"
    write(folder, spec=SPEC, predictions=SAID, provenance={}, history=SAID)
    os.utime(folder / PROVENANCE, ns=(0, 0))  # long ago
    assert len(read(folder).history) == 1 and read(folder) is read(folder)
    write(folder, spec=SPEC, predictions=SAID.assign(AU01=0.25), provenance={})
    assert read(folder).predictions["AU01"].tolist() == [0.25]
    assert read(folder).history.empty and list(tmp_path.iterdir()) == [folder]
