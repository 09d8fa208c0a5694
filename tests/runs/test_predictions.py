"""What a run says of each frame and unit, by names that stand in one place."""

import numpy as np
import pandas as pd
import pytest
from made import made

from dsin_lib.runs.predictions import (
    CHI,
    FUSED,
    KEYS,
    LABEL,
    PARTS,
    SCORE,
    frames_of,
    subjects_of,
    table,
    values_of,
)


def test_a_table_has_its_frames_and_a_column_a_unit_and_suffix():
    frames = pd.DataFrame(
        {"subject": ["F001", "M002"], "sequence": "T1", "frame": [3, 5], "source": "a.jpg"},
        index=[7, 9],
    )
    values = {SCORE: np.array([[0.1, 0.2], [0.3, 0.4]]), LABEL: np.array([[0, 1], [1, np.nan]])}
    found = table(frames, ["AU01", "AU12"], values)
    assert list(found) == [*KEYS, "AU01", "AU12", "AU01_label", "AU12_label"]
    assert found["subject"].tolist() == ["F001", "M002"] and found["AU12"].tolist() == [0.2, 0.4]
    assert found["AU12_label"].isna().tolist() == [False, True]


@pytest.mark.parametrize("part", PARTS.values())
def test_values_stand_in_the_order_of_the_corpus_units_and_of_the_frames(tiny, part):
    run = made(tiny, "pp_mouth")
    lines = frames_of(run, part)
    assert set(lines["split"]) == {part} and len(lines) < len(run.predictions)
    for suffix in (SCORE, LABEL):
        found = values_of(run, part, suffix)
        assert found.dtype == np.float64
        for j, au in enumerate(run.corpus.aus):
            np.testing.assert_array_equal(found[:, j], lines[f"{au}{suffix}"].astype(float))
    assert subjects_of(run, part).tolist() == lines["subject"].tolist()


def test_a_unit_that_a_run_does_not_predict_has_no_value(tiny):
    run = made(tiny, "pp_mouth_ind")
    for suffix in (SCORE, LABEL):
        missing = np.isnan(values_of(run, "test", suffix)).all(0)
        assert missing.tolist() == [au not in run.aus for au in run.corpus.aus]
    assert 0 < missing.sum() < len(missing)
    assert np.isnan(values_of(run, "test", CHI)).all()


def test_structure_inference_says_what_it_began_with_and_its_factors(tiny):
    run, fused = made(tiny, "omega"), made(tiny, "pp_f")
    f, chi = (values_of(run, "test", suffix) for suffix in (FUSED, CHI))
    np.testing.assert_allclose(f, values_of(fused, "test"), atol=1e-6)
    assert ((chi > 0) & (chi < 1)).all()
