import importlib.util
from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from dsin_lib.faces import landmarks as module
from dsin_lib.faces.landmarks import landmarks, model_path


def test_the_photograph_has_one_face_where_it_is(face):
    left, top, right, bottom = face.box
    assert left < 224 < right and top < 115 < bottom
    assert face.n_faces == 1 and face.score > 0
    assert face.points.shape == (68, 2) and face.points.dtype == np.float32


def test_points_are_x_then_y_and_right_is_the_subjects_own(face):
    right_eye, left_eye = face.points[36:42].mean(0), face.points[42:48].mean(0)
    mouth = face.points[48:68].mean(0)
    assert right_eye[0] < mouth[0] < left_eye[0]  # the subject's right is on the image's left
    assert mouth[1] > max(right_eye[1], left_eye[1])  # y grows downwards


@pytest.mark.parametrize("shape", [(256, 256), (1, 1), (3, 900), (79, 81)])
def test_no_face_is_none(shape):
    assert landmarks(np.zeros((*shape, 3), np.uint8)) is None


def test_of_several_faces_the_largest(photograph):
    head = photograph[0:240, 110:340]
    large = cv2.resize(head, None, fx=1.6, fy=1.6)
    both = np.full((400, 640, 3), 128, np.uint8)
    both[:240, :230] = head
    both[: large.shape[0], 250 : 250 + large.shape[1]] = large
    for image, x in ((both, 250), (both[:, ::-1].copy(), 0)):
        found = landmarks(image)
        assert found.n_faces == 2
        assert x < found.points[:, 0].min() and found.points[:, 0].max() < x + large.shape[1]


def test_upsampling_finds_a_small_face(photograph):
    small = cv2.resize(photograph, None, fx=0.4, fy=0.4, interpolation=cv2.INTER_AREA)
    assert landmarks(small) is None
    assert landmarks(small, upsample=1) is not None


def test_a_missing_model_says_what_to_install(monkeypatch, tmp_path):
    empty = SimpleNamespace(submodule_search_locations=[str(tmp_path)])
    monkeypatch.setattr(module, "find_spec", lambda name: empty)
    with pytest.raises(FileNotFoundError, match="pip install face-recognition-models"):
        model_path()


def test_the_models_package_is_not_imported():
    assert importlib.util.find_spec("face_recognition_models") is not None
    assert model_path().is_file()
    import sys

    assert "face_recognition_models" not in sys.modules
