"""What became of the units of all networks behind a run, whoever trained them."""

from made import made
from records import found

from dsin_lib.runs.health import FUSION, STRUCTURE
from dsin_lib.runs.run import Run
from dsin_lib.runs.units import dead_of, units_of
from dsin_lib.shapes import PATCHES


def of(units):
    return list(units[["network", "au"]].itertuples(index=False, name=None))


def test_a_network_that_stands_still_is_as_the_run_that_trained_it_left_it(copied):
    config = copied("omega")
    run = made(config, "omega")
    units, aus = units_of(run), run.aus
    assert of(units) == [(n, au) for n in (*PATCHES, FUSION, STRUCTURE) for au in aus]
    steps = units.drop_duplicates("network").set_index("network")["step"]
    assert steps.tolist() == [3] * 7 + [4], "step 3 trained the patches and f last"
    assert dead_of(run).empty
    found(config, "pp_f", "nose", aus[2])
    found(config, "omega", STRUCTURE, aus[5])
    found(config, "pp_mouth", "mouth", aus[0])  # step 3 has trained it on since
    assert of(dead_of(run)) == [("nose", aus[2]), (STRUCTURE, aus[5])]


def test_a_network_that_a_run_trains_on_is_as_that_run_leaves_it(copied):
    config = copied("dsin_10", "pp_f")
    run = made(config, "dsin_10")
    found(config, "pp_f", "nose", "AU04")
    assert set(units_of(run)["step"]) == {5} and dead_of(run).empty
    found(config, "dsin_10", "nose", "AU04")
    assert of(dead_of(run)) == [("nose", "AU04")]
    assert of(dead_of(run.of("dsin_10_tt"))) == [("nose", "AU04")], "read again, with its defects"


def test_nobody_is_dead_of_starving(copied):
    config = copied("pp_nose")
    found(config, "pp_nose", "nose", "AU04", fed=False)
    assert dead_of(made(config, "pp_nose")).empty


def test_a_unit_that_revived_is_as_it_was_last(copied):
    config = copied("pp_f")
    run: Run = made(config, "pp_f")
    found(config, "pp_f", FUSION, "AU01", first=True)
    assert dead_of(run).empty, "step 3 brought it back"
