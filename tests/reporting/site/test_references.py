"""A reference to what the site does not show becomes words, and no other reference is touched."""

import nbformat
import pytest

from dsin_lib.reporting.site.build import ROOT, listed
from dsin_lib.reporting.site.references import (
    GONE,
    Targets,
    in_words,
    labels_of,
    mend,
    text_of,
    with_included,
)

KNOWN = Targets(
    titles={"data": "Frames", "ledger": "The claims ledger", "notation": "Notation"},
    labels=frozenset({"eq:5", "label-lists"}),
    lost=frozenset({"eq:7", "a-part"}),
    cited=frozenset({"corneanu2018"}),
    glued={"ledger": frozenset({"there"})},
)

STAYS = (
    "[frames](data.ipynb), {ref}`lists <label-lists>`, {eq}`eq:5`, {cite:p}`corneanu2018`",
    "[a page](https://example.org/a.md) and ![a picture](gone.png), x[i](j)",
    "[lists](#label-lists), {glue:text}`here`, {doc}`notation`",
    "```{glue} there\n:doc: ledger.ipynb\n```",
    "```{glue} own\n```",
)

LOST = {
    "{eq}`eq:7` follows": "(7) follows",
    "{ref}`the part <a-part>` and {ref}`a-part`": "the part and a-part",
    "[the part](#a-part)": "the part",
    "[the ledger](ledger.ipynb#claims)": "[the ledger](ledger.ipynb)",
    "a\n\n```{glue} lost\n:doc: ledger.ipynb\n```\nb": (
        "a\n\n*What would stand here is not in the chapter as it is shown: "
        "[The claims ledger](ledger.ipynb).*\nb"
    ),
}

OF_AN_OLD_PAGE = {
    "[two\nprotocols](protocols.ipynb) and [](protocols.md)": "two\nprotocols and protocols",
    "{eq}`eq:99`, {doc}`protocols`, {doc}`how <protocols>`": "(99), protocols, how",
    "{cite:p}`corneanu2018,gone2001`": "(corneanu2018,gone2001)",
    "```{glue} x\n:doc: protocols.ipynb\n```": GONE,
}


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("text", STAYS)
def test_what_leads_somewhere_stays(text, old):
    assert in_words(text, KNOWN, old) == text


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("text", LOST)
def test_what_a_chapter_would_show_becomes_words_on_every_page(text, old):
    assert in_words(text, KNOWN, old) == LOST[text]


@pytest.mark.parametrize("text", OF_AN_OLD_PAGE)
def test_what_the_book_no_longer_has_becomes_words_on_old_pages_alone(text):
    assert in_words(text, KNOWN, old=True) == OF_AN_OLD_PAGE[text]
    assert in_words(text, KNOWN, old=False) == text, "an author's error, which Sphinx must see"


def test_labels_are_found_wherever_they_are_set():
    text = "(a-part)=\n# Title\n\n$$ x $$ (eq:1)\n\n```{figure} f.png\n:name: a-figure\n```\n"
    assert list(labels_of([text])) == ["a-part", "eq:1", "a-figure"]
    assert {f"eq:{n}" for n in range(1, 11)} <= {*labels_of([text_of(ROOT / "book/notation.md")])}


def test_prose_that_refers_to_an_older_chapter_is_put_into_words(tmp_path):
    def notebook(folder, text, *names):
        cells = [nbformat.v4.new_markdown_cell(text), nbformat.v4.new_code_cell()]
        cells[1].outputs = [
            nbformat.v4.new_output("display_data", metadata={"scrapbook": {"name": name}})
            for name in names
        ]
        (tmp_path / folder).mkdir()
        nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / folder / "data.ipynb")

    notebook("shown", "# Frames\n\n{cite:p}`gone`", "kept")
    notebook("written", "# Frames\n\n$$ x $$ (eq:2)", "kept", "new")
    glued = "```{{glue}} {}\n:doc: data.ipynb\n```\n"
    prose = tmp_path / "shown" / "index.md"
    prose.write_text(f"# Front\n\n{{eq}}`eq:2`, {{eq}}`eq:3`\n{glued.format('kept')}")
    with prose.open("a") as file:
        file.write(glued.format("new"))
    mend(tmp_path / "shown", tmp_path / "written", ["index", "data"], ["data"])
    text = prose.read_text()
    assert "(2), {eq}`eq:3`" in text and glued.format("kept") in text
    assert text.endswith("is not in the chapter as it is shown: [Frames](data.ipynb).*\n")
    assert text_of(tmp_path / "shown" / "data.ipynb") == "# Frames\n\n(gone)"


def test_an_included_page_is_written_out_and_a_missing_one_is_named(tmp_path):
    (tmp_path / "_note.md").write_text(":::{note}\nof\n:::\n")
    cells = [
        nbformat.v4.new_markdown_cell("# A\n\n```{include} _note.md\n```\n\nb"),
        nbformat.v4.new_code_cell("x"),
    ]
    whole = with_included(nbformat.v4.new_notebook(cells=cells), tmp_path)
    assert whole.cells[0].source == "# A\n\n:::{note}\nof\n:::\n\nb"
    cells[0].source = "```{include} _gone.md\n```"
    with pytest.raises(FileNotFoundError, match=r"_gone\.md: expected a page that a chapter"):
        with_included(nbformat.v4.new_notebook(cells=cells), tmp_path)


def test_every_page_of_the_table_of_contents_is_listed():
    assert listed(ROOT)[0] == "index" and {"notation", "data"} < {*listed(ROOT)}
