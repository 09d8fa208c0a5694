"""BP4D+ becomes a store."""

import csv

from data_prep.prepare import prepare
from dsin_lib.data.readers import read_bp4d_plus
from dsin_lib.data.store import Store
from dsin_lib.facs import BP4D_AUS


def test_bp4d_plus_becomes_a_store(make_corpus, tmp_path):
    """Named columns, 5 digits, .png, a code 9, a damaged picture."""
    root = make_corpus({"F082_T1": 4}, padding=5, suffix=".png")
    codes = {1: {}, 2: {1: 1, 14: 9}, 3: {}, 4: {24: 1}}
    with (root / "AUCoding/AU_OCC/F082_T1.csv").open("w", newline="") as stream:
        lines = csv.writer(stream)
        lines.writerow(["Frame", *(f"AU{unit}" for unit in reversed(BP4D_AUS))])
        for frame, found in codes.items():
            lines.writerow([frame, *(found.get(unit, 0) for unit in reversed(BP4D_AUS))])
    picture = root / "F082/T1/00003.png"
    picture.write_bytes(picture.read_bytes()[:5000])
    prepare(root, tmp_path / "store", read=read_bp4d_plus, workers=1, progress=False)
    frames = Store.open(tmp_path / "store").frames
    assert frames["status"].tolist() == ["ok", "ok", "truncated image", "ok"]
    assert frames["AU01"].tolist() == [0, 1, 0, 0] and frames["AU24"].tolist() == [0, 0, 0, 1]
    assert frames["AU14"].isna().tolist() == [False, True, False, False]
    assert set(frames["corpus"]) == {"bp4d_plus"}
