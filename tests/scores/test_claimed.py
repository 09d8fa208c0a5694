"""A claim is held against what its rows share, by the lenses that can ask it."""

from dataclasses import replace

import numpy as np
import pytest
from told import PEOPLE, by_chance, told

from dsin_lib.config import load_config
from dsin_lib.paper.claims import MARGINS, as_ours, claims, margins, rows_of
from dsin_lib.runs.rows import ROWS, TABLE_3, TABLE_4
from dsin_lib.runs.run import Run
from dsin_lib.scores.asked import CONTRADICTED, FEW, SAME
from dsin_lib.scores.chance import chance_of
from dsin_lib.scores.claimed import TOO_FEW, all_asked, asked, over_each
from dsin_lib.scores.decisions import decide
from dsin_lib.scores.families import CONTROLS, beside, exceeds, family, lenses_of, prints_size
from dsin_lib.scores.lenses import AUC, LENSES, OWN, TUNED, Lens, Seen
from dsin_lib.scores.lenses import seen as look
from dsin_lib.scores.measured import Scored
from dsin_lib.scores.verdicts import NOT_RUN, SUPPORTED

AUS = ("AU01", "AU02", "AU12", "AU24")
PLACES = [(fold, seed) for fold in (1, 2, 3) for seed in (0, 1, 2)]
PLAIN = Lens("plain", 1.0, lambda one: np.array([0.0]), lambda of, times: times @ of / 100)


def told_lines(levels, noise=1.0, people=9, places=PLACES, aus=AUS, lens=PLAIN, **how):
    """Lines whose score of each unit is near a level, and people who differ (percent)."""
    rng = np.random.default_rng(0)
    eases = {place[0]: rng.normal(0, 3, (people, len(aus))) for place in PLACES}
    sums = {
        line: {
            place: (np.array(level) + eases[place[0]] + noise * rng.normal(size=(people, len(aus))))
            / people
            for place in places
        }
        for line, level in levels.items()
    }
    known = {line: {place: np.ones(len(aus), bool) for place in places} for line in levels}
    return Seen(lens, sums, known, how.get("dead", frozenset()), tuple(aus))


def claim(name, **how):
    return replace(as_ours(claims()[name]), **how)


LEVELS = {"PP(face)": [50.0, 40, 60, 30], "PP+F": [55.0, 46, 64, 31], "PP(face)^ncb": [45.0] * 4}


def test_a_lead_is_over_the_mean_of_its_units():
    seen = told_lines(LEVELS)
    scores = np.mean([fold[:, 0].mean(0) for fold in seen.scores(["PP+F", "PP(face)"])], axis=0)
    test = asked(claim("fusion-average"), seen)
    assert test.margin == pytest.approx((scores[0] - scores[1]).mean())
    assert test.margin == pytest.approx(4, abs=0.7) and test.trainings == 9
    assert min(test.p, key=test.p.get) == SUPPORTED
    turned = claim("fusion-average", row="PP(face)", over=("PP+F",))
    assert min((one := asked(turned, seen)).p, key=one.p.get) == CONTRADICTED
    named = asked(claim("fusion-average", aus=("AU24", "AU99")), seen)
    assert named.margin == pytest.approx(scores[0, 3] - scores[1, 3])


@pytest.mark.parametrize("kind", sorted(set(MARGINS) - {"best_on"}))
def test_each_margin_is_that_of_the_printed_tables(kind):
    """Against one rival they are one number; of several, the nearest is the claim's."""
    rng = np.random.default_rng(1)
    scores = rng.uniform(20, 70, (3, 4))
    for over, by in ((("b",), 0.0), (("b",), 2.0), (("b", "c"), 1.0)):
        if kind == "contrast" and len(over) > 1:
            continue
        one = claim("fusion-average", margin=kind, row="a", over=over, aus=AUS[:2], by=by)
        rows = rows_of(one)
        here = over_each(
            one, scores[: len(rows)], np.array([1, 1, 0, 0], bool), np.array([0, 0, 1, 1], bool), by
        )
        printed = margins(one, scores[: len(rows)], list(rows), list(AUS))
        if kind == "relative":
            assert (here.min() > 0) == (printed > 0)
            means = scores[: len(rows), :2].mean(1)
            np.testing.assert_allclose(here, means[0] - (1 + by / 100) * means[1:])
        else:
            assert here.min() == pytest.approx(float(printed))


def test_units_are_counted_where_the_row_leads():
    seen = told_lines(LEVELS, noise=0.3)
    for n, word in ((3, SUPPORTED), (4, SUPPORTED), (5, CONTRADICTED)):
        test = asked(claim("fusion-almost-all", at_least=n), seen)
        assert min(test.p, key=test.p.get) == word and test.margin == 4 - n
    close = claim("fusion-almost-all", row="PP(face)", over=("PP+F",), by=-2, at_least=1)
    assert asked(close, seen).margin == 0, "AU24 alone is less than two points below"
    assert asked(replace(close, by=-7), seen).margin == 3


def test_a_small_lead_with_little_chance_does_not_matter():
    seen = told_lines({"PP(face)": [50.0] * 4, "PP+F": [50.3] * 4}, noise=0.2)
    test = asked(claim("fusion-average"), seen)
    found = decide({"fusion": test})["fusion"]
    assert found.word == SAME and 0 < found.low < found.high < 1
    sized = asked(claim("fusion-average", by=0.01), seen)
    assert SAME not in sized.p, "a size that is stated is exceeded or not"


def test_a_dead_unit_that_is_compared_leaves_nothing():
    seen = told_lines(LEVELS, dead=frozenset({("PP+F", "AU12")}))
    assert asked(claim("fusion-average"), seen).why == "dead: AU12 of PP+F"
    assert not asked(claim("balancing-average"), seen).why
    assert not asked(claim("fusion-average", aus=("AU01",)), seen).why
    contrast = claim("balancing-rare", row="PP+F", over=("PP(face)",), aus=("AU01",))
    assert asked(contrast, seen).why, "the others are compared too"


def test_few_trainings_or_nobody_to_show_a_unit_leave_nothing():
    assert asked(claim("fusion-average"), told_lines(LEVELS, places=PLACES[:2])).why == FEW
    seen = told_lines(LEVELS)
    for place in PLACES:
        seen.known["PP+F"][place][2] = False
    assert asked(claim("fusion-average", aus=("AU12",)), seen).why == TOO_FEW
    rest = asked(claim("fusion-average"), seen)
    assert rest.margin == asked(claim("fusion-average", aus=("AU01", "AU02", "AU24")), seen).margin
    seen.sums["PP+F"].clear()
    assert asked(claim("fusion-average"), seen).why == "no training is shared"


def test_what_rows_share_is_compared_and_what_is_not_run_keeps_its_place():
    seen = told_lines(LEVELS)
    for place in PLACES:
        if place[1] > 0:
            del seen.sums["PP(face)^ncb"][place]
    found = all_asked(list(family("table_3").values()), seen)
    assert found["balancing-average"].trainings == 3 and found["fusion-average"].trainings == 9
    assert len(found) == len(family("table_3"))
    assert decide(found)["structure-average"].word == NOT_RUN
    assert decide(found)["fusion-average"].level == pytest.approx(0.05 / len(found), rel=0.2)


def test_the_chance_of_a_claim_is_that_of_its_margins():
    seen = told_lines(LEVELS)
    folds = seen.scores(["PP+F", "PP(face)"])
    by_hand = chance_of([(fold[:, :, 0] - fold[:, :, 1]).mean(-1) for fold in folds])
    low, high = asked(claim("fusion-average"), seen).ends(0.05)
    np.testing.assert_allclose([low, high], by_hand.interval(0.95))


def test_families_are_what_the_rows_of_a_table_can_answer():
    for place, rows, others in (("table_3", TABLE_3, TABLE_4), ("table_4", TABLE_4, TABLE_3)):
        named = {row.label for row in rows}
        for one in family(place).values():
            missing = set(rows_of(one)) - named
            assert not missing or one.id in CONTROLS, (one.id, missing, others)
    assert "thresholds-disfa" in family("table_4") and "thresholds" in family("table_3")
    assert not [name for name in family("table_3") if name.startswith("sota")]
    assert set(CONTROLS) < set(family("table_3")) and set(CONTROLS) < set(family("table_4"))
    every = {n for place in ("table_3", "table_4") for n in family(place)}
    ours = {row.label for row in (*TABLE_3, *TABLE_4)}
    left_out = {n for n, one in claims().items() if n not in every}
    assert all(set(rows_of(as_ours(claims()[n]))) - ours for n in left_out), "other systems' rows"
    assert not set(beside("table_3")) & set(beside("table_4"))
    assert "messages-bp4d" in beside("table_3") and "phi-cheeks" not in beside("table_3")


def test_lenses_ask_what_they_can():
    by = {n: lenses_of(one, "table_4") for n, one in family("table_4").items()}
    assert by["structure-average"] == LENSES
    assert by["thresholds-disfa"] == (OWN,), "by others, the two rows are one"
    assert by["structure-disfa-five"] == (OWN, TUNED), "the paper's size is of F1"
    assert by["locality-upper"] == LENSES, "a size that we read into words"
    assert lenses_of(family("table_3")["topology"], "table_3") == LENSES, "ft there is fine-tuned"
    assert exceeds(claims()["locality-upper"], AUC) == 2.5
    assert exceeds(claims()["locality-upper"], TUNED) == 5
    read = {n for n, one in claims().items() if one.by and not prints_size(one)}
    assert read == {"locality-upper", "locality-lower", "disfa-fusion-close"}


def test_runs_become_words(results):
    """From predictions on disk to a decision: chance against chance decides nothing."""
    config = load_config("smoke")
    lines = {}
    for n, row in enumerate(("pp_f", "pp_face")):
        runs = [Run(config, ROWS[row], fold, 0) for fold in (1, 2, 3)]
        of = [by_chance(run, PEOPLE, seed=10 * n + run.fold, frames=20) for run in runs]
        lines[ROWS[row].label] = [Scored(told(run, one)) for run, one in zip(runs, of, strict=True)]
    for lens in LENSES:
        found = decide(all_asked([claims()["fusion-average"]], look(lens, lines)))
        one = found["fusion-average"]
        assert one.word == "undecided" and one.trainings == 3
        assert one.low < one.margin < one.high and one.would_decide
