"""On a lent machine: what fails stops nothing else, the time is kept, nothing is sent twice."""

import time
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool

import pytest

from dsin_lib.runs.chapters import trainings
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import Run, runs_of
from dsin_lib.travel.archive import read_archive
from dsin_lib.travel.schedule import Schedule
from dsin_lib.travel.there import Report, Trainer, _send, _travels_whole


def trainer(runs=(), seconds=600.0):
    until = time.monotonic() + seconds
    return Trainer("smoke", Schedule.of(runs), 1, until, Report(), print)


def ended(error=None, result=None):
    future = Future()
    future.set_result(result) if error is None else future.set_exception(error)
    return future


def test_a_process_that_starts_late_ends_with_the_time_all_the_same():
    there = trainer(seconds=8.0)
    with there._pool() as pool:
        time.sleep(4)
        sleeping = pool.submit(time.sleep, 60)
        with pytest.raises(BrokenProcessPool):
            sleeping.result(timeout=30)
    assert -0.5 < time.monotonic() - there.until < 3


@pytest.mark.parametrize("error", [ValueError("no"), KeyError("AU01"), MemoryError()])
def test_a_training_that_fails_is_reported_and_what_starts_from_it_is_left_out(results, error):
    from dsin_lib.config import load_config

    there = trainer(runs_of(load_config("smoke"), ["pp_f", "vgg_face"]))
    for path in there.schedule.stores:
        there.schedule.done(path)
    started = [there.schedule.next(600.0) for _ in range(7)]
    assert "vgg_face" in {run.row.id for run in started}
    there._finished(started[0], ended(error))
    assert list(there.report.failed) == [str(started[0])]
    assert type(error).__name__ in there.report.failed[str(started[0])]
    for run in started[1:]:
        there._finished(run, ended(result=1.0))
    assert there.report.trained == 6 and there.schedule.next(600.0) is None


def test_a_process_that_dies_ends_the_call_and_what_is_done_is_packed(results):
    from dsin_lib.config import load_config

    run = Run(load_config("smoke"), ROWS["pp_face"], 1, 0)
    there = trainer([run])
    there._finished(run, ended(BrokenProcessPool("killed")))
    assert "its process died" in there.report.failed[str(run)] and there.until == 0
    late = trainer([run], seconds=0.0)
    late._finished(run, ended(BrokenProcessPool("its time was over")))
    assert late.report.failed == {}


def test_what_a_call_cannot_bring_back_waits_for_the_next_and_nothing_goes_twice(
    book, some, tmp_path
):
    asked, out = trainings(book), tmp_path / "out"
    first, second, third = Report(), Report(), Report()
    _send(asked, out, 0.001, first)
    assert first.archives == [] and first.unsent == 1 and not list(out.iterdir())
    some("dsin_10")
    _send(asked, out, 60.0, second)
    assert len(second.archives) > 2 and second.unsent == 0, "weights are too large for one"
    names = [name for path in out.iterdir() for name in read_archive(path).runs]
    assert sorted(name.split("/")[0] for name in names) == ["dsin_10", "pp_face", "pp_nose"]
    _send(asked, out, 60.0, third)
    assert third.archives == [] and third.unsent == 0


def test_weights_travel_of_the_first_fold_and_seed_alone(results):
    from dsin_lib.config import load_config

    config = load_config("smoke", {"evaluation.folds": [2, 3], "evaluation.main_seeds": [1]})
    asked = trainings(config)
    heavy = [run for run in asked if _travels_whole(run, asked)]
    assert [(run.row.id, run.fold, run.seed, dict(run.change)) for run in heavy] == [
        ("pp_mouth", 2, 0, {}), ("dsin_10", 2, 0, {}),
    ]  # fmt: skip
