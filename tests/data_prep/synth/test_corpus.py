"""The corpus on disk: layout, codes, determinism, resuming, refusing."""

import json
import shutil

import cv2
import numpy as np
import pandas as pd
import pytest

from data_prep.synth import CORPUS_VERSION, write_corpus
from data_prep.synth.action_units import CODED

SMALL = dict(subjects=["F002", "M001"], tasks=["T2"], frames_per_sequence=2, stride=3, image_px=96)


def contents(root) -> dict[str, bytes]:
    return {
        str(p.relative_to(root)): p.read_bytes() for p in sorted(root.rglob("*")) if p.is_file()
    }


def test_layout_is_bp4ds(corpus, recipe):
    for subject in recipe["subjects"]:
        for task in recipe["tasks"]:
            names = sorted(p.name for p in (corpus / subject / task).iterdir())
            assert names == ["0001.jpg", "0009.jpg", "0017.jpg", "0025.jpg", "0033.jpg", "0041.jpg"]
            codes = pd.read_csv(corpus / "AUCoding" / "AU_OCC" / f"{subject}_{task}.csv")
            assert list(codes.columns) == [str(i) for i in range(100)]
            assert codes["0"].tolist() == [1, 9, 17, 25, 33, 41]
    assert not list(corpus.rglob("*.tmp"))
    assert not (corpus / "corpus.partial.json").exists()


def test_codes_are_0_1_for_the_twelve_and_9_elsewhere(corpus):
    for path in (corpus / "AUCoding" / "AU_OCC").glob("*.csv"):
        codes = pd.read_csv(path).drop(columns="0")
        coded = codes[[str(a) for a in CODED]].to_numpy()
        assert set(np.unique(coded)) <= {0, 1}
        assert (codes.drop(columns=[str(a) for a in CODED]).to_numpy() == 9).all()


def test_pictures_are_square_colour_jpegs(corpus, recipe):
    for path in sorted(corpus.rglob("*.jpg"))[::7]:
        picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        assert picture.shape == (recipe["image_px"], recipe["image_px"], 3)
        assert picture.std() > 15


def test_truth_agrees_with_codes_and_lies_in_the_picture(corpus, recipe):
    for path in sorted((corpus / "truth").glob("*.parquet")):
        truth = pd.read_parquet(path)
        codes = pd.read_csv(corpus / "AUCoding" / "AU_OCC" / f"{path.stem}.csv")
        for au in CODED:
            assert (truth[f"AU{au:02d}"] == codes[str(au)]).all()
            active = truth[truth[f"AU{au:02d}"] == 1]
            strongest = active[[f"AU{au:02d}_left", f"AU{au:02d}_right"]].max(axis=1)
            assert (strongest > 0.04).all()
        points = truth[[f"{c}{i}" for i in range(17, 68) for c in "xy"]].to_numpy()
        assert ((points > 0) & (points < recipe["image_px"])).all()
        assert (truth["x45"] - truth["x36"]).min() > 50


def test_subjects_table_says_who(corpus, recipe):
    table = pd.read_csv(corpus / "subjects.csv")
    assert table["subject"].tolist() == sorted(recipe["subjects"])
    assert (table["sex"] == table["subject"].str[0]).all()
    shares = table[["african", "asian", "caucasian"]].sum(axis=1)
    np.testing.assert_allclose(shares, 1, atol=0.005)


def test_content_does_not_depend_on_the_number_of_workers(tmp_path):
    write_corpus(tmp_path / "one", **SMALL, workers=1, progress=False)
    write_corpus(tmp_path / "two", **SMALL, workers=2, progress=False)
    assert contents(tmp_path / "one") == contents(tmp_path / "two")


def test_content_depends_on_the_seed(tmp_path):
    hashes = set()
    for seed in (0, 1):
        root = tmp_path / str(seed)
        write_corpus(root, **SMALL, seed=seed, workers=1, progress=False)
        hashes.add(json.loads((root / "corpus.json").read_text())["content_sha256"])
    assert len(hashes) == 2


def test_a_killed_run_goes_on_to_the_same_bytes(tmp_path):
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    write_corpus(whole, **SMALL, workers=1, progress=False)
    shutil.copytree(whole, broken)
    recipe = json.loads((broken / "corpus.json").read_text())["recipe"]
    (broken / "corpus.json").unlink()
    (broken / "corpus.partial.json").write_text(json.dumps({"recipe": recipe}))
    half = (broken / "M001" / "T2").rename(broken / "M001" / "T2.tmp")
    (half / "0004.jpg").write_bytes(b"half a pict")
    (broken / "AUCoding" / "AU_OCC" / "M001_T2.csv").unlink()
    untouched = (broken / "F002" / "T2" / "0001.jpg").stat().st_mtime_ns
    write_corpus(broken, **SMALL, workers=1, progress=False)
    assert contents(broken) == contents(whole)
    assert (broken / "F002" / "T2" / "0001.jpg").stat().st_mtime_ns == untouched


def test_a_complete_corpus_is_left_alone(corpus, recipe):
    before = (corpus / "corpus.json").stat().st_mtime_ns
    write_corpus(corpus, **recipe, workers=1, progress=False)
    assert (corpus / "corpus.json").stat().st_mtime_ns == before


def test_other_parameters_are_refused_by_name(corpus, recipe):
    with pytest.raises(ValueError, match=r"corpus\.json: stride is 8 there, 4 is asked for"):
        write_corpus(corpus, **{**recipe, "stride": 4}, workers=1, progress=False)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"subjects": ["F099"]}, "F099"),
        ({"tasks": ["T9"]}, "T9"),
        ({"frames_per_sequence": 0}, "frames_per_sequence"),
        ({"stride": 0}, "stride"),
        ({"image_px": 20}, "image_px"),
        ({"subjects": ["F001", "F001"]}, "distinct"),
        ({"workers": 0}, "workers"),
    ],
)
def test_parameters_out_of_range_are_refused(tmp_path, change, message):
    with pytest.raises(ValueError, match=message):
        write_corpus(tmp_path / "new", **{**SMALL, "progress": False, **change})
    assert not (tmp_path / "new").exists()


def test_the_version_is_part_of_the_recipe(corpus):
    assert json.loads((corpus / "corpus.json").read_text())["recipe"]["version"] == CORPUS_VERSION
