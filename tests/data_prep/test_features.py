"""Features are made beside a store, whole or not at all, and the store stays what it was."""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from stores import stamps

from data_prep.chunks import run_chunks
from data_prep.feature_pass import make_feature
from data_prep.prepare import prepare as prepare_with_workers
from dsin_lib.config import Preprocessing
from dsin_lib.data.beside import FOLDER, Feature
from dsin_lib.data.dataset import split_data
from dsin_lib.data.features import face_224
from dsin_lib.data.folds import Split
from dsin_lib.data.store import RECORD, Store, StoreError

SMALL = Preprocessing(face_px=112)
FACE = Feature(face_224.make)
prepare = partial(prepare_with_workers, workers=1, progress=False)


def look(face, points, *, scale=1.0):
    """Something of the face and something of the landmarks."""
    return np.float32([face[::8, ::8].mean() * scale, *points[30]])


def make(root: Path, store: Path, feature: Feature) -> np.ndarray:
    make_feature(root, Store.open(store), feature, partial(run_chunks, progress=False))
    return feature.of(Store.open(store))


@pytest.fixture
def corpus(make_corpus) -> Path:
    """Ten frames, of which one shows no face and one is no picture."""
    root = make_corpus({"F001_T1": 5, "M002_T1": 5})
    Image.new("RGB", (256, 256), "grey").save(root / "F001/T1/0003.jpg")
    (root / "M002/T1/0002.jpg").write_text("<html>404 not found</html>")
    (root / "M002/T1/0004.jpg").write_bytes(b"")
    return root


@pytest.fixture
def small(corpus, tmp_path) -> Path:
    prepare(corpus, tmp_path / "small", SMALL)
    return tmp_path / "small"


def test_the_whole_face_is_that_of_a_store_that_keeps_it_byte_for_byte(corpus, small, tmp_path):
    prepare(corpus, tmp_path / "large")
    before = stamps(tmp_path / "large")
    own = np.array(Store.open(tmp_path / "large").patch("face"))
    found = make(corpus, small, FACE)
    assert isinstance(found, np.memmap) and not found.flags.writeable
    assert found.shape == (7, 224, 224, 3) and found.dtype == np.uint8
    assert np.array_equal(found, own)
    assert np.array_equal(make(corpus, tmp_path / "large", FACE), own)
    added = stamps(tmp_path / "large").keys() - before.keys()
    assert added == {f"{FOLDER}/{FACE.stem}.json"}, "and is not written twice"


def test_a_feature_does_not_depend_on_where_its_faces_lie(corpus, small, tmp_path):
    prepare(corpus, tmp_path / "large")
    from_pictures = np.array(make(corpus, small, Feature(look)))
    from_own_faces = make(corpus, tmp_path / "large", Feature(look))
    Feature(look).record_path(small).unlink()
    make(corpus, small, FACE)
    (corpus / "F001").rename(corpus / "nobody reads pictures now")
    from_whole_faces = make(corpus, small, Feature(look))
    assert np.array_equal(from_pictures, from_own_faces)
    assert np.array_equal(from_pictures, from_whole_faces)
    store = Store.open(tmp_path / "large")
    for row in range(7):
        wanted = look(np.array(store.patch("face")[row]), np.array(store.aligned_landmarks[row]))
        assert np.array_equal(from_pictures[row], wanted)


def test_a_store_is_opened_and_stays_what_it_is_with_features_or_without(corpus, small, capsys):
    before, record = stamps(small), Store.open(small).record
    make(corpus, small, FACE)
    make(corpus, small, Feature(look))
    after = stamps(small)
    assert {name: after[name] for name in before} == before
    files = {
        f"{FOLDER}/{of.stem}{end}" for of in (FACE, Feature(look)) for end in (".npy", ".json")
    }
    assert after.keys() - before.keys() == files, "nothing unfinished is left"
    capsys.readouterr()
    prepare(corpus, small, SMALL)
    assert capsys.readouterr().err == "" and stamps(small) == after, "and it is not prepared anew"
    (small / FOLDER / f"{FACE.stem}.npy").write_bytes(b"")
    assert Store.open(small).record == record, "features are not looked at"


def test_what_made_it_is_on_record(corpus, small):
    make(corpus, small, Feature(look, scale=0.5))
    record = json.loads(Feature(look, scale=0.5).record_path(small).read_text())
    assert record["feature"] == "test_features" and record["parameters"] == {"scale": 0.5}
    assert (record["rows"], record["shape"], record["dtype"]) == (7, [3], "float32")
    assert record["code"] == Feature(look).code and "numpy" in record["versions"]


def test_other_parameters_are_another_file_and_the_old_one_is_left_alone(corpus, small):
    make(corpus, small, Feature(look))
    before = stamps(small)
    doubled = make(corpus, small, Feature(look, scale=2.0))
    assert {name: stamps(small)[name] for name in before} == before
    assert np.array_equal(doubled[:, 0], 2 * Feature(look).of(Store.open(small))[:, 0])


def test_a_missing_feature_is_refused_with_the_command_that_makes_it(small):
    with pytest.raises(
        StoreError, match=r"found none; make it: python -m data_prep feature face_224"
    ):
        FACE.of(Store.open(small))


@pytest.mark.parametrize("kept", [0, 50, 150])
@pytest.mark.parametrize("end", ["npy", "json"])
def test_a_cut_file_is_refused_naming_it(corpus, small, end, kept):
    make(corpus, small, Feature(look))
    path = small / FOLDER / f"{Feature(look).stem}.{end}"
    path.write_bytes(path.read_bytes()[:kept])
    said = rf"{path.name}: expected a whole feature.* remove .*\.json to make it again"
    with pytest.raises(StoreError, match=said):
        Feature(look).of(Store.open(small))


@pytest.mark.parametrize("wrong", [np.zeros((6, 3), np.float32), np.zeros((7, 3))])
def test_an_array_of_another_shape_or_type_is_refused(corpus, small, wrong):
    make(corpus, small, Feature(look))
    np.save(small / FOLDER / f"{Feature(look).stem}.npy", wrong)
    with pytest.raises(
        StoreError, match=r"\.npy: expected a whole feature, found \(.*not \(\(7, 3\)"
    ):
        Feature(look).of(Store.open(small))


@pytest.mark.parametrize(
    "text", ["[]", "{}", '{"store": "", "array": "", "dtype": "", "shape": 3}']
)
def test_another_record_is_refused(corpus, small, text):
    make(corpus, small, Feature(look))
    Feature(look).record_path(small).write_text(text)
    with pytest.raises(StoreError, match=rf"{Feature(look).stem}.json: expected a whole feature"):
        Feature(look).of(Store.open(small))


def test_a_lost_array_is_refused(corpus, small):
    make(corpus, small, Feature(look))
    (small / FOLDER / f"{Feature(look).stem}.npy").unlink()
    with pytest.raises(StoreError, match=r"\.npy: expected a whole feature"):
        Feature(look).of(Store.open(small))


def test_a_store_that_was_prepared_anew_has_none_until_it_is_made_of_it(
    corpus, small, write_labels
):
    make(corpus, small, Feature(look))
    write_labels(corpus, "F001_T1", {1: [0] * 12, 2: [0, 1] + [0] * 10})
    prepare(corpus, small, SMALL)
    with pytest.raises(StoreError, match="found one of the store as it was before"):
        Feature(look).of(Store.open(small))
    assert len(make(corpus, small, Feature(look))) == len(Store.open(small).landmarks) == 5


def test_pictures_that_changed_since_are_refused_and_nothing_is_made(corpus, small):
    picture = corpus / "F001/T1/0001.jpg"
    data = bytearray(picture.read_bytes())
    data[len(data) // 2] ^= 1
    picture.write_bytes(data)
    with pytest.raises(StoreError, match=r"expected the pictures that .*small was prepared from"):
        make(corpus, small, Feature(look))
    assert stamps(small / FOLDER) == {}
    assert not Feature(look).is_there(Store.open(small))


def test_a_store_that_is_prepared_anew_meanwhile_is_noticed(corpus, small):
    store = Store.open(small)
    changed = {**store.record, "content": "another"}
    (small / RECORD).write_text(json.dumps(changed))
    with pytest.raises(StoreError, match="prepared anew while test_features was made"):
        make_feature(corpus, store, Feature(look), partial(run_chunks, progress=False))
    assert not Feature(look).is_there(store)


def ragged(face, points):
    """As long as the face is bright."""
    return np.zeros(int(face.mean() * 100))


def test_a_feature_of_no_settled_shape_is_refused(corpus, small):
    with pytest.raises(ValueError, match=r"feature test_features: expected \(.*of the first face"):
        make(corpus, small, Feature(ragged))


def test_a_part_of_a_split_hands_over_landmarks_and_features_of_its_frames(make_corpus, tmp_path):
    root, path = make_corpus({"F001_T1": 2, "F002_T1": 3, "M001_T1": 2}), tmp_path / "store"
    prepare(root, path, SMALL)
    make(root, path, Feature(look))
    store = Store.open(path)
    split = Split(train=("F001", "M001"), valid=("F002",), test=("F002",))
    part = split_data(store, split, ("mouth",), ["AU01"])["train"]
    assert part.rows.tolist() == [0, 1, 5, 6] and len(part.feature(Feature(look))) == 4
    assert np.array_equal(part.landmarks, store.aligned_landmarks[[0, 1, 5, 6]])
    whole = Feature(look).of(store)
    assert np.array_equal(part.feature(Feature(look))[[3, 0]], whole[[6, 0]])
    assert isinstance(part.feature(Feature(look)).array, np.memmap)
    with pytest.raises(StoreError, match="make it: python -m data_prep feature face_224"):
        part.feature(FACE)
