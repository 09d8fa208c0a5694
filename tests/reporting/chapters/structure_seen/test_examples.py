"""Examples are chosen by the stated rule, on predictions made by hand."""

import itertools

import numpy as np
import pandas as pd
import pytest
import told as telling
from matplotlib import pyplot as plt
from told import gallery_of

from dsin_lib.config import Corpus, load_config
from dsin_lib.reporting import messages
from dsin_lib.reporting.chapters.structure_seen import examples
from dsin_lib.reporting.page.faces import Gallery
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import Run
from dsin_lib.runs.split import store_of

FRAMES = [
    # subject, frame, labels put right, labels spoiled, how far y_hat moves
    ("A", 1, 3, 0, 0.2),
    ("A", 2, 3, 0, 0.4),
    ("B", 1, 4, 1, 0.2),
    ("B", 2, 0, 2, 0.2),
    ("C", 1, 1, 1, 0.2),
    ("D", 1, 0, 0, 0.2),
    ("E", 1, 0, 2, 0.2),
    ("F", 1, 0, 2, 0.2),
]
AUS = load_config("smoke").corpora.table_3.aus


def predictions():
    """Frames that have these counts: every label is 1, f misses what is to be put right."""
    lines = []
    for subject, frame, right, spoiled, moves in FRAMES:
        f = np.full(len(AUS), 0.9)
        y_hat = f.copy()
        f[:right], y_hat[:right] = 0.4, 0.4 + moves
        f[right : right + spoiled], y_hat[right : right + spoiled] = 0.6, 0.6 - moves
        values = {"": y_hat, "_fused": f, "_label": np.ones(len(AUS))}
        line = {
            f"{au}{end}": v for end, of in values.items() for au, v in zip(AUS, of, strict=True)
        }
        lines.append(
            {"subject": subject, "sequence": "T1", "frame": frame, "split": "test", **line}
        )
    held_out = pd.DataFrame(lines).assign(split="valid", subject="Z")
    return pd.concat([held_out, pd.DataFrame(lines)])


@pytest.fixture
def told(results):
    """Makes up a run of DSIN with some predictions, each another one."""
    config, seeds = load_config("smoke"), itertools.count()

    def told(of, row="dsin_10"):
        return telling.told(Run(config, ROWS[row], 1, next(seeds)), of)

    return told


@pytest.fixture
def run(told):
    return told(predictions())


def keys(frames):
    return list(zip(frames["subject"], frames["frame"], strict=True))


def test_counts_are_those_of_the_frames(run):
    found = examples.net_counts(run)
    assert found["net"].tolist() == [3, 3, 3, -2, 0, 0, -2, -2]
    assert found["moved"].tolist() == pytest.approx([0.6, 1.2, 1.0, 0.4, 0.4, 0, 0.4, 0.4])
    per_au = messages.corrections(run)
    assert found["right"].sum() == per_au["put right"].sum()
    assert found["spoiled"].sum() == per_au["spoiled"].sum()


def test_one_a_subject_the_further_moved_first(run):
    assert keys(examples.chosen(run, "corrected")) == [("A", 2), ("B", 1)]
    assert keys(examples.chosen(run, "corrected", 1)) == [("A", 2)]


def test_full_ties_go_by_name_whatever_the_order_of_the_lines(run, told):
    turned = told(predictions()[::-1])
    for one in (run, turned):
        assert keys(examples.chosen(one, "spoiled", 2)) == [("B", 2), ("E", 1)]


def test_a_frame_is_never_shown_as_what_it_is_not(told):
    of = predictions()
    without = told(of[~of["subject"].isin(["B", "E", "F"])])
    assert examples.chosen(without, "spoiled").empty


def test_a_missing_label_is_neither_right_nor_spoiled(told):
    missing = told(predictions().assign(**{f"{AUS[0]}_label": np.nan}))
    assert examples.net_counts(missing)["net"].tolist() == [2, 2, 2, -1, -1, 0, -1, -1]


def test_how_typical_they_are(run):
    assert examples.typical(run) == pytest.approx(
        {"better": 37.5, "same": 25, "worse": 37.5, "untouched": 12.5}
    )


@pytest.mark.parametrize(("kind", "k", "named"), [("best", 4, "'best'"), ("spoiled", 0, "k: .* 0")])
def test_a_wrong_wish_is_named(run, kind, k, named):
    with pytest.raises(ValueError, match=named):
        examples.chosen(run, kind, k)


@pytest.mark.parametrize(
    ("label", "was", "now", "colour", "changed"),
    [
        (1.0, 0.4, 0.5, examples.RIGHTED, True),
        (0.0, 0.4, 0.5, examples.WRONG, True),
        (0.0, 0.6, 0.7, examples.WRONG, False),
        (1.0, 0.6, 0.7, examples.PLAIN, False),
        (np.nan, 0.4, 0.7, examples.PLAIN, True),
    ],
)
def test_marks(label, was, now, colour, changed):
    assert examples.mark(label, was, now, 0.5) == (colour, changed)


def test_the_unit_is_the_paper_s_or_found_by_rule(run, told):
    assert examples.unit_of(None, run) == "AU24"
    assert examples.unit_of("AU01", run) == "AU01"
    rarer = {f"{au}_label": 0.0 for au in AUS if au not in ("AU01", "AU14")}
    rare = told(predictions().assign(**rarer))
    assert examples.unit_of(None, rare) == "AU14", "the lower face's most frequent"
    with pytest.raises(ValueError, match=r"au: .*active.*'AU24'"):
        examples.unit_of("AU24", rare)
    with pytest.raises(ValueError, match=r"au: .*'AU99'"):
        examples.unit_of("AU99", run)
    extra = {f"{au}_label": 1.0 for au in load_config("smoke").corpora.table_4.aus}
    of_disfa = told(predictions().assign(**extra), "t4_dsin_10")
    assert examples.unit_of(None, of_disfa) == "AU09", "all alike: the first of them"


def test_frames_of_a_unit_are_active_and_surest_first(told):
    surer = predictions().assign(AU24=np.tile(np.linspace(0.1, 0.8, len(FRAMES)), 2))
    surer.loc[surer["subject"] == "F", "AU24_label"] = 0
    frames = examples.active_frames("AU24", told(surer), n=3)
    assert keys(frames) == [("E", 1), ("D", 1), ("C", 1)]
    assert frames["y_hat"].is_monotonic_decreasing


@pytest.mark.parametrize("name", ["synau_b", "bp4d"])
def test_a_licensed_face_is_drawn_without_its_pixels(own, told, name):
    run = told(predictions())
    gallery = Gallery(store_of(run), Corpus(name=name), run.config.preprocessing)
    first = gallery.store.frames.iloc[0]
    of = predictions().tail(8).assign(subject=first["subject"], frame=range(1, 9))
    face = gallery.patch(first, "face")
    assert (face == gallery.store.patch("face")[0]).all() == (name == "synau_b")
    figure = examples.figure(gallery, told(of), "corrected")
    figure.canvas.draw()
    assert len(figure.axes) == 1 and "put right" in figure.axes[0].get_title(loc="left")
    plt.close(figure)


def test_no_example_is_said_in_words(own, told):
    of = predictions()
    without = told(of[of["subject"] == "D"])
    figure = examples.figure(gallery_of(own), without, "spoiled")
    assert figure.axes[0].texts[0].get_text() == "no test frame is spoiled"
    plt.close(figure)
