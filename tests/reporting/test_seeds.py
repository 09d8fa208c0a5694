"""What another seed of the training changes is told apart from who is tested."""

import numpy as np
import pytest

from dsin_lib.config import ConfigError, changed, load_config
from dsin_lib.scores.f1 import mean_f1
from dsin_lib.reporting import seeds, tables
from dsin_lib.reporting.predictions import labels_and
from dsin_lib.runs.sweeps import STUDIES
from dsin_lib.training.runs import run


def test_the_spread_over_seeds_is_of_averages(tiny):
    two = changed(tiny, {"evaluation.seeds": [0, 1]})
    each = [
        tables.table_3(changed(tiny, {"evaluation.seeds": [seed]}), ["pp_mouth"]) for seed in (0, 1)
    ]
    averages = [table.loc["PP(mouth)", "average"] for table in each]
    assert averages[0] != averages[1]
    found = seeds.spread_over_seeds(two, ["pp_mouth", "pp_mouth_ind"])
    assert found["PP(mouth)"] == pytest.approx(np.std(averages, ddof=1))
    assert np.isnan(found["PP(mouth)<sup>ind</sup>"])
    assert f"{found['PP(mouth)']:.1f} points" in seeds.seeds_in_words(two, ["pp_mouth"]).data
    alone = changed(tiny, {"evaluation.more_seeds": []})
    assert "from one seed (0)" in seeds.seeds_in_words(alone, ["pp_mouth"]).data


@pytest.fixture
def whole(smoke, monkeypatch):
    monkeypatch.setenv("DSIN_RESULTS", str(smoke))
    return load_config("smoke")


def test_the_main_rows_are_trained_from_another_seed(whole):
    first, other = (run(whole, "dsin_10", 1, seed) for seed in (0, 1))
    assert first.spec["starts_from"][0]["seed"] == 0 and other.spec["starts_from"][0]["seed"] == 1
    found = seeds.across(whole)
    for run_, name in ((first, "seed 0"), (other, "seed 1")):
        labels, after = labels_and(run_, "test", whole.corpus.aus)
        _, before = labels_and(run_, "test", whole.corpus.aus, "_fused")
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
    assert "seed 1" in seeds.shown(whole).data and "seeds 0, 1" in seeds.shown(whole).data
    words = seeds.seeds_in_words(whole, ["dsin_10"]).data
    spread = seeds.across(whole)[seeds.SPREAD]
    assert "from one seed (0)" in words and "from 1 more" in words
    assert f"of up to {spread.iloc[:5].max():.1f} points" in words
    alone = changed(whole, {"evaluation.more_seeds": []})
    assert "no row from another seed" in seeds.shown(alone).data


def test_a_seed_of_the_tables_is_not_trained_twice():
    both = load_config("smoke", {"evaluation.seeds": [0, 1], "evaluation.more_seeds": [1, 2]})
    assert seeds.every_seed(both) == (0, 1, 2)
    assert STUDIES["seeds"].seeds(both) == (2,)
    with pytest.raises(ConfigError, match=r"evaluation.more_seeds: .*twice"):
        load_config("smoke", {"evaluation.more_seeds": [1, 1]})
