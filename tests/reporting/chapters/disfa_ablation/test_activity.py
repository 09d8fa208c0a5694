"""The lowest active intensity decides labels, positives and always positive; counts say so."""

import pandas as pd
import pytest

from dsin_lib.paper.published import disfa_labels
from dsin_lib.reporting.chapters.disfa_ablation import activity
from dsin_lib.reporting.tables import ALWAYS_POSITIVE
from dsin_lib.runs.sweeps import ACTIVE_FROM
from dsin_lib.systems.ensure import ensure


@pytest.fixture
def levels(tiny, monkeypatch):
    """The runs of the sweep, of one cheap row in place of its three."""
    monkeypatch.setattr(activity, "ROWS_OF_THRESHOLD", ("t4_pp_nose",))
    found = activity.levels(tiny)
    ensure(activity.trainings(found))
    return found


def test_positives_are_intensities_of_the_test_subjects(levels):
    counted = activity.positives(levels)
    (run,) = levels[2]["t4_pp_nose"]
    frames = pd.read_parquet(run.store / "frames.parquet")
    of_test = frames[frames["subject"].isin(run.provenance["subjects"]["test"])]
    assert len(counted) == len(ACTIVE_FROM) * len(run.corpus.aus)
    assert (counted["frames"] == len(of_test)).all()
    for _, line in counted.iterrows():
        assert line["positives"] == (of_test[f"{line['au']}_intensity"] >= line["level"]).sum()


def test_the_levels_of_the_page_are_those_of_the_sweep():
    assert tuple(activity.LEVELS) == ACTIVE_FROM


def test_the_summary_names_the_fewest_positives(levels):
    counted = activity.positives(levels)
    table = activity.summary(counted)
    last = counted[counted["level"] == 4]
    line = table.loc[activity.LEVELS[4]]
    assert line["fewest positives in a test part"] == str(last["positives"].min())
    assert line["mean prevalence (%)"] == pytest.approx(
        100 * (last["positives"] / last["frames"]).mean()
    )
    assert line[f"scores with under {activity.FEW}"] == "8 of 8"
    assert list(activity.by_fold(counted).sum(axis=1)) == list(
        counted.groupby("level")["positives"].sum()
    )


def test_disfa_s_own_counts_agree_with_its_prevalence():
    lists = activity.of_disfa()
    ours, known = lists[2] / lists["frames"], pd.Series(disfa_labels()["prevalence"])
    assert (ours - known).abs().max() < 0.004, "two public lists, 451 frames apart"
    assert (lists[2] > lists[3]).all() and (lists[3] > lists[4]).all()


def test_always_positive_falls_with_the_prevalence_alone(levels):
    counted, found = activity.positives(levels), activity.scores(levels)
    for level in ACTIVE_FROM:
        here = counted[counted["level"] == level]
        p = here["positives"] / here["frames"]
        line = found[(found["level"] == level) & (found["predictor"] == ALWAYS_POSITIVE)]
        assert line["average"].item() == pytest.approx((200 * p / (1 + p)).mean())
    rows = found[found["predictor"] != ALWAYS_POSITIVE]
    assert (rows["low"] <= rows["average"]).all() and (rows["average"] <= rows["high"]).all()
    cells = activity.in_book(found)
    assert list(cells.columns) == [ALWAYS_POSITIVE, "PP(nose)"]
    assert cells["PP(nose)"].str.contains(r"^\d+\.\d \(\d+\.\d to \d+\.\d\)$").all()


def test_the_figure_shows_the_counts_and_the_scores(levels):
    counted, found = activity.positives(levels), activity.scores(levels)
    rates, numbers, f1 = activity.figure(counted, found).axes
    assert sorted(numbers.lines[0].get_ydata()) == sorted(counted["positives"])
    assert len(rates.lines[0].get_ydata()) == len(counted)
    every = found[found["predictor"] == ALWAYS_POSITIVE]["average"]
    assert list(f1.lines[0].get_ydata()) == list(every)
