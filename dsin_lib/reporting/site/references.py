"""References between pages that do not all come from one state of the book.

A site may show a chapter as it was published some time ago, or only its title. Then a page may
refer to what is not there: a page, an equation, a number of another page. Sphinx would refuse the
book, so such a reference becomes the words that it stood for. Wherever the pages are those of one
state of the book, nothing is changed, and a wrong reference is an error.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import nbformat
from nbformat import NotebookNode

LABEL = re.compile(r"^\(([\w:-]+)\)=|\$\$ *\(([\w:-]+)\)|^ *:(?:label|name): *([\w:-]+)", re.M)
LINK = re.compile(r"(?<!!)\[([^\]]*)\]\(([\w./-]*)(#[\w:-]+)?\)")
ROLE = re.compile(r"\{(ref|numref|eq|doc|cite(?::\w+)?)\}`([^`]*)`")
TITLED = re.compile(r"(.*?)\s*<([^<>]+)>", re.S)
GLUE = re.compile(r"```\{glue(?::\w+)?\} *(\S+)\n((?:[ \t]*:.*\n)*)```")
GLUED_FROM = re.compile(r":doc: *(\S+)")
INCLUDE = re.compile(r"```\{include\} *(_[\w.-]+)\n```")
CITED = re.compile(r"^@\w+\{\s*([^,\s]+)\s*,", re.M)
PAGES = (".md", ".ipynb")

GONE = "*What would stand here was in a chapter that the book no longer has.*"


@dataclass(frozen=True)
class Targets:
    """What references may point at.

    Attributes:
        titles: Pages of the table of contents, and their titles.
        labels: Labels on them.
        lost: Labels of the book's chapters that are on no page of this site.
        cited: Keys of the bibliography.
        glued: Pages that are not as the book's chapter is, and the outputs that they have by name.
    """

    titles: Mapping[str, str]
    labels: frozenset[str]
    lost: frozenset[str]
    cited: frozenset[str]
    glued: Mapping[str, frozenset[str]]


def mend(shown: Path, written: Path, listed: Iterable[str], older: Collection[str]) -> None:
    """Turn references to what the shown pages lack into words.

    Args:
        shown: Folder of the pages that the site is built from; they are changed.
        written: Folder of the chapters as the book has them now.
        listed: Names of the pages in the table of contents.
        older: Chapters that are shown otherwise than the book has them: as they were, or by title.
    """
    listed = list(listed)
    texts = {name: text_of(page_of(shown, name)) for name in listed}
    now = {name: text_of(page_of(written, name)) for name in older}
    labels = frozenset(labels_of(texts.values()))
    bibliography = "".join(path.read_text(encoding="utf-8") for path in shown.glob("*.bib"))
    known = Targets(
        titles={name: title_of(text) or name for name, text in texts.items()},
        labels=labels,
        lost=frozenset(labels_of(now.values())) - labels,
        cited=frozenset(CITED.findall(bibliography)),
        glued={name: glued_in(shown / f"{name}.ipynb") for name in older},
    )
    for path in sorted(path for path in shown.iterdir() if path.suffix in PAGES):
        rewrite(path, known)


def rewrite(path: Path, known: Targets) -> None:
    """Turn the references of one page that lead nowhere into words."""
    old = path.stem in known.glued
    if path.suffix == ".md":
        text = path.read_text(encoding="utf-8")
        if (new := in_words(text, known, old)) != text:
            path.write_text(new, encoding="utf-8")
        return
    page = nbformat.read(path, 4)
    cells = [cell for cell in page.cells if cell.cell_type == "markdown"]
    new = [in_words(cell.source, known, old) for cell in cells]
    if new != [cell.source for cell in cells]:
        for cell, text in zip(cells, new, strict=True):
            cell.source = text
        nbformat.write(page, path)


def in_words(text: str, known: Targets, old: bool) -> str:
    """A text with words in place of what it refers to in vain.

    Args:
        text: In MyST.
        known: What there is.
        old: Whether the text is that of a page as it was once, so that anything may be gone.
    """

    def dead(label: str) -> bool:
        return label not in known.labels and (old or label in known.lost)

    def link(found: re.Match) -> str:
        words, target, anchor = found[1], found[2], found[3] or ""
        if not target:
            return words if anchor and dead(anchor[1:]) else found[0]
        name = Path(target).stem
        if Path(target).suffix not in PAGES:
            return found[0]
        if name not in known.titles:
            return (words or name) if old else found[0]
        return f"[{words}]({target})" if name in known.glued else found[0]

    def role(found: re.Match) -> str:
        titled = TITLED.fullmatch(found[2])
        words, target = titled.groups() if titled else ("", found[2])
        keys = [key.strip() for key in target.split(",")]
        if found[1].startswith("cite"):
            return f"({target})" if old and not known.cited.issuperset(keys) else found[0]
        page = Path(target).name
        gone = old and page not in known.titles if found[1] == "doc" else dead(target)
        number = f"({target.split(':')[-1]})"
        return (words or (number if found[1] == "eq" else target)) if gone else found[0]

    def glue(found: re.Match) -> str:
        doc = GLUED_FROM.search(found[2])
        name = Path(doc[1]).stem if doc else ""
        if name in known.glued and found[1] not in known.glued[name]:
            there = f"[{known.titles[name]}]({name}.ipynb)"
            return f"*What would stand here is not in the chapter as it is shown: {there}.*"
        return GONE if old and name and name not in known.titles else found[0]

    for pattern, words in ((GLUE, glue), (ROLE, role), (LINK, link)):
        text = pattern.sub(words, text)
    return text


def with_included(notebook: NotebookNode, folder: Path) -> NotebookNode:
    """The same notebook with the small pages ``_*.md`` that it includes written out in it.

    Raises:
        FileNotFoundError: A page that it includes is not there.
    """

    def text(found: re.Match) -> str:
        path = folder / found[1]
        if not path.is_file():
            raise FileNotFoundError(f"{path}: expected a page that a chapter includes, found none")
        return path.read_text(encoding="utf-8").rstrip("\n")

    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = INCLUDE.sub(text, cell.source)
    return notebook


def quoted(book: Path, listed: Iterable[str]) -> dict[str, set[str]]:
    """The chapters whose outputs a page of prose shows, by the names of the pages that show any."""
    found = {}
    for name in listed:
        text = text_of(page) if (page := page_of(book, name)).suffix == ".md" else ""
        of = (GLUED_FROM.search(glue[2]) for glue in GLUE.finditer(text))
        if chapters := {Path(doc[1]).stem for doc in of if doc}:
            found[name] = chapters
    return found


def page_of(folder: Path, name: str) -> Path:
    """The file of a page: prose, or a notebook."""
    prose = folder / f"{name}.md"
    return prose if prose.is_file() else folder / f"{name}.ipynb"


def text_of(page: Path) -> str:
    """All that is written on a page in MyST."""
    if page.suffix == ".md":
        return page.read_text(encoding="utf-8")
    cells = nbformat.read(page, 4).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def title_of(text: str) -> str:
    """The first heading of the first level, without its marks; empty if there is none."""
    found = re.search(r"^# +(.+)$", text, re.M)
    return found[1].strip() if found else ""


def labels_of(texts: Iterable[str]) -> Iterator[str]:
    """The labels that some texts set."""
    for text in texts:
        for found in LABEL.finditer(text):
            yield next(filter(None, found.groups()))


def glued_in(notebook: Path) -> frozenset[str]:
    """Names of the outputs of a notebook that other pages may show."""
    outputs = [out for cell in nbformat.read(notebook, 4).cells for out in cell.get("outputs", ())]
    names = (out.get("metadata", {}).get("scrapbook", {}).get("name") for out in outputs)
    return frozenset(filter(None, names))
