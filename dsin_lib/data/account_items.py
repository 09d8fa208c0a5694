"""What an account of a corpus is made of: its items, in words, as a digest, and on disk.

A figure may be trusted only as far as it is known what it was not computed from. An account is a
list of items, each of a kind of :data:`KINDS`; the kind says how severe it is:

==========  ==========================================================================
severity    meaning
==========  ==========================================================================
error       the corpus cannot be read
left out    something that is there does not count; whoever uses the corpus accepts it
read, note  good to know
==========  ==========================================================================

An account has no path of a machine in it, so the same corpus has the same account everywhere.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import NamedTuple


class Kind(NamedTuple):
    """What an item can be.

    Attributes:
        severity: ``error``, ``left out``, ``read`` or ``note``.
        words: What is counted.
    """

    severity: str
    words: str


KINDS = {
    "subjects": Kind("read", "subjects"),
    "sequences": Kind("read", "sequences"),
    "frames": Kind("read", "frames with label and picture"),
    "no image": Kind("left out", "labels without a picture"),
    "unreadable image": Kind("left out", "pictures that are empty, damaged or unreadable"),
    "dropped frame": Kind("left out", "frames that their video dropped"),
    "truncated image": Kind("left out", "images that end too early"),
    "no face": Kind("left out", "pictures in which no face was found"),
    "several faces": Kind("left out", "pictures with several faces, of which one was taken"),
    "unmatched": Kind("left out", "files that match nothing and were not read"),
    "partly coded": Kind("note", "frames coded for some units only, used for those"),
    "no label": Kind("note", "pictures without a label"),
    "no neutral frame": Kind("note", "subjects without a neutral frame: no say in the anchors"),
    "error": Kind("error", "problems for which the corpus cannot be read"),
}  # fmt: skip
"""Every kind, in the order in which it is told.

Partly coded frames are a note: they train and score the units that they are coded for. So are
pictures without a label: most of BP4D's video is not coded. So is a subject without a neutral
frame, of which BP4D's own labels have one: no frame of it is left out, it is registered to the
anchors of the others; too many of them are an error of their own
(:func:`data_prep.anchors.reference_anchors`). Several faces are left out, as it were: what the
other persons show is not labelled, and whether the right one was taken only its reader can say.
"""


STATUSES = (
    "ok", "no image", "no label", "unreadable image", "dropped frame", "truncated image", "no face"
)  # fmt: skip
"""What can become of a frame; all but the first are kinds of items, and leave it out of the arrays,
never out of the table."""


class AccountError(ValueError):
    """An account that was not accepted, or a file that holds none."""


class Item(NamedTuple):
    """One thing to know of a corpus.

    Attributes:
        kind: One of :data:`KINDS`.
        where: ``F001 T1``, a file relative to the corpus' root, or nothing.
        detail: More of it: frame numbers, a reason.
        count: How many frames, files, subjects it is.
    """

    kind: str
    where: str
    detail: str
    count: int


@dataclass(frozen=True)
class Account:
    """What was read of a corpus, and what was not.

    Attributes:
        items: All there is to know, in the order of :data:`KINDS`.
        path: The file that it was read from; no part of what it says.
    """

    items: tuple[Item, ...]
    path: Path | None = field(default=None, compare=False)

    @property
    def clean(self) -> bool:
        """Whether there is no error and nothing was left out."""
        return not self.of("error") and not self.of("left out")

    @property
    def digest(self) -> str:
        """Sixteen hex digits of all that it says.

        The first is a letter, so that YAML never takes one for a number.
        """
        text = json.dumps([list(item) for item in self.items])
        digits = hashlib.sha256(text.encode()).hexdigest()
        return (digits[re.search("[a-f]", digits).start() :] + digits)[:16]

    def of(self, severity: str) -> list[Item]:
        """The items of a severity."""
        return [item for item in self.items if KINDS[item.kind].severity == severity]

    def lines(self, most: int | None = None, *, notes: int | None = None) -> Iterator[str]:
        """The account in words, a line an item, no name cut.

        Args:
            most: Items of a kind that are said; None: all.
            notes: Items of a kind that is no more than a note, if fewer.
        """
        for kind, group in groupby(self.items, key=lambda item: item.kind):
            some = list(group)
            said, total = KINDS[kind], sum(item.count for item in some)
            yield f"{said.severity}: {said.words}: {total}"
            told = [item for item in some if item.where or item.detail]
            shown = told[: notes if said.severity == "note" and notes is not None else most]
            for item in shown:
                yield "  " + ": ".join(filter(None, (item.where, _shortened(item))))
            if len(told) > len(shown):
                yield f"  ... and {len(told) - len(shown)} more"
        if self.clean:
            ends = "nothing was left out"
        elif self.of("error"):
            ends = "the corpus cannot be read"
        else:
            ends = "something was left out"
        yield f"account {self.digest}: {ends}"

    def to_json(self) -> str:
        """The account as a file holds it, frame numbers whole."""
        content = {
            "digest": self.digest,
            "clean": self.clean,
            "items": [
                {**item._asdict(), "severity": KINDS[item.kind].severity} for item in self.items
            ],
        }
        return json.dumps(content, indent=1, ensure_ascii=False) + "\n"

    @classmethod
    def read(cls, path: Path) -> "Account":
        """The account that a file holds.

        Raises:
            AccountError: Naming the file if it is missing, damaged, or changed by hand.
        """
        try:
            content = json.loads(Path(path).read_text(encoding="utf-8"))
            items = tuple(Item(*(item[name] for name in Item._fields)) for item in content["items"])
            account = cls(items, Path(path))
            if (
                not {item.kind for item in items} <= KINDS.keys()
                or account.digest != content["digest"]
            ):
                raise ValueError("one whose digest is not that of its items")
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise AccountError(f"{path}: expected a whole account, found {error}") from error
        return account


def _shortened(item: Item, most: int = 8) -> str:
    """An item's detail with the first few of its frame numbers; words stay whole."""
    frames, colon, words = item.detail.partition(": ")
    if not (item.where and frames.startswith("frame ")):
        return item.detail
    ranges = frames.split(", ")
    return ", ".join([*ranges[:most], *["..."] * (len(ranges) > most)]) + colon + words
