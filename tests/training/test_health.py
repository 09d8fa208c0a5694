"""The record of dead, blind and seeing units in a run's folder, and the word about the dead."""

import warnings

import numpy as np
import pandas as pd
import pytest
from made import made

from dsin_lib.config import changed
from dsin_lib.runs import health as health_module
from dsin_lib.runs.health import BLIND, DEAD, FUSION, SEEING, STRUCTURE, with_states
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.split import store_of
from dsin_lib.shapes import PATCHES
from dsin_lib.systems import algorithm_1
from dsin_lib.systems.algorithm_1 import warn_of_dead


def lines(*rows):
    columns = ["step", "network", "au", "state", "fed"]
    return pd.DataFrame(rows, columns=columns)


def test_a_warning_names_the_dead_that_were_fed_and_nobody_else():
    health = lines(
        (1, "mouth", "AU01", DEAD, True),
        (1, "mouth", "AU02", BLIND, True),
        (1, "mouth", "AU04", SEEING, True),
        (1, "mouth", "AU06", DEAD, False),
    )
    with pytest.warns(UserWarning, match=r"^pp_mouth: dead units: AU01 of the network mouth: "):
        warn_of_dead("pp_mouth", health)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_dead("pp_mouth", health.iloc[1:])


IND = ROWS["pp_mouth_ind"].aus
NETWORKS = {
    "pp_mouth": [(1, "mouth")],
    "pp_mouth_ind": [(1, au) for au in IND],
    "pp_f": [(2, FUSION), *((3, patch) for patch in PATCHES), (3, FUSION)],
    "dsin_10": [
        (4, STRUCTURE), *((5, patch) for patch in PATCHES), (5, FUSION), (5, STRUCTURE),
    ],
    "t4_pp_nose": [(1, "nose")],
}  # fmt: skip


@pytest.mark.parametrize("row", NETWORKS)
def test_a_run_s_folder_has_every_network_of_every_step_and_what_it_was_fed(tiny, row):
    found = made(tiny, row)
    health = pd.read_csv(found.folder / "health.csv")
    pd.testing.assert_frame_equal(with_states(health), found.health)
    networks = health[["step", "network"]].drop_duplicates()
    assert list(networks.itertuples(index=False, name=None)) == NETWORKS[row]
    aus = found.corpus.aus
    for (_, network), of in health.groupby(["step", "network"]):
        assert of["au"].tolist() == ([network] if row == "pp_mouth_ind" else aus)
    frames = store_of(found).frames
    frames = frames[frames["subject"].isin(found.provenance["subjects"]["train"])]
    of_au = health.set_index("au")
    for au in of_au.index:
        positive = frames[frames[au] == 1]
        assert (of_au.loc[[au], "frames"] == len(positive)).all()
        assert (of_au.loc[[au], "people"] == positive["subject"].nunique()).all()
        np.testing.assert_allclose(of_au.loc[[au], "prevalence"], frames[au].mean())
    assert not health["fed"].any(), "of so few people nobody learns"


def test_a_run_with_dead_units_says_so(own, monkeypatch):
    """Networks that begin at 0, as if they had run there, and hardly move."""
    start = algorithm_1.constant_optimum
    monkeypatch.setattr(algorithm_1, "constant_optimum", lambda y: start(y).fill_(1e-6))
    monkeypatch.setattr(health_module, "FED_SUBJECTS", 1)
    monkeypatch.setattr(health_module, "FED_FRAMES", 1)
    still = changed(own, {"training.learning_rate": 1e-9, "patch_prediction.max_epochs": 1})
    with pytest.warns(UserWarning, match=r"pp_nose: dead units: AU01 of .* nose, AU02 of the"):
        found = made(still, "pp_nose")
    assert found.health["fed"].all() and (found.health["state"] == DEAD).all()
