"""A patch network layer by layer, as trained runs have it, and which half of the face moves."""

import re

import pytest
from made import made

from dsin_lib.config import Corpus
from dsin_lib.model.patch_prediction import PatchCNN
from dsin_lib.reporting.chapters import patch_prediction


def test_layers_are_those_of_the_two_networks(tiny):
    html = patch_prediction.layers(made(tiny, "pp_mouth"), made(tiny, "pp_face")).data
    cells = re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", html)
    assert cells[1:3] == ["patch, 56 px", "face, 112 px"]
    sizes = [sum(p.numel() for p in PatchCNN(12, px).parameters()) for px in (56, 112)]
    assert cells[-2:] == [f"{size:,}" for size in sizes]
    at = cells.index("block 5")
    assert cells[at : at + 3] == ["block 5", "", "1 x 1 x 256"], "a patch has one block fewer"


@pytest.mark.parametrize(
    ("name", "upper", "lower"),
    [
        ("synau_b", "AU01, AU02, AU04, AU06, AU07", "AU10, AU12, AU14, AU15, AU17, AU23, AU24"),
        ("synau_d", "AU01, AU02, AU04, AU06", "AU09, AU12, AU25, AU26"),
    ],
)
def test_units_are_told_apart_by_half_of_the_face(name, upper, lower):
    aus = Corpus(name=name, n_subjects=27).aus
    assert patch_prediction.halves(aus) == {"upper": upper, "lower": lower}
