"""Runs on disk: complete or absent, and a damaged one says which it is."""

import json

import pytest

from dsin_lib.runs.rows import ROWS, run_spec
from dsin_lib.config.places import run_dir
from dsin_lib.training.runs import run
from dsin_lib.runs.files import FILES, is_complete, load_run


@pytest.mark.parametrize("missing", FILES)
def test_a_folder_without_a_file_is_no_run(tiny, apart, missing):
    whole = apart("pp_nose")
    (whole.folder / missing).unlink()
    assert not is_complete(whole.folder, whole.spec)
    with pytest.raises(FileNotFoundError, match=missing):
        load_run(whole.folder)
    assert (run(tiny, "pp_nose").folder / missing).is_file(), "trained again"


@pytest.mark.parametrize("damaged", FILES)
def test_a_damaged_file_is_an_error_that_names_the_run(tiny, apart, damaged):
    whole = apart("pp_nose")
    (whole.folder / damaged).write_bytes(b"")
    with pytest.raises(ValueError, match=r"pp_nose/fold1_seed0_.*remove the folder"):
        run(tiny, "pp_nose").weights()


def test_a_run_of_another_config_is_stale(tiny):
    run_ = run(tiny, "pp_nose")
    assert is_complete(run_.folder, run_spec(tiny, ROWS["pp_nose"], 1, 0))
    other = tiny.model_copy(
        update={"training": tiny.training.model_copy(update={"learning_rate": 0.5})}
    )
    assert not is_complete(run_.folder, run_spec(other, ROWS["pp_nose"], 1, 0))
    assert run(other, "pp_nose").spec["training"]["learning_rate"] == 0.5
    assert run(tiny, "pp_nose").folder == run_.folder, "the first one still stands"


def test_a_run_killed_while_writing_leaves_nothing(own, monkeypatch):
    def killed(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr("safetensors.torch.save_file", killed)
    with pytest.raises(KeyboardInterrupt):
        run(own, "pp_nose")
    folder = run_dir(own, ROWS["pp_nose"], 1, 0)
    assert not folder.exists()
    assert not list(folder.parent.iterdir())


def test_weights_say_what_they_are(tiny):
    from safetensors import safe_open

    run_ = run(tiny, "pp_mouth")
    with safe_open(run_.folder / "weights.safetensors", "pt") as file:
        assert json.loads(file.metadata()["spec"]) == run_.spec
