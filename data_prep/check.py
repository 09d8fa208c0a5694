"""Look at a corpus before anything is spent on it: what is there, and what is wrong with it."""

from pathlib import Path

import pandas as pd
from rich.console import Console
from rich.table import Table

from dsin_lib.data.frames import au_columns, initial_status, neutral
from dsin_lib.data.readers import CorpusError, read_bp4d
from dsin_lib.paper.published import bp4d_labels

COLUMNS = ["section", "item", "found", "published"]
LISTED = 12  # frame numbers named of one sequence's problem

console = Console()


def check(root: Path) -> pd.DataFrame:
    """Print what a corpus holds beside what was published of it, and every problem.

    No image is opened; a damaged one shows when the corpus is prepared.

    Args:
        root: The corpus' folder, in the BP4D layout.

    Returns:
        What is printed: ``section`` (counts, prevalence, problems), ``item``, ``found`` and
        ``published`` (missing where nothing is published). Prevalence is the share of active
        frames among those coded for the unit.
    """
    root = Path(root)
    published = bp4d_labels()
    try:
        frames = read_bp4d(root)
    except CorpusError as error:
        rows = [("problems", problem, "error", None) for problem in error.problems]
    else:
        rows = [
            *_counts(frames, published),
            *_prevalence(frames, published),
            *_problems(root, frames),
        ]
    table = pd.DataFrame(rows, columns=COLUMNS, dtype=object)
    _print(root, table, published["source"])
    return table


def _counts(frames: pd.DataFrame, published: dict) -> list[tuple]:
    status = initial_status(frames)
    sequences = frames[["subject", "sequence"]].drop_duplicates()
    with_neutral = frames.loc[neutral(frames) & (status == "ok"), "subject"].nunique()
    return [
        ("counts", "subjects", frames["subject"].nunique(), published["subjects"]),
        ("counts", "sequences", len(sequences), published["sequences"]),
        ("counts", "frames with label and image", int((status == "ok").sum()), published["frames"]),
        ("counts", "labels without an image", int((status == "no image").sum()), None),
        ("counts", "images without a label", int((status == "no label").sum()), None),
        ("counts", "neutral frames", int(neutral(frames).sum()), None),
        ("counts", "subjects with a neutral frame", int(with_neutral), None),
    ]


def _prevalence(frames: pd.DataFrame, published: dict) -> list[tuple]:
    return [
        ("prevalence", name, round(float(share), 4) if pd.notna(share) else None, expected)
        for name in au_columns(frames)
        for share, expected in [(frames[name].mean(), published["prevalence"].get(name))]
    ]


def _problems(root: Path, frames: pd.DataFrame) -> list[tuple]:
    """Labels without images, empty files, units not coded: by sequence, frames named.

    Images without labels are counted above and not listed here: most of BP4D's video is uncoded.
    """
    labels = frames[au_columns(frames)]
    sources = frames["source"]
    empty = [pd.notna(path) and (root / path).stat().st_size == 0 for path in sources]
    kinds = {
        "a label and no image": initial_status(frames) == "no image",
        "an empty image file": pd.Series(empty, index=frames.index, dtype=bool),
        "coded for some units only": labels.isna().any(axis=1) & labels.notna().any(axis=1),
    }
    rows = []
    for what, where in kinds.items():
        for (subject, sequence), some in frames[where].groupby(["subject", "sequence"]):
            numbers = [str(number) for number in some["frame"].head(LISTED)]
            dots = ", ..." if len(some) > LISTED else ""
            item = f"{subject}_{sequence}: {what}: frame {', '.join(numbers)}{dots}"
            rows.append(("problems", item, len(some), None))
    neutral_subjects = set(frames.loc[neutral(frames), "subject"])
    for subject in sorted(set(frames["subject"]) - neutral_subjects):
        rows.append(("problems", f"{subject}: no neutral frame for the anchors", 1, None))
    return rows


def _print(root: Path, table: pd.DataFrame, source: str) -> None:
    for section, rows in table.groupby("section", sort=False):
        shown = Table(title=f"{root}: {section}", title_justify="left")
        for column in COLUMNS[1:]:
            shown.add_column(column, justify="left" if column == "item" else "right")
        for row in rows[COLUMNS[1:]].itertuples(index=False):
            shown.add_row(*("" if pd.isna(cell) else str(cell) for cell in row))
        console.print(shown)
    problems = int((table["section"] == "problems").sum())
    console.print(f"{problems} problem(s). Published: {source}", markup=False)
