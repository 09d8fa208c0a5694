"""The account of a corpus: what was read, what was left out and why.

What it is made of, and how severe each kind of item is, says :mod:`dsin_lib.data.account_items`.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path, PurePosixPath

import pandas as pd

from dsin_lib.data.account_items import KINDS, STATUSES, Account, AccountError, Item
from dsin_lib.data.frames import as_ranges, au_columns, initial_status, neutral
from dsin_lib.faces.subject_face import RULES

__all__ = [
    "Account",
    "AccountError",
    "Item",
    "account",
    "account_of_problems",
    "file_of",
    "first_of_each",
    "require_accepted",
]

MANY = 20
"""Files of one folder and ending that match nothing are one item when there are more."""


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
    if unknown := set(status) - {*STATUSES}:
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


def require_accepted(told: Account, accept: str | None, name: str) -> None:
    """Refuse a corpus of which something was left out that nobody has accepted.

    Args:
        told: Its account.
        accept: The digest of the account that was accepted, ``accept`` of the corpus in the config.
        name: What the corpus is called, there and in the message.

    Raises:
        AccountError: Says what was left out, where the whole account lies, and how it is accepted.
    """
    if told.clean or (accept == told.digest and not told.of("error")):
        return
    said = [line for line in Account(tuple(told.of("error") + told.of("left out"))).lines(5)][:-1]
    lies = [f"The whole account: {told.path}"] if told.path else []
    cure = "An account with errors cannot be accepted: mend the corpus."
    if not told.of("error"):
        cure = (
            f"If that is how it should be, `accept: {told.digest}` beside `name: {name}` in the "
            "config accepts this very account and nothing else."
        )
    if accept and accept != told.digest:
        cure = f"`accept` beside `name: {name}` names another account, {accept}. {cure}"
    raise AccountError("\n".join([f"{name}: something was left out:", *said, *lies, cure]))


def _by_sequence(frames: pd.DataFrame, kind: str, more: str = "") -> list[Item]:
    """An item a sequence, with the numbers of its frames."""
    return [
        Item(kind, f"{subject} {sequence}", f"frame {as_ranges(some, None)}{more}", len(some))
        for (subject, sequence), some in frames.groupby(["subject", "sequence"])["frame"]
    ]


def _several_faces(frames: pd.DataFrame, usable: pd.Series) -> list[Item]:
    """Frames with more than one face, by the rule that chose."""
    if "n_faces" not in frames:
        return []
    several = frames[usable & (frames["n_faces"] > 1)]
    rules = several["taken_by"]
    if unknown := set(rules) - RULES.keys():
        raise ValueError(f"taken_by: expected one of {list(RULES)}, found {sorted(unknown)}")
    return [
        item
        for rule, words in RULES.items()
        for item in _by_sequence(several[rules == rule], "several faces", f": taken: {words}")
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
