"""What is committed as ``results/published`` is whole, and ``make site`` shows it."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest

from dsin_lib.config import load_config
from dsin_lib.config.corpora import CORPORA
from dsin_lib.reporting.site import versions
from dsin_lib.reporting.site.build import ROOT, notebooks
from dsin_lib.reporting.site.pictures import LIMIT
from dsin_lib.reporting.site.publish import ARCHIVES, PUBLISHED
from dsin_lib.reporting.site.publishable import OF_A_MACHINE
from dsin_lib.reporting.site.record import RECORD, ShownRun, read, run_key
from dsin_lib.reporting.site.restore import on_prose, restore, restore_site


def test_every_page_says_which_run_it_shows(tmp_path):
    record = read(PUBLISHED)
    assert record.only(record.chapters) == record, "a run that no page shows"
    for key, run in record.runs.items():
        assert key == run_key(run, sorted((PUBLISHED / "tables" / key).glob("*.csv")))
        load_config(run.profile)
    found = restore(PUBLISHED, tmp_path)
    for name in set(record.chapters) - set(found.aside):
        page = record.chapters[name]
        assert bool(page.corpora) == (page.n_trainings > 0)
        assert not any(CORPORA[of].licensed for of in page.corpora)
        assert page.n_trainings <= len(record.runs[page.run].trainings)
        line = nbformat.read(tmp_path / f"{name}.ipynb", 4).cells[-1].source
        assert record.runs[page.run].profile in line and page.code in line
    assert {path.stem for path in PUBLISHED.glob("book/*.ipynb")} == set(record.chapters)


def test_a_page_made_on_another_version_of_the_faces_says_so_below_its_title(tmp_path):
    """All that show faces, and none that is arithmetic; what is of today's version says nothing."""
    record = read(PUBLISHED)
    made = {}
    for name, page in record.chapters.items():
        (made[name],) = set(versions.recorded(record.runs[page.run]).values())
    for today in sorted(set(made.values())):
        found = restore(PUBLISHED, tmp_path, today=today)
        older = {name for name in made if made[name] != today} - set(found.aside) - {"audit"}
        assert set(found.boxes) == older
    found = restore(PUBLISHED, tmp_path, today="99.0.0")
    shown = set(record.chapters) - set(found.aside)
    assert set(found.boxes) == shown - {"audit"}
    assert f"say so: {next(iter(found.boxes))}" in str(found)
    for name in shown:
        title, *rest = nbformat.read(tmp_path / f"{name}.ipynb", 4).cells[0].source.split("\n\n")
        assert title.startswith("# ") and "\n" not in title
        boxes = "\n".join(rest[: 1 + bool(record.chapters[name].erratum)])
        assert (f"Made on SynAU {made[name]}\n" in boxes) == (name != "audit"), name
        last = nbformat.read(tmp_path / f"{name}.ipynb", 4).cells[-1].source
        assert (f"SynAU {made[name]}" in last) == (name != "audit"), name
    assert on_prose(found) == {"index": found.boxes["ledger"]}


@pytest.mark.parametrize(
    ("config", "corpora", "said"),
    [
        ({"corpus": {"name": "synau_b", "version": "1.0.0"}}, ("synau_b",), "SynAU 1.0.0"),
        (
            {"corpora": {"table_3": {"name": "synau_b", "version": "1.0.0"}, "table_4": None}},
            (),
            "SynAU 1.0.0",
        ),
        (
            {
                "corpora": {
                    "table_3": {"name": "synau_b", "version": "1.0.0"},
                    "table_4": {"name": "synau_d", "version": "2.0.0"},
                }
            },
            ("synau_b", "synau_d"),
            "SynAU-B 1.0.0 and SynAU-D 2.0.0",
        ),
        (
            {
                "corpora": {
                    "table_3": {"name": "synau_b", "version": "2.0.0"},
                    "table_4": {"name": "synau_d", "version": "1.0.0"},
                }
            },
            ("synau_b",),
            "",
        ),
    ],
)
def test_the_version_is_that_of_the_corpora_that_a_page_shows(config, corpora, said):
    page = next(iter(read(PUBLISHED).chapters.values())).model_copy(update={"corpora": corpora})
    run = ShownRun(profile="laptop", config=config, trainings=())
    faces = nbformat.v4.new_markdown_cell(f"# Faces\n\n:::{{admonition}} A\n{versions.RENDERED}")
    shown = nbformat.v4.new_notebook(cells=[faces])
    box = versions.box(versions.made_on(shown, page, run), "2.0.0")
    assert box.partition("\n")[0] == (said and f":::{{admonition}} Made on {said}")


def test_the_note_of_rendered_faces_is_known_by_its_class():
    assert versions.RENDERED in (ROOT / "book" / "_synthetic.md").read_text(encoding="utf-8")


@pytest.fixture
def pages(tmp_path):
    """A copy of the book's pages, to change."""
    shutil.copytree(ROOT / "book", tmp_path / "pages" / "book")
    for name in ("_config.yml", "_toc.yml"):
        shutil.copy(ROOT / name, tmp_path / "pages")
    return tmp_path / "pages"


def test_a_site_is_built_from_what_there_is_when_the_book_has_gone_on(pages, tmp_path):
    """Two chapters are not published, another has another name, and equations are in a chapter."""
    published = shutil.copytree(PUBLISHED, tmp_path / "published")
    record = read(published).only(set(notebooks(ROOT)) - {"ledger", "structure_inference"})
    (published / RECORD).write_text(record.to_json())
    book = pages / "book"
    for path in (pages / "_toc.yml", book / "index.md"):
        path.write_text(path.read_text().replace("silences", "register"))
    (book / "silences.ipynb").rename(book / "register.ipynb")
    for notebook, text in {
        "structure_inference": "$$ a $$ (eq:21)",
        "fusion": "(here)=\n## Here\n\n$$ b $$ (eq:22)",
    }.items():
        whole = nbformat.read(book / f"{notebook}.ipynb", 4)
        whole.cells.append(nbformat.v4.new_markdown_cell(text))
        nbformat.write(whole, book / f"{notebook}.ipynb")
    with (book / "notation.md").open("a") as prose:
        prose.write("\n{eq}`eq:21`, {eq}`eq:22` and {ref}`the place <here>`\n")
    index, found = restore_site(published, tmp_path / "site", pages, today="99.0.0")
    assert found.absent == ("structure_inference", "register", "ledger")
    assert found.aside == ("silences",) and "fusion" in found.changed
    site = tmp_path / "site" / "book"
    ledger = re.sub(r"<[^>]+>", "", (site / "ledger.html").read_text())
    assert "This chapter is not published yet" in ledger
    assert "make publish CONFIG=laptop ONLY=ledger\n" in ledger
    assert "this page shows the published run" not in ledger
    assert "this page shows the published run of profile" in (site / "fusion.html").read_text()
    assert "(21), (22) and the place" in (site / "notation.html").read_text()
    assert "is not in the chapter as it is shown" in (site / "index.html").read_text()
    made = "Made on SynAU"
    assert (
        made in (site / "fusion.html").read_text() and made not in (site / "audit.html").read_text()
    )
    assert "silences.html" not in (site / "patch_prediction.html").read_text()
    assert index.is_file()


def test_holds_no_large_file_and_no_path_of_a_machine():
    for path in filter(Path.is_file, PUBLISHED.rglob("*")):
        if path.parent == PUBLISHED / ARCHIVES:
            continue  # see tests/travel/test_kept.py
        data = path.read_bytes()
        assert len(data) <= LIMIT, path
        assert not OF_A_MACHINE.findall(data.decode("latin-1")), path


@pytest.mark.parametrize(
    ("there", "arguments", "runs"),
    [
        (True, (), "-m dsin_lib.reporting.site.restore"),
        (True, ("CONFIG=quick",), "-m dsin_lib dag --config quick"),
        (False, (), "-m dsin_lib dag --config quick"),
        (False, ("CONFIG=smoke",), "-m dsin_lib dag --config smoke"),
    ],
)
def test_make_site_shows_what_is_published_unless_told(tmp_path, there, arguments, runs):
    shutil.copy(ROOT / "Makefile", tmp_path)
    kernel = "dsin_lib/jupyter/kernels/dsin-book/kernel.json"
    files = ["requirements.lock", "pyproject.toml", kernel, ".venv/.ready"]
    for name in [*files, "results/published/published.json"] if there else files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    clean = {k: v for k, v in os.environ.items() if k not in ("CONFIG", "MAKEFLAGS", "MFLAGS")}
    done = subprocess.run(
        ["make", "--dry-run", "site", *arguments],
        cwd=tmp_path, env=clean, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert runs in done.stdout


@pytest.mark.parametrize(
    ("said", "asked"),
    [((), ""), (("ONLY=bp4d_ablation ledger",), " --only bp4d_ablation --only ledger")],
)
def test_make_publish_takes_chapters(said, asked):
    of_make = ("ONLY", "MAKEFLAGS", "MFLAGS", "MAKELEVEL")  # as if no `make test` ran this
    clean = {k: v for k, v in os.environ.items() if k not in of_make}
    done = subprocess.run(
        ["make", "--dry-run", "--assume-old=.venv/.ready", "publish", "CONFIG=laptop", *said],
        cwd=ROOT, env=clean, capture_output=True, text=True, check=True,
    )  # fmt: skip
    wanted = f"-m dsin_lib.reporting.site.publish --config laptop{asked}"
    assert done.stdout.strip().endswith(wanted)
