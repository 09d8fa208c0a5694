"""Which file a feature is, without any store."""

import numpy as np
import pytest

from dsin_lib.data.beside import Feature, Rows, named
from dsin_lib.data.features import face_224
from dsin_lib.runs.code import FITTING, modules


def brightness(face, points, *, scale=1.0):
    return np.float32([face.mean() * scale])


def test_a_feature_is_named_by_its_file_its_function_and_all_its_parameters():
    assert Feature(brightness).name == "test_beside"
    stems = {Feature(brightness).stem, Feature(brightness, scale=2.0).stem}
    assert len(stems) == 2 and all(stem.startswith("test_beside-") for stem in stems)
    assert Feature(brightness, scale=1.0).stem == Feature(brightness).stem, "its default"
    assert Feature(brightness, scale=1.0) == Feature(brightness)


def test_the_code_of_its_file_is_part_of_its_name(monkeypatch):
    before = Feature(face_224.make).stem
    monkeypatch.setattr("dsin_lib.data.beside.code_digest", lambda paths: paths[0].name)
    assert Feature(face_224.make).stem != before


def test_a_feature_is_found_by_name():
    assert named("face_224") == Feature(face_224.make)


@pytest.mark.parametrize("name", ["sift", "__init__", "", "../store"])
def test_another_name_is_refused_with_those_there_are(name):
    with pytest.raises(
        ValueError, match=rf"feature: expected one of \['face_224'\], found '{name}'"
    ):
        named(name)


def test_another_parameter_is_refused_with_the_name_of_the_feature():
    with pytest.raises(ValueError, match=r"feature face_224: got an unexpected .* 'px'"):
        named("face_224", px=100)


def test_what_names_it_on_the_command_line_names_the_same_feature():
    assert named("face_224").arguments == "face_224"
    assert Feature(brightness, scale=0.5).arguments == "test_beside --parameters scale=0.5"


def test_rows_are_read_when_they_are_asked_for():
    rows = Rows(np.arange(20).reshape(10, 2), np.array([7, 2, 5]))
    assert len(rows) == 3
    assert rows[1].tolist() == [4, 5]
    assert rows[[2, 0]].tolist() == [[10, 11], [14, 15]]
    assert rows[:].tolist() == [[14, 15], [4, 5], [10, 11]]


BOTH = (FITTING, "dsin_lib.systems.algorithm_1")


def test_a_new_feature_makes_no_run_of_another_system_stale():
    """A run's code is what its system imports: features are no part of it until it names one."""
    assert not [name for name in modules(BOTH) if name.startswith("dsin_lib.data.features.")]
