"""Look at a corpus before anything is spent on it: what is there, and what is wrong with it."""

import os
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dsin_lib.config import Config, changed
from dsin_lib.data.account import Account, account, account_of_problems
from dsin_lib.data.frames import au_columns, initial_status, neutral
from dsin_lib.data.readers import CorpusError, Layout, recognise
from dsin_lib.paper.published import bp4d_labels, disfa_labels

COLUMNS = ["section", "item", "found", "published"]
PUBLISHED = {"bp4d": bp4d_labels, "disfa": disfa_labels}
NOTHING_PUBLISHED = {"source": "no figures of this corpus are at hand"}
PRINTED = 40  # notes of a kind; what is wrong or left out is printed whole

console = Console()
say = partial(console.print, soft_wrap=True, markup=False, highlight=False)


class Checked(NamedTuple):
    """What a check found.

    Attributes:
        table: ``section`` (layout, counts, prevalence), ``item``, ``found`` and ``published``
            (missing where nothing is published). Prevalence is the share of active frames among
            those coded for the unit; an intensity of 2 is active.
        account: What was read, what would be left out, and every problem.
    """

    table: pd.DataFrame
    account: Account


def check(root: Path, **options: Any) -> Checked:
    """Print what a corpus holds beside what was published of it, and its account.

    No image is opened, and of a video only the header is read; a damaged frame shows when the
    corpus is prepared.

    Args:
        root: The corpus' folder, in the layout of BP4D, BP4D+ or DISFA.
        options: Of the layout, as a config's section ``corpus`` has them: ``first_image=0``.

    Raises:
        ValueError: For an option that the layout does not have, or a value out of range.
    """
    root, unmatched = Path(root), list[str]()
    published: dict = NOTHING_PUBLISHED
    rows: list[tuple] = []
    try:
        layout = recognise(root)
        rows.append(("layout", layout.name, None, None))
        published = PUBLISHED.get(layout.name, lambda: NOTHING_PUBLISHED)()
        frames = layout.read(root, **_known(layout, options), unmatched=unmatched)
    except CorpusError as error:
        found = account_of_problems(root, error.problems)
    else:
        found = account(_looked_at(root, frames), unmatched)
        rows += [*_counts(frames, published), *_prevalence(frames, published)]
    table = pd.DataFrame(rows, columns=COLUMNS, dtype=object)
    _print(root, table, found, published["source"])
    return Checked(table, found)


def _known(layout: Layout, options: dict[str, Any]) -> dict[str, Any]:
    """The options as a config has them, refused as a config refuses them."""
    for name in options:
        if name not in layout.options:
            expected = f"expected an option of {layout.name}, {list(layout.options)}"
            raise ValueError(f"{name}: {expected}, found none of that name")
    plain = Config(name="check", corpora={"table_3": {"name": layout.name}})
    changes = {f"corpora.table_3.{name}": value for name, value in options.items()}
    return changed(plain, changes).corpora.table_3.model_dump(include=set(layout.options))


def _looked_at(root: Path, frames: pd.DataFrame) -> pd.DataFrame:
    """The table with the status of each frame, as far as a file tells it that is not opened."""
    unreadable = {s for s in set(frames["source"].dropna()) if not _is_readable(root / s)}
    status = initial_status(frames)
    status[frames["source"].isin(unreadable) & (status == "ok")] = "unreadable image"
    return frames.assign(status=status)


def _is_readable(path: Path) -> bool:
    """Whether a file is there, not empty, and may be read."""
    try:
        return path.stat().st_size > 0 and os.access(path, os.R_OK)
    except OSError:  # a link to nothing
        return False


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


def _print(root: Path, table: pd.DataFrame, found: Account, source: str) -> None:
    """Print tables, then the account; names of files stay whole in any width and in a pipe."""
    names = table.loc[table["section"] == "layout", "item"]
    say(": ".join([str(root), *names]))
    for section, rows in table[table["section"] != "layout"].groupby("section", sort=False):
        shown = Table(title=section, title_justify="left")
        for column in COLUMNS[1:]:
            shown.add_column(column, justify="left" if column == "item" else "right", no_wrap=True)
        for row in rows[COLUMNS[1:]].itertuples(index=False):
            shown.add_row(*("" if pd.isna(cell) else escape(str(cell)) for cell in row))
        console.print(shown)
    problems = sum(item.count for item in found.of("error"))
    last = f"{problems} problem(s). Published: {source}"
    for line in (*found.lines(notes=PRINTED), last):
        say(line)
