"""Which version of SynAU a published page was made on, and what it says if there is a newer one.

A version draws other faces, so numbers and pictures of two versions must not be mixed up. A page
keeps what it was made on, as the record of its run says, until it is published anew. Nothing here
is written by hand: a page whose version is that of today's generator says nothing.
"""

from collections.abc import Mapping

from nbformat import NotebookNode

from dsin_lib.config import Corpus
from dsin_lib.config.corpora import CORPORA
from dsin_lib.reporting.site.record import Page, ShownRun

TODAY = Corpus().version
"""The version that this checkout's generator makes; a test holds the two together."""

RENDERED = ":class: warning synthetic"
"""In the box at the top of a page that shows rendered faces, `_synthetic.md`."""

NAMES = {"synau_b": "SynAU-B", "synau_d": "SynAU-D"}


def made_on(shown: NotebookNode, page: Page, run: ShownRun) -> dict[str, str]:
    """The open corpora that a published page was made on, and their versions.

    Args:
        shown: The page.
        page: What its record says of it.
        run: The record of its run.

    Returns:
        Name to version; empty for a page of arithmetic, which shows no faces.
    """
    rendered = any(RENDERED in cell.source for cell in shown.cells)
    versions = recorded(run)
    used = page.corpora or (versions if rendered else ())
    return {name: versions[name] for name in used if name in versions}


def recorded(run: ShownRun) -> dict[str, str]:
    """Name to version of every open corpus that the config of a run names, in any older form."""
    parts = run.config.get("corpora") or run.config
    found = [part for part in parts.values() if isinstance(part, dict) and "version" in part]
    return {one["name"]: one["version"] for one in found if not CORPORA[one["name"]].licensed}


def in_words(versions: Mapping[str, str]) -> str:
    """The version as a name, or each corpus with its own where there are several.

    >>> in_words({"synau_b": "1.0.0", "synau_d": "1.0.0"})
    'SynAU 1.0.0'
    >>> in_words({"synau_b": "2.0.0", "synau_d": "1.0.0"})
    'SynAU-B 2.0.0 and SynAU-D 1.0.0'
    """
    if len(of := set(versions.values())) == 1:
        return f"SynAU {of.pop()}"
    return " and ".join(f"{NAMES[name]} {version}" for name, version in versions.items())


def box(versions: Mapping[str, str], today: str = TODAY) -> str:
    """What stands at the top of a page that was made on another version; else nothing.

    Args:
        versions: What it was made on, by corpus.
        today: The version that the generator makes.
    """
    if set(versions.values()) <= {today}:
        return ""
    made = in_words(versions)
    return (
        f":::{{admonition}} Made on {made}\n:class: warning version\n"
        f"Numbers and pictures of this page are those of {made}. The generator now makes\n"
        f"SynAU {today}, which draws other faces. They stay until this page is run again.\n"
        "{ref}`What a version is. <synau-versions>`\n:::"
    )
