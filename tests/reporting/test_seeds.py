"""What another seed of the training changes is told apart from who is tested."""

import numpy as np
import pytest
from told import rows_made

from dsin_lib.config import ConfigError, changed, load_config
from dsin_lib.reporting import seeds, tables
from dsin_lib.runs.predictions import FUSED, LABEL, values_of
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import Run, by_row, runs_of
from dsin_lib.runs.sweeps import ROWS_OF_SEEDS, SWEEPS
from dsin_lib.scores.f1 import mean_f1


def repeated(config):
    """The main rows of a profile from all its seeds."""
    return seeds.repeated(runs_of(config, ROWS_OF_SEEDS), SWEEPS["seeds"].runs(config))


def test_the_spread_over_seeds_is_of_averages(tiny):
    two = changed(tiny, {"evaluation.seeds": [0, 1]})
    each = [
        tables.table(rows_made(changed(tiny, {"evaluation.seeds": [seed]}), ["pp_mouth"]))
        for seed in (0, 1)
    ]
    averages = [table.loc["PP(mouth)", "average"] for table in each]
    assert averages[0] != averages[1]
    both = rows_made(two, ["pp_mouth", "pp_mouth_ind"])
    found = seeds._over_seeds(both)
    assert found["PP(mouth)"] == pytest.approx(np.std(averages, ddof=1))
    assert list(found.index) == ["PP(mouth)"], "a row of some units has no average"
    assert f"{found['PP(mouth)']:.1f} points" in seeds.in_words(both, repeated(two)).data
    alone = changed(tiny, {"evaluation.more_seeds": []})
    words = seeds.in_words(rows_made(alone, ["pp_mouth"]), repeated(alone)).data
    assert "from one seed (0)" in words


@pytest.fixture
def whole(smoke, monkeypatch):
    monkeypatch.setenv("DSIN_RESULTS", str(smoke))
    return load_config("smoke")


def test_the_main_rows_are_trained_from_another_seed(whole):
    first, other = (Run(whole, ROWS["dsin_10"], 1, seed) for seed in (0, 1))
    assert first.files.spec["starts_from"][0]["seed"] == 0
    assert other.files.spec["starts_from"][0]["seed"] == 1
    found = seeds.across(repeated(whole))
    for run, name in ((first, "seed 0"), (other, "seed 1")):
        labels, after, before = (values_of(run, "test", what) for what in (LABEL, "", FUSED))
        f, f_before = (100 * mean_f1(p, labels) for p in (after, before))
        assert found.loc["DSIN<sub>10</sub>", name] == pytest.approx(f)
        assert found.loc[seeds.MESSAGES, name] == pytest.approx(f - f_before)
    row = found.loc["DSIN<sub>10</sub> over PP+F"]
    for name in ("seed 0", "seed 1"):
        over = found.loc["DSIN<sub>10</sub>", name] - found.loc["PP+F", name]
        assert row[name] == pytest.approx(over)
    assert row[seeds.SPREAD] == pytest.approx(abs(row["seed 0"] - row["seed 1"]) / np.sqrt(2))
    same = row["seed 0"] * row["seed 1"] > 0
    assert row[seeds.SIGN] == ("the same" if same else "changes")
    assert found.loc["PP+F", seeds.SIGN] == "" and (found[seeds.PEOPLE] >= 0).all()


def test_the_page_says_how_far_a_seed_moves_the_rows(whole):
    runs = repeated(whole)
    shown = seeds.table(runs).data
    assert "seed 1" in shown and "seeds 0, 1" in shown
    words = seeds.in_words(tables.rows_measured(by_row(whole, ["dsin_10"])), runs).data
    spread = seeds.across(runs)[seeds.SPREAD]
    assert "from one seed (0)" in words and "from 1 more" in words
    assert f"of up to {spread.iloc[:5].max():.1f} points" in words
    alone = changed(whole, {"evaluation.more_seeds": []})
    assert "no row from another seed" in seeds.table(repeated(alone)).data


def test_a_seed_of_the_tables_is_not_trained_twice():
    both = load_config("smoke", {"evaluation.seeds": [0, 1], "evaluation.more_seeds": [1, 2]})
    runs = repeated(both)
    places = [(run.row.id, run.seed) for run in runs]
    assert {seed for _, seed in places} == {0, 1, 2} and len(set(places)) == len(places)
    assert SWEEPS["seeds"].seeds(both) == (2,)
    with pytest.raises(ConfigError, match=r"evaluation.more_seeds: .*twice"):
        load_config("smoke", {"evaluation.more_seeds": [1, 1]})
