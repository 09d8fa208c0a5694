"""Archives: of the size that is given, each whole by itself, and the same if packed again."""

import json
from pathlib import Path

import pytest
from archives import opened

from dsin_lib.config import load_config
from dsin_lib.runs.chapters import trainings
from dsin_lib.runs.files import PREDICTIONS, WEIGHTS
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import MissingRunError, Run
from dsin_lib.travel.archive import SCORES, name_of, packed, read_archive
from dsin_lib.travel.pack import kept, pack


def of(book, *rows):
    return [Run(book, ROWS[row], 1, 0) for row in rows]


def test_labels_travel_once_and_all_else_of_a_run_but_its_weights(book, tmp_path):
    runs = of(book, "pp_nose", "pp_face", "dsin_10", "t4_pp_face")
    (path,) = pack(runs, tmp_path / "out")
    manifest, members = opened(path)
    assert set(manifest["runs"]) == {name_of(run) for run in runs}
    labels = {name: said["labels"] for name, said in manifest["runs"].items()}
    assert len(set(labels.values())) == 2, "two corpora"
    assert set(members) == set(labels.values()) | {
        f"runs/{name_of(run)}/{SCORES if file == PREDICTIONS else file}"
        for run in runs
        for file in run.provenance["files"]
        if file != WEIGHTS
    }
    for run in runs:
        name = name_of(run)
        assert members[f"runs/{name}/health.csv"] == (run.folder / "health.csv").read_bytes()
        record = json.loads((run.store / "store.json").read_text())
        assert manifest["stores"][manifest["runs"][name]["store"]] == record
    sizes = [len(members[f"runs/{name_of(run)}/{SCORES}"]) for run in runs]
    assert max(sizes) < 0.7 * min((run.folder / PREDICTIONS).stat().st_size for run in runs)


def test_a_row_that_reads_predictions_again_travels_as_the_run_that_it_reads(book, tmp_path):
    again, own = of(book, "dsin_10_tt", "dsin_10")
    (path,) = pack([own, again], tmp_path)
    assert packed(tmp_path) == {f"dsin_10/{own.folder.name}"} and read_archive(path)


@pytest.mark.parametrize("largest", [0.1, 0.9])
def test_no_archive_is_larger_than_may_be_and_each_can_be_read_alone(book, tmp_path, largest):
    runs = trainings(book)[:12]
    (mouth,) = of(book, "pp_mouth")
    paths = pack([*runs, mouth], tmp_path, [mouth] if largest > 0.5 else [], largest)
    sizes = [path.stat().st_size / 1e6 for path in paths]
    assert len(paths) > 1 and max(sizes) <= largest, sizes
    assert sorted(sizes)[len(sizes) // 2] > largest / 3, "and not many small ones"
    archives = [read_archive(path) for path in paths]
    assert {n for one in archives for n in one.runs} == {name_of(run) for run in [*runs, mouth]}
    pieces = [n for one in archives for n in one.members if n.startswith("weights/")]
    assert (len(pieces) > 4) == (largest > 0.5)


def test_packed_again_it_is_the_same_file(book, tmp_path):
    runs = of(book, "pp_nose", "pp_face")
    (one,), (other,) = pack(runs, tmp_path / "a"), pack(runs, tmp_path / "b")
    assert one.name == other.name and one.read_bytes() == other.read_bytes()


def test_a_run_that_is_not_there_or_too_large_is_an_error_that_names_it(book, tmp_path):
    with pytest.raises(MissingRunError, match="pp_nose, fold 2, seed 0"):
        pack([Run(book, ROWS["pp_nose"], 2, 0)], tmp_path)
    with pytest.raises(ValueError, match=r"pp_nose/fold1_seed0_.*: expected at most 0\.01 MB, got"):
        pack(of(book, "pp_nose"), tmp_path, largest=0.01)
    assert not list(tmp_path.iterdir())


def test_only_runs_that_are_new_are_kept(book, some, tmp_path):
    folder = tmp_path / "published" / "runs"
    (first,) = kept(trainings(book), folder)
    assert {name.split("/")[0] for name in read_archive(first).runs} == {"pp_nose", "pp_face"}
    before = first.read_bytes()
    assert kept(trainings(book), folder) == []
    some("pp_mouth")
    (second,) = kept(trainings(book), folder)
    assert {name.split("/")[0] for name in read_archive(second).runs} == {"pp_mouth"}
    assert first.read_bytes() == before and sorted(folder.iterdir()) == sorted([first, second])


def test_a_damaged_archive_among_those_kept_is_named_and_nothing_is_added(book, some, tmp_path):
    (path,) = kept(trainings(book), tmp_path / "kept")
    path.write_bytes(path.read_bytes()[:-100])
    some("pp_mouth")
    with pytest.raises(ValueError, match=f"{path.name}: expected a whole archive"):
        kept(trainings(book), tmp_path / "kept")
    assert list(Path(tmp_path / "kept").iterdir()) == [path]


def test_labels_that_are_lent_are_not_kept(results, tmp_path):
    config = load_config("bp4d", {"corpora.table_3.root": str(tmp_path)})
    with pytest.raises(ValueError, match="expected an open corpus, got bp4d: it is lent"):
        kept(trainings(config), tmp_path / "kept")
    assert not (tmp_path / "kept").exists()


def test_more_than_may_be_committed_is_refused_and_nothing_is_added(book, some, tmp_path):
    (path,) = kept(trainings(book), tmp_path / "kept", 0.1)
    some("pp_mouth")
    most = path.stat().st_size / 1e6 + 0.001
    with pytest.raises(ValueError, match=rf"kept: expected at most {most} MB of archives, got 0\."):
        kept(trainings(book), tmp_path / "kept", most)
    assert list((tmp_path / "kept").iterdir()) == [path]
