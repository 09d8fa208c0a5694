"""What is trained next: longest chains first, seed by seed, nothing that time is too short for."""

import pytest

from dsin_lib.config import load_config
from dsin_lib.runs.chapters import trainings
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import Run, runs_of
from dsin_lib.runs.stores import stores_of
from dsin_lib.travel.schedule import UNKNOWN, Schedule, seconds_of

FOREVER = 1e9
LONG = ("pp_face", "pp_f", "dsin_10")


@pytest.fixture
def config(results):
    """A profile of which nothing is there."""
    return load_config("smoke", {"evaluation.main_seeds": [1, 2], "evaluation.claim_seeds": [1]})


def with_stores(schedule):
    """The schedule once all stores are made."""
    for path in schedule.stores:
        schedule.done(path)
    return schedule


def played(schedule, pace=1.0):
    """All runs in the order in which one worker would make them."""
    order = []
    while run := schedule.next(FOREVER):
        order.append(run)
        schedule.done(run.folder, pace * seconds_of(run.row.id))
    return order


def test_no_run_before_the_store_that_it_reads(config):
    schedule = Schedule.of(trainings(config))
    assert set(schedule.stores) == set(stores_of(trainings(config))) and len(schedule.stores) == 4
    assert schedule.next(FOREVER) is None
    (own,) = stores_of([Run(config, ROWS["pp_face"], 1, 0)])
    schedule.done(own)
    started = [schedule.next(FOREVER) for _ in range(6)]
    assert {path for run in started for path in stores_of([run])} == {own}


def test_every_run_comes_once_and_after_what_it_starts_from(config):
    asked = trainings(config)
    order = [run.folder for run in played(with_stores(Schedule.of(asked)))]
    assert sorted(order) == sorted(run.folder for run in asked)
    for run in asked:
        for before in (*run.starts, *run.filters):
            assert order.index(before.trained.folder) < order.index(run.folder)


def test_a_run_waits_for_one_that_is_still_trained(config):
    schedule = with_stores(Schedule.of(runs_of(config, ["pp_f"])))
    patches = [schedule.next(FOREVER) for _ in range(6)]
    assert schedule.next(FOREVER) is None
    for run in patches[:5]:
        schedule.done(run.folder, 1.0)
        assert schedule.next(FOREVER) is None
    schedule.done(patches[5].folder, 1.0)
    assert schedule.next(FOREVER).row.id == "pp_f"


def test_seeds_come_one_after_another(config):
    order = [run.seed for run in played(with_stores(Schedule.of(trainings(config))))]
    assert order == sorted(order) and set(order) == {0, 1, 2}


def test_the_longest_chain_comes_first(config):
    """Six patches, of which none can wait, before a long row that nothing starts from."""
    schedule = with_stores(Schedule.of(runs_of(config, ("vgg_face", "dsin_10", "dsin_2"))))
    assert schedule.chain[Run(config, ROWS["pp_face"], 1, 0).folder] == sum(map(seconds_of, LONG))
    order = [run.row.id for run in played(schedule)]
    assert seconds_of("vgg_face") > seconds_of("pp_face")
    assert order[0] == "pp_face" and set(order[:5]) < {f"pp_{x}" for x in (
        "face", "mouth", "nose", "right_eye", "between_eyes", "right_cheek")}  # fmt: skip
    assert order.index("dsin_10") < order.index("dsin_2")


def test_what_is_there_is_not_asked_for(book):
    asked = trainings(book)
    assert not Schedule.of(asked).runs and not Schedule.of(asked).stores
    second = load_config("smoke", {"evaluation.main_seeds": [7]})
    missing = Schedule.of(trainings(second)).runs.values()
    assert {run.seed for run in missing} == {7} and len(missing) == 16


def test_nothing_starts_that_would_not_be_done_in_time(config):
    schedule = with_stores(Schedule.of(runs_of(config, ("vgg_face", "pp_nose", "pp_face"))))
    first = schedule.next(1.0)
    assert first.row.id == "vgg_face", "of a new machine nothing is known: try"
    schedule.done(first.folder, 2 * seconds_of("vgg_face"))  # twice as slow
    assert schedule.next(2 * seconds_of("pp_nose") - 1) is None
    assert schedule.next(2 * seconds_of("pp_face") - 1).row.id == "pp_nose", "the short one fits"
    assert schedule.next(2 * seconds_of("pp_face") - 1) is None
    assert schedule.next(2 * seconds_of("pp_face")).row.id == "pp_face"


def test_every_row_that_is_trained_has_a_cost(config):
    rows = {run.row.id for run in trainings(config)}
    assert {row for row in rows if seconds_of(row) == UNKNOWN} <= {"vgg_face", "dsin_10"}
    assert seconds_of("no such row") == UNKNOWN
