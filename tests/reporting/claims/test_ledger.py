"""Every claim has one line a table, and the words count what the lines say."""

import pandas as pd
import pytest

from dsin_lib.config import load_config
from dsin_lib.config.corpus import Corpora
from dsin_lib.paper.published import reference_phi
from dsin_lib.reporting.chapters import ledger as chapter
from dsin_lib.reporting.claims import ledger
from dsin_lib.reporting.claims.observations import held


@pytest.fixture
def whole(smoke, monkeypatch):
    monkeypatch.setenv("DSIN_RESULTS", str(smoke))
    return load_config("smoke")


def test_the_whole_ledger(whole):
    found = ledger.ledger(chapter.evidence(whole))
    assert found.groupby(["id", "table"]).size().max() == 1
    assert {"locality-upper", "thresholds-disfa", "chi-minimal"} <= set(found["id"])
    both = found[found["id"] == "structure-average"].set_index("table")
    assert set(both.index) == {"3", "4"} and both["paper"].nunique() == 2
    of_others = found[(found["verdict"] == "not run here") & (found["id"] != "topology")]
    assert set(of_others["table"]) <= {"5", "6", "3 and 5", "4 and 6", ""}
    counts = ledger.summary(found)
    assert sum(counts.values()) == len(found)
    words = chapter.in_words(whole, found).data
    of_lists = counts["arithmetic"]
    assert of_lists == 7, "prevalence and phi in public label lists, the same in every run"
    (vgg,) = found.loc[found["id"] == "topology", "verdict"]
    assert vgg == "not run here", "from random weights it is not the network of the sentence"
    assert f"Of {len(found) - counts['not run here'] - of_lists} claims" in words
    assert f"{of_lists} more are settled by public label lists" in words
    assert "SynAU-B" in words and "SynAU-D" in words
    shown = ledger.with_verdict(found, "undecided")
    assert len(shown) >= counts["undecided"] and "verdict" not in shown


def test_without_a_second_corpus_its_claims_are_not_run(whole):
    alone = Corpora(table_3=whole.corpora.table_3)
    evidence = chapter.evidence(whole.model_copy(update={"corpora": alone}))
    found = ledger.ledger(evidence)
    of_table_4 = found[found["table"].isin(["4", "6"])]
    assert set(of_table_4["verdict"]) == {"not run here"}
    assert of_table_4["margin"].isna().all() and of_table_4["paper"].notna().all()
    lines = held(evidence).set_index("id")
    listed = reference_phi("bp4d").loc["AU04", "AU17"]
    assert lines.loc["phi-au04-au17", "paper"] == pytest.approx(-listed)
    assert lines.loc["fusion-more-on-disfa", "verdict"] == "not run here"
    assert lines.loc["rare-classes", "verdict"] == "not supported"


def test_a_verdict_without_lines_says_none():
    line = pd.DataFrame(
        {
            **{name: [""] for name in ("id", "claim", "reads", "table", "basis", "arithmetic")},
            **{"paper": [1.0], "margin": [1.0], "low": [0.5], "high": [2.0]},
            "verdict": ["supported"],
        }
    )
    assert list(ledger.with_verdict(line, "undecided").index) == ["none"]
    assert "0.50 to 2.00" in ledger.with_verdict(line, "supported").to_string()
