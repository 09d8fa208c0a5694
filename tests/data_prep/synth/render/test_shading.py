"""Light in folds: a crease is darker and hardly redder, never sore."""

from dataclasses import replace

import numpy as np
import pytest

from data_prep.synth.people.appearance import appearance
from data_prep.synth.render import scene
from data_prep.synth.render.portrait import Portrait

IMAGE_PX = 256
DARKER = 0.15
"""Loss of green light (log) from which a pixel counts as lying in a crease."""


@pytest.mark.parametrize("au", [1, 4, 10])
def test_a_crease_loses_red_light_nearly_as_it_loses_green(au):
    look = appearance("M017", 0)
    stage = Portrait(replace(look, furrows=look.furrows.full()), IMAGE_PX)
    backdrop = scene.plain_background(IMAGE_PX)
    pictures = []
    for folds in ({}, {au: 1.0}):
        view, light = scene.View(scale=92), scene.neutral_light()
        image, _ = stage.draw(look.vertices, view, light, backdrop, folds, folds)
        pictures.append(np.log(image + 1e-3))
    lost = pictures[0] - pictures[1]
    crease = lost[..., 1] > DARKER
    assert crease.sum() > 20
    red, green, blue = np.median(lost[crease], 0)
    assert 0.7 * green < red < 1.1 * green
    assert red < blue
