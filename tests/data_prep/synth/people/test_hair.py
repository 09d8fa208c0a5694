"""Hair and glasses: seen from outside, off the face, and nobody else for it."""

from dataclasses import replace

import numpy as np
import pytest

from data_prep.synth.mesh.asset import GLASSES, LONG_HAIR, SKIN, head
from data_prep.synth.mesh.canvas import AXIS_Z
from data_prep.synth.people import hair
from data_prep.synth.people.appearance import appearance
from data_prep.synth.people.identity import identity
from data_prep.synth.people.long_hair import curtain
from data_prep.synth.plan.seeds import stream

BARE, LONG, CURLY, SPECTACLED = "M018", "F008", "F002", "F020"
CORNERS = slice(17, 68)
"""Landmarks but for the jaw's, which a beard may thicken."""


@pytest.fixture(scope="module")
def style():
    person = identity(LONG, 0)
    return hair.draw(person, stream(0, "appearance", LONG))


def test_long_hair_faces_outwards(style):
    """Triangles that face inwards are not drawn: hair would be seen from inside only."""
    sheet = curtain(identity(LONG, 0).vertices, style, np.random.default_rng(0))
    outside = sheet.triangles[: len(sheet.triangles) // 2]
    corners = sheet.vertices[outside]
    normal = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    away = corners.mean(1) - [0, 0, AXIS_Z]
    away[:, 1] = 0
    area = np.linalg.norm(normal, axis=1)
    assert sheet.region == LONG_HAIR
    assert np.mean((normal * away).sum(1)[area > 1e-6] > 0) > 0.98


@pytest.mark.parametrize("subject", [BARE, LONG, CURLY])
def test_hair_moves_no_landmark(subject):
    look = appearance(subject, 0)
    points = head().landmarks[CORNERS]
    np.testing.assert_allclose(look.vertices[points], look.person.vertices[points], atol=0.005)


@pytest.mark.parametrize("name", ["curly", "full", "long", "short", "tied", "buzz"])
def test_sideburns_take_no_random_number(style, name):
    """What is drawn after the hair (skin, brows, cloth, eyes) does not depend on them."""
    states = []
    for sideburns in (0.0, 1.0):
        rng = np.random.default_rng(3)
        hair.cover(replace(style, style=name, sideburns=sideburns), rng)
        states.append(rng.bit_generator.state)
    assert states[0] == states[1]


def test_arms_of_glasses_lie_outside_the_head():
    look = appearance(SPECTACLED, 0)
    (frame,) = (part for part in look.worn if part.region == GLASSES)
    h, face = head(), look.person.vertices
    middle = frame.vertices[frame.vertices[:, 2] < frame.vertices[:, 2].max() - 0.4]
    for x, y, z in middle[middle[:, 2] > -0.5]:
        near = (h.vertex_region == SKIN) & (h.ears < 0.1)
        near &= (abs(face[:, 1] - y) < 0.06) & (abs(face[:, 2] - z) < 0.06)
        assert abs(x) > abs(face[near, 0]).max(initial=0)
