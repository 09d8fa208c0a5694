"""A run is named by all that its numbers depend on, and says how it is made."""

import os
import re
import shlex
import subprocess
import sys
from dataclasses import fields, replace

import pytest
from made import made
from typer.testing import CliRunner

from dsin_lib.__main__ import app
from dsin_lib.config import PROJECT, ConfigError, changed, load_config
from dsin_lib.runs.rows import ROWS, TABLE_4_TRAINED, TRAINED, Row
from dsin_lib.runs.run import MissingRunError, Run, by_row, distinct, runs_of

CONFIG = load_config("smoke")
EVERY = {row.id for row in ROWS.values() if row.steps}
WITH_OMEGA = {"dsin_2_ncf", "dsin_2", "dsin_5", "dsin_10", "omega", "t4_dsin_10"}
WITH_PHI = WITH_OMEGA | {"pp_f", "phi", "phi_without_face", "t4_pp_f"}


def of(row, config=CONFIG, fold=1, seed=0, **change):
    return Run(config, ROWS[row], fold, seed, change)


def named(**how):
    """Folder and spec of every row that is trained."""
    runs = {row: of(row, **how) for row in EVERY}
    return {row: (run.folder, run.spec) for row, run in runs.items()}


@pytest.mark.parametrize(
    ("change", "depend"),
    [
        ({"structure_inference.chi_penalty": 0.1}, WITH_OMEGA),
        ({"fusion.hidden": 32}, WITH_PHI),
        ({"patch_prediction.max_epochs": 3}, EVERY),
        ({"training.patience": 1}, EVERY),
        ({"vgg.width": 16}, {"vgg_face"}),
        ({"training.stop_on": "test"}, EVERY),
        ({"preprocessing.patch_crop": "fixed"}, EVERY),
        ({"evaluation.fold_lists": "author"}, EVERY),
        ({"corpora.table_3.seed": 1}, EVERY),  # Table 4's filters come from there
        ({"corpora.table_4.seed": 1}, set(TABLE_4_TRAINED)),
        ({"corpora.table_4.active_from": 3}, set(TABLE_4_TRAINED)),
        ({"evaluation.thresholds_from": "test"}, set()),
        ({"evaluation.tau": 0.4}, set()),
        ({"evaluation.folds": [1, 2]}, set()),
        ({"evaluation.more_seeds": [5]}, set()),
        ({"reporting.leave_out": ["protocols"]}, set()),
    ],
)
def test_a_change_reaches_exactly_what_depends_on_it(change, depend):
    """Whether a notebook overrides the profile, or a sweep varies it."""
    own = named()
    for more in ({"config": load_config("smoke", change)}, change):
        other = named(**more)
        assert {row for row in EVERY if own[row][0] != other[row][0]} == depend, "folders"
        assert {row for row in EVERY if own[row][1] != other[row][1]} == depend, "specs"


def test_a_fold_or_a_seed_is_another_folder_and_so_is_a_row():
    runs = [of("pp_f"), of("pp_f", fold=2), of("pp_f", seed=1), of("phi"), of("phi_without_face")]
    assert len({run.folder for run in runs}) == len(runs)
    assert of("pp_f").folder == of("pp_f").folder


def test_a_corpus_that_a_row_does_not_read_is_none_of_its_business():
    alone = load_config("smoke", {"corpora.table_4": None})
    assert all(of(row, alone).folder == of(row).folder for row in TRAINED)
    with pytest.raises(ConfigError, match=r"corpora\.table_4: expected .*got none"):
        _ = of("t4_pp_nose", alone).folder


def test_a_row_changes_its_config():
    assert of("dsin_2").config.structure_inference.n_iter == 2
    assert not of("pp_face_ncb").config.patch_prediction.class_balancing
    assert of("dsin_10_tt").config.structure_inference.n_iter == 10
    varied = of("dsin_2", **{"structure_inference.n_iter": 7})
    assert varied.config.structure_inference.n_iter == 2, "its own change is the last"
    assert varied.profile == CONFIG


def test_a_row_of_some_units_predicts_those_that_its_corpus_has():
    assert of("pp_right_eye_ind").aus == ["AU01", "AU02", "AU04", "AU06", "AU07"]
    disfa = changed(CONFIG, {"corpora.table_3.name": "synau_d"})
    assert of("pp_right_eye_ind", disfa).aus == ["AU01", "AU02", "AU04", "AU06"]
    assert of("t4_pp_face").aus == CONFIG.corpora.table_4.aus


@pytest.mark.parametrize(
    ("row", "start"), [("dsin_10_tt", "dsin_10"), ("t4_dsin_10_tt", "t4_dsin_10")]
)
def test_a_row_that_reads_predictions_again_has_the_folder_of_its_start(row, start):
    change = {"training.stop_on": "test"}
    again, trained = of(row, **change), of(start, **change)
    assert again.folder == trained.folder and again.trained.row.id == start
    assert again.command == trained.command
    assert {one.folder for one in again.chain()} == {one.folder for one in trained.chain()}
    assert again.row.thresholds == "tuned"


def test_what_a_run_starts_from_has_its_change_its_fold_and_its_seed():
    run = of("t4_dsin_10", fold=2, seed=3, **{"training.patience": 1})
    for one in run.chain():
        assert (one.fold, one.seed, one.change) == (2, 3, run.change)
    assert {one.corpus for one in run.chain()} == set(CONFIG.corpora.named())


def test_each_training_once_and_after_what_it_starts_from():
    asked = [of("dsin_10"), of("t4_dsin_10"), of("dsin_10_tt"), of("dsin_10"), of("omega")]
    found = distinct(asked)
    folders = [run.folder for run in found]
    assert len(set(folders)) == len(folders) == 6 + 3 + 6 + 2
    for k, run in enumerate(found):
        assert {one.folder for one in (*run.starts, *run.filters)} <= set(folders[:k])


def test_rows_come_row_by_row_on_the_folds_and_seeds_of_a_profile_or_others():
    config = changed(CONFIG, {"evaluation.folds": [1, 3], "evaluation.seeds": [0, 4]})
    found = [(run.row.id, run.fold, run.seed) for run in runs_of(config, ["phi", "pp_f"])]
    places = [(1, 0), (1, 4), (3, 0), (3, 4)]
    assert found == [(row, *place) for row in ("phi", "pp_f") for place in places]
    (one,) = runs_of(config, ["phi"], {"training.patience": 1}, folds=[2], seeds=[9])
    assert (one.fold, one.seed, one.change) == (2, 9, {"training.patience": 1})
    assert {row: len(runs) for row, runs in by_row(config, ["phi", "pp_f"]).items()} == {
        "phi": 4, "pp_f": 4,
    }  # fmt: skip


def test_a_missing_run_names_itself_and_a_command_that_makes_it(own):
    """Of a profile with an override, as a notebook may have it, and under a sweep's change."""
    run = Run(own, ROWS["pp_nose"], 1, 0, {"patch_prediction.max_epochs": 1})
    with pytest.raises(MissingRunError) as missing:
        _ = run.predictions
    said = str(missing.value)
    assert said.startswith(f"{run.folder}: expected the run of pp_nose, fold 1, seed 0, patch_")
    assert "patch_prediction.max_epochs = 1" in said
    *_, command = re.findall(r"`([^`]+)`", said)
    _, *arguments = shlex.split(command)
    done = subprocess.run(
        [sys.executable, *arguments], cwd=PROJECT, env=os.environ, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == [str(run.folder)]
    assert run.is_there() and run.files.spec["patch_prediction"]["max_epochs"] == 1
    assert len(run.predictions) and len(run.history) == 1


def test_a_run_of_a_shipped_profile_comes_with_its_book(results):
    with pytest.raises(MissingRunError, match="`make book CONFIG=smoke`, or alone by `python -m"):
        _ = of("dsin_10").files


def test_words_for_the_command_line_come_back_as_they_were():
    change = {"vgg.weights": None, "training.learning_rate": 1e-9, "training.stop_on": "no way"}
    words = shlex.split(of("vgg_face", **change).command)
    given = [words[k + 1] for k, word in enumerate(words) if word == "--change"]
    assert given[0] == "vgg.weights=null" and len(given) == 3
    assert float(given[1].partition("=")[2]) == 1e-9
    assert given[2] == "training.stop_on=no way"


def test_reading_twice_reads_once_until_it_is_made_again(tiny, copied):
    shared = made(tiny, "pp_nose")
    assert shared.files is replace(shared).files
    assert shared.predictions is made(tiny, "pp_nose").predictions
    here = made(copied("pp_nose"), "pp_nose")
    assert here.folder != shared.folder and here.files is not shared.files
    before, record = here.files, here.folder / "provenance.json"
    os.utime(record, ns=(0, record.stat().st_mtime_ns + 1))
    assert here.files is not before


@pytest.fixture
def asked(monkeypatch):
    """The run that the command line asks for; nothing is trained."""
    found = []
    monkeypatch.setattr(
        "dsin_lib.systems.ensure.ensure", lambda runs: found.extend(runs) or list(runs)
    )

    def asked(*words):
        done = CliRunner().invoke(app, ["run", *words, "--config", "smoke"])
        if done.exception:
            raise done.exception
        (run,) = found
        assert done.output.strip() == str(run.folder)
        return run

    return asked


def test_changes_on_the_command_line_are_those_of_the_run(asked):
    words = ("structure_inference.include_self=false", "fusion.hidden=32", "training.stop_on=test")
    more = [part for word in words for part in ("--change", word)]
    run = asked("dsin_10", "--fold", "2", "--seed", "3", *more)
    assert (run.row.id, run.fold, run.seed, run.profile) == ("dsin_10", 2, 3, CONFIG)
    assert run.change == {
        "structure_inference.include_self": False, "fusion.hidden": 32, "training.stop_on": "test",
    }  # fmt: skip
    assert not run.config.structure_inference.include_self


def test_without_a_change_the_command_line_means_the_profile_s_own(asked):
    assert asked("t4_pp_nose").folder == of("t4_pp_nose").folder


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("fusion.hidden", "--change: expected parameter=value, got 'fusion.hidden'"),
        ("fusion.hiden=32", r"fusion\.hiden: unknown parameter"),
        ("hidden=32", "expected 'section.parameter'"),
    ],
)
def test_a_change_that_is_none_is_refused(asked, change, said):
    with pytest.raises(ValueError, match=said):
        asked("pp_f", "--change", change)


COMPUTES = {"id", "steps", "patches", "aus", "network", "fixed_filters", "system"}
ELSEWHERE = {
    "label": "words", "shown": "words", "thresholds": "how predictions are read",
    "change": "the config that it trains with", "corpus": "that corpus, whole",
    "starts_from": "the specs of those", "filters_from": "the specs of those",
}  # fmt: skip


def test_whatever_a_row_computes_with_is_in_the_spec(tiny):
    spec = Run(tiny, ROWS["pp_mouth_ind"], 1, 0).spec
    assert {field.name for field in fields(Row)} == COMPUTES | ELSEWHERE.keys()
    assert spec.keys() >= {"row" if name == "id" else name for name in COMPUTES}
    for row, change in (
        ("pp_mouth_ind", {"network": "patch"}),
        ("t4_pp_mouth", {"fixed_filters": False}),
        ("pp_face", {"aus": ("AU01",)}),
    ):
        one, other = (Run(tiny, of, 1, 0) for of in (ROWS[row], replace(ROWS[row], **change)))
        assert one.folder != other.folder, change


def test_another_system_depends_on_every_parameter_but_how_it_is_scored_and_shown(tiny):
    row = replace(ROWS["pp_nose"], system="door", steps=())
    name = Run(tiny, row, 1, 0)._name
    assert Run(tiny, row, 1, 0, {"fusion.hidden": 7})._name != name
    assert Run(tiny, row, 1, 0, {"evaluation.tau": 0.4})._name == name


@pytest.mark.parametrize(("fold", "seed", "named"), [(7, 0, "fold: expected"), (1, -1, "seed: ")])
def test_a_fold_or_seed_that_there_is_not_is_refused_by_name(tiny, fold, seed, named):
    with pytest.raises(ValueError, match=named):
        Run(tiny, ROWS["pp_nose"], fold, seed)
