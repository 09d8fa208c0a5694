"""What a corpus holds: counts beside Table 2, labels, folds, and what became of every frame."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from dsin_lib.config import Corpus
from dsin_lib.data.account_items import KINDS
from dsin_lib.data.folds import test_subjects
from dsin_lib.data.store import Store
from dsin_lib.paper.published import LISTED, NAMES, label_lists, published_corpora
from dsin_lib.reporting.page import figures  # noqa: F401 (for the book's theme)

RATIOS = ("label cardinality", "label density")
"""The quantities of Table 2 that are no counts."""


def table_2(corpus: Corpus, store: Store) -> pd.DataFrame:
    """Table 2: this corpus, the two corpora as printed, and as their public label lists count.

    Paper: Sec. 4.1.1, Table 2. A frame is active here when at least one coded unit is.

    Returns:
        One line a quantity, written out: this corpus, then printed and counted for BP4D and
        DISFA.
    """
    printed = published_corpora()
    columns = {"this corpus": _counted(corpus, store)}
    for shape, name in NAMES.items():
        columns[f"{name}, printed"] = printed[name]
        columns[f"{name}, counted"] = _of_list(label_lists()[shape])
    table = pd.DataFrame(columns).reindex(printed.index).rename_axis(index=None)
    written = {name: "{:.2f}" if name in RATIOS else "{:,.0f}" for name in table.index}
    return table.apply(lambda line: line.map(written[line.name].format), axis=1)


def sampled(corpus: Corpus) -> str:
    """Which frames of a sequence the corpus holds, in words."""
    if corpus.source.licensed:
        return "all coded frames of each sequence"
    spread = f"one in {corpus.stride} of its video" if corpus.stride > 1 else "one after the other"
    return f"{corpus.frames_per_sequence} frames of each sequence, {spread}"


def counting_rules() -> pd.DataFrame:
    """What "active frame" would have to mean for the printed counts: each rule, and what it gives.

    Cardinality is the mean number of active units over the frames that the rule keeps.
    """
    lists, printed = label_lists(), published_corpora()
    pair = lists["disfa"]["two_or_more_of_twelve_from_intensity_1"]
    bp4d, disfa = (lists[name]["active_units_histogram"] for name in NAMES)
    rules = [("BP4D", f"at least {k} of 12 units", *_kept(bp4d, k)) for k in range(6)]
    rules += [
        ("DISFA", "at least 1 of 8 units, intensity 2 or more", *_kept(disfa, 1)),
        ("DISFA", "at least 2 of 12 units, intensity 1 or more", *pair.values()),
    ]
    lines = {
        f"{corpus}, {rule}": {
            "active frames": f"{frames:,}",
            "printed": f"{printed.loc['active frames', corpus]:,.0f}",
            "label cardinality": f"{cardinality:.2f}",
            "printed ": f"{printed.loc['label cardinality', corpus]:.2f}",
        }
        for corpus, rule, frames, cardinality, *_ in rules
    }
    return pd.DataFrame(lines).T


def prevalence(corpus: Corpus, store: Store) -> pd.DataFrame:
    """Percent of coded frames in which each unit is active, beside the public lists'."""
    labels = store.frames[corpus.aus].mean().astype(float)
    of = LISTED[corpus.source.layout]
    listed = pd.Series(label_lists()[of]["prevalence"])
    return 100 * pd.DataFrame({"this corpus": labels, NAMES[of]: listed}).T[list(labels.index)]


def undetected() -> int:
    """Frames of DISFA that the list with intensities lacks: its authors' detector found no face."""
    disfa = label_lists()["disfa"]
    return disfa["frames"] - disfa["intensity_frames"]


def lost_with_undetected(au: str) -> float:
    """Percent of DISFA's active frames of a unit that are among the undetected."""
    disfa = label_lists()["disfa"]
    active = disfa["frames"] * disfa["prevalence"][au]
    kept = sum(disfa["intensity_histogram"][au][disfa["active_from"] :])
    return 100 * (1 - kept / active)


def folds(corpus: Corpus, store: Store) -> pd.DataFrame:
    """Who is tested in which fold, by both lists: subjects, frames, and their names."""
    frames = store.frames[store.frames["row"].notna()]
    lines = []
    for lists in ("field", "author"):
        for fold in (1, 2, 3):
            listed = test_subjects(corpus.name, fold, lists)
            here = [name for name in listed if name in set(frames["subject"])]
            tested = int(frames["subject"].isin(here).sum())
            lines.append((f"{lists}, fold {fold}", str(len(here)), f"{tested:,}", " ".join(here)))
    columns = ["list", "subjects", "frames", "tested"]
    return pd.DataFrame(lines, columns=columns).set_index("list").rename_axis(None)


def statuses(store: Store) -> pd.DataFrame:
    """How many frames ended how, a line each subject who lost one; the others share a line."""
    counts = pd.crosstab(store.frames["subject"], store.frames["status"])
    lost = counts.drop(columns="ok", errors="ignore").sum(axis=1) > 0
    lines = counts[lost].T
    lines[f"no frame lost ({(~lost).sum()} subjects)"] = counts[~lost].sum()
    lines["all"] = counts.sum()
    return lines.T.assign(all=lines.sum()).rename_axis(index=None, columns=None)


def account(store: Store, most: int = 40) -> pd.DataFrame:
    """What was read of the corpus and what was not: the items of its account, the first of many."""
    items = store.account.items
    lines = [(KINDS[item.kind].words, item.where, item.detail, f"{item.count:,}") for item in items]
    if len(lines) > most:
        lines[most:] = [(f"and {len(lines) - most} more", "", "in account.json of the store", "")]
    index = map(str, range(1, len(lines) + 1))
    return pd.DataFrame(lines, list(index), ["what", "where", "which", "number"])


def _counted(corpus: Corpus, store: Store) -> pd.Series:
    """The quantities of Table 2 for a prepared corpus, over frames with a whole label."""
    labels = store.frames[corpus.aus].dropna()
    histogram = np.bincount(labels.sum(axis=1).astype(int), minlength=labels.shape[1] + 1)
    sequences = len(store.frames[["subject", "sequence"]].drop_duplicates())
    return _quantities(sequences, histogram.tolist())


def _of_list(listed: dict) -> pd.Series:
    return _quantities(listed["sequences"], listed["active_units_histogram"])


def _quantities(sequences: int, histogram: Sequence[int]) -> pd.Series:
    """Table 2 from the number of frames with 0, 1, 2 ... active units."""
    units = len(histogram) - 1
    frames, cardinality = _kept(histogram, 0)
    active, _ = _kept(histogram, 1)
    values = {
        "sequences": sequences,
        "frames": frames,
        "active frames": active,
        "Action Units": units,
        "label cardinality": cardinality,
        "label density": cardinality / units,
    }
    return pd.Series(values)


def _kept(histogram: Sequence[int], least: int) -> tuple[int, float]:
    """Frames with at least so many active units, and the mean number of units among them."""
    counts, units = np.asarray(histogram)[least:], np.arange(least, len(histogram))
    return int(counts.sum()), float((counts * units).sum() / counts.sum())
