"""What is known to be wrong with the printed tables is found, and nothing else."""

from dsin_lib.reporting.claims import audit


def test_the_known_misprinted_averages_are_found():
    known = {
        "Table 3, PP(mouth)", "Table 3, DSIN_2", "Table 3, DSIN_10", "Table 4, PP(right cheek)",
        "Table 5, DRML", "Table 5, CPM", "Table 5, ROI", "Table 6, APL", "Table 6, DRML",
        "Table 6, ROI",
    }  # fmt: skip
    found = audit.mismatches()
    assert known == set(found.index)
    explained = {"Table 3, DSIN_10", "Table 5, CPM", "Table 5, ROI", "Table 6, ROI"}
    assert set(found.index[found["rounding"] == "can explain it"]) == explained
    assert audit.averages()["difference"].abs().iloc[0] > 8  # the right cheek of Table 4


def test_a_number_in_two_places_is_found():
    assert "DSIN_10, AU23" in audit.printed_twice().index


def test_sentences_that_the_printed_tables_contradict():
    found = audit.sentences()
    wrong = set(found.loc[found["verdict"] == "does not", "claim"])
    assert any("AU15 is considerably better from the mouth" in claim for claim in wrong)
    assert any("best on 5 of 12 AUs (thresholds tuned)" in claim for claim in wrong)
    assert not any("AU24" in claim and "mouth" in claim for claim in wrong)
    rounded = set(found.loc[found["verdict"] == "within rounding", "claim"])
    assert "on DISFA the face network is 4.6 % lower than ROI" in rounded


def test_the_rare_classes_are_other_ones():
    found = audit.rare()
    assert "AU17" in found["paper"] and "AU17" not in found["lists"]
    assert {"AU15", "AU23"} <= set(found["lists"]) - set(found["paper"])
