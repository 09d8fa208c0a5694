"""The corpus on disk: layout, codes, determinism, resuming, refusing."""

import json
import shutil
from importlib.resources import files

import cv2
import numpy as np
import pandas as pd
import pytest

from data_prep.synth import CORPUS_VERSION, write_corpus
from data_prep.synth.acting.action_units import CODED
from data_prep.synth.plan import seeds
from data_prep.synth.plan.shapes import SHAPES
from dsin_lib.data.readers import read_bp4d, read_disfa

SMALL = dict(subjects=["F002", "M001"], tasks=["T2"], frames_per_sequence=2, stride=3, image_px=96)
SMALL_D = dict(
    shape="synau_d", subjects=["SN002", "SN032"], frames_per_sequence=2, stride=900, image_px=96
)
both = pytest.mark.parametrize("small", [SMALL, SMALL_D], ids=["synau_b", "synau_d"])


@pytest.fixture(scope="session")
def rendered(tmp_path_factory):
    """A small corpus by its shape, rendered once by one worker; not to be changed."""
    roots = {}

    def once(small: dict):
        name = small.get("shape", "synau_b")
        if name not in roots:
            roots[name] = tmp_path_factory.mktemp(name)
            write_corpus(roots[name], **small, workers=1, progress=False)
        return roots[name]

    return once


def field_folds(corpus: str) -> list[list[str]]:
    path = files("dsin_lib.data") / "folds.json"
    return json.loads(path.read_text())["field"][corpus]


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


def test_layout_is_disfas(corpus_d, recipe_d):
    for subject in recipe_d["subjects"]:
        pictures = sorted((corpus_d / "Images_LeftCamera" / subject).iterdir())
        assert [p.name for p in pictures][:3] == ["00001.jpg", "00201.jpg", "00401.jpg"]
        files = {p.name for p in (corpus_d / "ActionUnit_Labels" / subject).iterdir()}
        assert files == {f"{subject}_au{au}.txt" for au in SHAPES["synau_d"].aus}
    first = (corpus_d / "ActionUnit_Labels/SN001/SN001_au12.txt").read_text().splitlines()[1]
    frame, level = first.split(",")
    assert frame == "201"
    assert level in "012345"
    assert json.loads((corpus_d / "corpus.json").read_text())["name"] == "synau_d"
    assert not list(corpus_d.rglob("*.tmp"))


@pytest.mark.parametrize(
    ("name", "reader"), [("corpus", read_bp4d), ("corpus_d", read_disfa)], ids=SHAPES
)
def test_the_reader_gives_the_truth_back(name, reader, request):
    root = request.getfixturevalue(name)
    unmatched = []
    read = reader(root, unmatched=unmatched)
    assert unmatched == [], "every file that the generator writes is known"
    shape = SHAPES[json.loads((root / "corpus.json").read_text())["name"]]
    assert set(read["corpus"]) == {shape.name}
    assert read["source"].notna().all()
    for (subject, task), rows in read.groupby(["subject", "sequence"]):
        truth = pd.read_parquet(root / shape.layout.truth(subject, task))
        assert rows["frame"].tolist() == truth["frame"].tolist()
        for au in shape.aus:
            drawn = truth[f"AU{au:02d}"]
            assert (rows[f"AU{au:02d}"] == (drawn >= shape.active_from).to_numpy()).all()
            if f"AU{au:02d}_intensity" in rows:
                assert rows[f"AU{au:02d}_intensity"].tolist() == drawn.tolist()
    assert ("AU12_intensity" in read) == (shape.name == "synau_d")


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
    assert (table["age"].between(18, 65)).all()
    shares = table[["african", "asian", "caucasian"]].sum(axis=1)
    np.testing.assert_allclose(shares, 1, atol=0.005)


def test_disfas_people_are_other_people(corpus_d):
    table = pd.read_csv(corpus_d / "subjects.csv").set_index("subject")
    assert table["sex"].to_dict() == {"SN001": "M", "SN002": "F", "SN029": "F"}
    shape, other = SHAPES["synau_d"], SHAPES["synau_b"]
    assert (len(shape.subjects), len(shape.women)) == (27, 12)
    assert not set(shape.subjects) & set(other.subjects)
    known = {s for fold in field_folds("disfa") for s in fold}
    assert set(shape.subjects) == known
    numbers = [seeds.SUBJECT_NUMBER[s] for s in other.subjects + shape.subjects]
    assert len(set(numbers)) == len(numbers) == 68


@both
def test_content_does_not_depend_on_the_number_of_workers(tmp_path, rendered, small):
    write_corpus(tmp_path / "two", **small, workers=2, progress=False)
    assert contents(rendered(small)) == contents(tmp_path / "two")


@both
def test_content_depends_on_the_seed(tmp_path, rendered, small):
    write_corpus(tmp_path / "1", **small, seed=1, workers=1, progress=False)
    records = [
        json.loads((root / "corpus.json").read_text()) for root in (rendered(small), tmp_path / "1")
    ]
    assert [record["recipe"]["seed"] for record in records] == [0, 1]
    assert len({record["content_sha256"] for record in records}) == 2


def test_a_killed_run_goes_on_to_the_same_bytes(tmp_path, rendered):
    whole, broken = rendered(SMALL), tmp_path / "broken"
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


def test_a_killed_run_of_disfas_shape_goes_on(tmp_path, rendered):
    whole, broken = rendered(SMALL_D), tmp_path / "broken"
    shutil.copytree(whole, broken)
    recipe = json.loads((broken / "corpus.json").read_text())["recipe"]
    (broken / "corpus.json").unlink()
    (broken / "corpus.partial.json").write_text(json.dumps({"recipe": recipe}))
    pictures = broken / "Images_LeftCamera"
    (pictures / "SN032").rename(pictures / "SN032.tmp")
    (broken / "ActionUnit_Labels" / "SN032" / "SN032_au4.txt").unlink()
    write_corpus(broken, **SMALL_D, workers=1, progress=False)
    assert contents(broken) == contents(whole)


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
        ({"shape": "synau_x"}, "synau_x"),
        ({"shape": "synau_d"}, "SN001.*F002"),
        ({"subjects": ["SN001"]}, "F001.*SN001"),
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
