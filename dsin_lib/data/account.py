"""The account of a corpus: what was read, what was left out and why.

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
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import pandas as pd

from dsin_lib.data.frames import STATUSES, as_ranges, au_columns, initial_status, neutral

MANY = 20
"""Files of one folder and ending that match nothing are one item when there are more."""


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
    "unreadable image": Kind("left out", "pictures that are empty, damaged, dropped or unreadable"),
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

TAKEN_BY = {
    "nearest": "the face nearest to the subject's in the frames around was taken",
    "largest": "the largest face was taken",
}
"""By which rule the subject's face was chosen among several."""


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
        found = hashlib.sha256(text.encode()).hexdigest()
        return (found[re.search("[a-f]", found).start() :] + found)[:16]

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
            found = cls(items, Path(path))
            if (
                not {item.kind for item in items} <= KINDS.keys()
                or found.digest != content["digest"]
            ):
                raise ValueError("one whose digest is not that of its items")
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise AccountError(f"{path}: expected a whole account, found {error}") from error
        return found


def account(frames: pd.DataFrame, unmatched: Iterable[str]) -> Account:
    """The account of a corpus that was read.

    Args:
        frames: Its frames table; with ``status`` (and ``n_faces``, ``taken_by``) once pictures
            were opened.
        unmatched: Files that match nothing, relative to its root.

    Raises:
        ValueError: For a status or a rule that there is not.
    """
    status = frames["status"] if "status" in frames else initial_status(frames)
    if unknown := set(status) - STATUSES.keys():
        raise ValueError(f"frames: expected statuses {list(STATUSES)}, found {sorted(unknown)}")
    labels, usable = frames[au_columns(frames)], status == "ok"
    has_neutral = (neutral(frames) & usable).groupby(frames["subject"]).any()
    items = [
        Item("subjects", "", "", int(frames["subject"].nunique())),
        Item("sequences", "", "", len(frames[["subject", "sequence"]].drop_duplicates())),
        Item("frames", "", "", int(usable.sum())),
        *_several_faces(frames, usable),
        *_unmatched(unmatched),
        *(Item("no neutral frame", subject, "", 1) for subject in has_neutral.index[~has_neutral]),
    ]
    stretches = {name: status == name for name in STATUSES if name != "ok"}
    stretches["partly coded"] = labels.isna().any(axis=1) & labels.notna().any(axis=1)
    for kind, where in stretches.items():
        items += _by_sequence(frames[where], kind)
    return _in_order(items)


def account_of_problems(root: Path, problems: Sequence[str]) -> Account:
    """The account of a corpus that cannot be read, the first few problems of each file.

    Args:
        root: Its folder, which is left out of what is said.
        problems: Of a :class:`dsin_lib.data.readers.CorpusError`.
    """
    before = str(root).rstrip("/") + "/"
    items, more = [], dict[str, int]()
    for problem, kept in first_of_each(problems):
        said = problem.removeprefix(f"{root}: ").replace(before, "")
        if kept:
            items.append(Item("error", "", said, 1))
        else:
            more[file_of(said)] = more.get(file_of(said), 0) + 1
    items += [Item("error", "", f"{file}: and {n} more", n) for file, n in more.items()]
    return Account(tuple(items))


def file_of(problem: str) -> str:
    """The file that a problem is of."""
    return problem.split(", line ")[0].split(": expected ")[0]


def first_of_each(problems: Sequence[str], most: int = 3) -> Iterator[tuple[str, bool]]:
    """Every problem, and whether it is one of the first few of its file.

    A file with thousands of bad lines must not hide what is wrong with the others.
    """
    seen: dict[str, int] = {}
    for problem in problems:
        file = file_of(problem)
        seen[file] = seen.get(file, 0) + 1
        yield problem, seen[file] <= most


def require_accepted(found: Account, accept: str | None, name: str) -> None:
    """Refuse a corpus of which something was left out that nobody has accepted.

    Args:
        found: Its account.
        accept: The digest of the account that was accepted, ``corpus.accept`` of the config.
        name: What the corpus is called.

    Raises:
        AccountError: Says what was left out, where the whole account lies, and how it is accepted.
    """
    if found.clean or (accept == found.digest and not found.of("error")):
        return
    said = [line for line in Account(tuple(found.of("error") + found.of("left out"))).lines(5)][:-1]
    lies = [f"The whole account: {found.path}"] if found.path else []
    cure = "An account with errors cannot be accepted: mend the corpus."
    if not found.of("error"):
        cure = (
            f"If that is how it should be, `corpus: {{accept: {found.digest}}}` in the config "
            "accepts this very account and nothing else."
        )
    if accept and accept != found.digest:
        cure = f"`corpus.accept` names another account, {accept}. {cure}"
    raise AccountError("\n".join([f"{name}: something was left out:", *said, *lies, cure]))


def _by_sequence(frames: pd.DataFrame, kind: str, more: str = "") -> list[Item]:
    """An item a sequence, with the numbers of its frames."""
    return [
        Item(kind, f"{subject} {sequence}", f"frame {as_ranges(some, None)}{more}", len(some))
        for (subject, sequence), some in frames.groupby(["subject", "sequence"])["frame"]
    ]


def _several_faces(frames: pd.DataFrame, usable: pd.Series) -> list[Item]:
    """Frames with more than one face, by the rule that chose; stores of old took the largest."""
    if "n_faces" not in frames:
        return []
    several = frames[usable & (frames["n_faces"] > 1)]
    rules = several["taken_by"] if "taken_by" in several else pd.Series("largest", several.index)
    if unknown := set(rules) - TAKEN_BY.keys():
        raise ValueError(f"taken_by: expected one of {list(TAKEN_BY)}, found {sorted(unknown)}")
    return [
        item
        for rule, words in TAKEN_BY.items()
        for item in _by_sequence(several[rules == rule], "several faces", f": {words}")
    ]


def _unmatched(paths: Iterable[str]) -> list[Item]:
    """An item a file or folder; one for many files of one ending in one folder."""
    alike: dict[str, list[PurePosixPath]] = {}
    items = []
    for text in sorted(set(paths)):
        path = PurePosixPath(text)
        if text.endswith("/"):
            items.append(Item("unmatched", text, "a folder, not looked into", 1))
        else:
            alike.setdefault((path.parent / f"*{path.suffix}").as_posix(), []).append(path)
    for pattern, some in alike.items():
        if len(some) > MANY:
            span = f"{len(some)} files from {some[0].name} to {some[-1].name}"
            items.append(Item("unmatched", pattern, span, len(some)))
        else:
            items += [Item("unmatched", path.as_posix(), "", 1) for path in some]
    return items


def _in_order(items: Sequence[Item]) -> Account:
    order = list(KINDS)
    return Account(tuple(sorted(items, key=lambda item: (order.index(item.kind), *item[1:]))))


def _shortened(item: Item, most: int = 8) -> str:
    """An item's detail with the first few of its frame numbers; words stay whole."""
    frames, colon, words = item.detail.partition(": ")
    if not (item.where and frames.startswith("frame ")):
        return item.detail
    ranges = frames.split(", ")
    return ", ".join([*ranges[:most], *["..."] * (len(ranges) > most)]) + colon + words
