"""Look at a corpus before anything is spent on it: what is there, and what is wrong with it."""

from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from data_prep.anchors import NEUTRAL_FRAMES
from dsin_lib.data.frames import au_columns, initial_status, neutral
from dsin_lib.data.readers import CorpusError, recognise
from dsin_lib.data.readers.lines import as_ranges
from dsin_lib.paper.published import bp4d_labels, disfa_labels

COLUMNS = ["section", "item", "found", "published"]
PUBLISHED = {"bp4d": bp4d_labels, "disfa": disfa_labels}
NOTHING_PUBLISHED = {"source": "no figures of this corpus are at hand"}
PRINTED = 40  # rows of a section; the returned table has them all

console = Console()


def check(root: Path) -> pd.DataFrame:
    """Print what a corpus holds beside what was published of it, and every problem.

    No image is opened, and of a video only the header is read; a damaged frame shows when the
    corpus is prepared.

    Args:
        root: The corpus' folder, in the layout of BP4D, BP4D+ or DISFA.

    Returns:
        What is printed: ``section`` (layout, counts, prevalence, problems, uncoded), ``item``,
        ``found`` and ``published`` (missing where nothing is published). Prevalence is the share
        of active frames among those coded for the unit; an intensity of 2 is active.
    """
    root = Path(root)
    published: dict = NOTHING_PUBLISHED
    rows: list[tuple] = []
    try:
        layout = recognise(root)
        rows.append(("layout", layout.name, None, None))
        published = PUBLISHED.get(layout.name, lambda: NOTHING_PUBLISHED)()
        frames = layout.read(root)
    except CorpusError as error:
        rows += [("problems", problem, "error", None) for problem in error.problems]
    else:
        rows += [
            *_counts(frames, published),
            *_prevalence(frames, published),
            *_problems(root, frames),
            *_uncoded(frames),
        ]
    table = pd.DataFrame(rows, columns=COLUMNS, dtype=object)
    _print(root, table, published["source"])
    return table


def _counts(frames: pd.DataFrame, published: dict) -> list[tuple]:
    status = initial_status(frames)
    sequences = frames[["subject", "sequence"]].drop_duplicates()
    with_neutral = frames.loc[neutral(frames) & (status == "ok"), "subject"].nunique()
    usable = int((status == "ok").sum())
    return [
        ("counts", "subjects", frames["subject"].nunique(), published.get("subjects")),
        ("counts", "sequences", len(sequences), published.get("sequences")),
        ("counts", "frames with label and image", usable, published.get("frames")),
        ("counts", "labels without an image", int((status == "no image").sum()), None),
        ("counts", "images without a label", int((status == "no label").sum()), None),
        ("counts", "neutral frames", int(neutral(frames).sum()), None),
        ("counts", "subjects with a neutral frame", int(with_neutral), None),
    ]


def _prevalence(frames: pd.DataFrame, published: dict) -> list[tuple]:
    expected = published.get("prevalence", {})
    shares = frames[au_columns(frames)].astype("Float64").mean()
    return [
        ("prevalence", name, None if pd.isna(share) else round(share, 4), expected.get(name))
        for name, share in shares.items()
    ]


def _problems(root: Path, frames: pd.DataFrame) -> list[tuple]:
    """Labels without images, empty files, units not coded: by sequence, frames named."""
    labels = frames[au_columns(frames)]
    empty = {path for path in set(frames["source"].dropna()) if not (root / path).stat().st_size}
    kinds = {
        "a label and no image": initial_status(frames) == "no image",
        "an empty image file": frames["source"].isin(empty),
        "coded for some units only": labels.isna().any(axis=1) & labels.notna().any(axis=1),
    }
    rows = [row for what, where in kinds.items() for row in _by_sequence(frames, where, what)]
    usable = neutral(frames) & (initial_status(frames) == "ok")
    for subject, count in usable.groupby(frames["subject"]).sum().items():
        if count < NEUTRAL_FRAMES:
            said = f"{subject}: too few neutral frames for a say in the anchors"
            rows.append(("problems", said, int(count), None))
    return rows


def _uncoded(frames: pd.DataFrame) -> list[tuple]:
    """Images without a label; no problem, since most of BP4D's video is not coded."""
    where = initial_status(frames) == "no label"
    return _by_sequence(frames, where, "an image and no label", "uncoded")


def _by_sequence(
    frames: pd.DataFrame, where: pd.Series, what: str, section: str = "problems"
) -> list[tuple]:
    return [
        (section, f"{subject} {sequence}: {what}: frame {as_ranges(some)}", len(some), None)
        for (subject, sequence), some in frames[where].groupby(["subject", "sequence"])["frame"]
    ]


def _print(root: Path, table: pd.DataFrame, source: str) -> None:
    for section, rows in table.groupby("section", sort=False):
        shown = Table(title=f"{root}: {section}", title_justify="left")
        for column in COLUMNS[1:]:
            shown.add_column(column, justify="left" if column == "item" else "right")
        for row in rows[COLUMNS[1:]].head(PRINTED).itertuples(index=False):
            shown.add_row(*("" if pd.isna(cell) else escape(str(cell)) for cell in row))
        if len(rows) > PRINTED:
            shown.add_row(f"... and {len(rows) - PRINTED} more")
        console.print(shown)
    problems = int((table["section"] == "problems").sum())
    console.print(f"{problems} problem(s). Published: {source}", markup=False)
