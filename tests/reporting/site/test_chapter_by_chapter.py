"""What is published may come from several profiles and commits, and each chapter says its own."""

import json
import os
import shutil

import nbformat
import pytest
import typer
from fake_book import chart, contents, executed, fill_chapters, plain_cells, write_chapter

from dsin_lib.config.corpus import Corpora
from dsin_lib.config.places import config_dir
from dsin_lib.config.sections import Reporting
from dsin_lib.reporting.site import publish as publishing
from dsin_lib.reporting.site.build import ROOT, notebooks
from dsin_lib.reporting.site.publish import Published, publish, wanted
from dsin_lib.reporting.site.publishable import PublishError
from dsin_lib.reporting.site.record import RECORD, Record, RecordError, read
from dsin_lib.reporting.site.restore import Restored, restore
from dsin_lib.runs.chapters import runs, trainings
from dsin_lib.runs.pins import is_pinned
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import Run, distinct


@pytest.fixture
def other(config):
    """A second profile that shows the same trainings, with tables and pages of its own."""
    other = config.model_copy(update={"name": "other"})
    fill_chapters(other, "DSIN,60")
    return other


def last_line(folder, name):
    return nbformat.read(folder / f"{name}.ipynb", 4).cells[-1].source


def test_two_profiles_stand_side_by_side_and_each_page_says_its_own(
    other, config, pages, out, tmp_path, monkeypatch
):
    monkeypatch.setattr(publishing, "code_version", lambda: "first")
    assert publish(config, out, pages, ["data"]) == Published(("data",), (), ())
    monkeypatch.setattr(publishing, "code_version", lambda: "second")
    assert publish(other, out, pages, ["fusion"]) == Published(("fusion",), ("data",), ())
    assert restore(out, tmp_path, pages) == Restored((), (), ())
    for name, profile, code in (("data", config.name, "first"), ("fusion", "other", "second")):
        line = last_line(tmp_path, name)
        assert f"run of profile {profile} ·" in line and f"made by code {code} ·" in line
    tables = {path.parent.name: path.read_text() for path in (out / "tables").glob("*/table3.csv")}
    record = read(out)
    assert set(tables) == set(record.runs)
    assert "DSIN,50" in tables[record.chapters["data"].run]
    assert "DSIN,60" in tables[record.chapters["fusion"].run]


def test_an_erratum_stands_below_the_title_until_the_chapter_is_published_anew(
    config, pages, out, tmp_path
):
    publish(config, out, pages)
    record = json.loads((out / RECORD).read_text())
    record["chapters"]["fusion"]["erratum"] = "The **gradients** were wrong."
    (out / RECORD).write_text(json.dumps(record))
    restore(out, tmp_path, pages)
    cells = {
        name: nbformat.read(tmp_path / f"{name}.ipynb", 4).cells for name in ("fusion", "data")
    }
    title, box, *_ = cells["fusion"][0].source.split("\n\n")
    assert title.startswith("# ") and "Erratum" in box and "**gradients**" in box
    assert not any("Erratum" in cell.source for cell in cells["data"])
    publish(config, out, pages, ["data"])
    assert read(out).chapters["fusion"].erratum, "published as it was"
    publish(config, out, pages, ["fusion"])
    assert not read(out).chapters["fusion"].erratum


def test_runs_of_a_published_chapter_are_pinned(config, pages, out):
    publish(config, out, pages, ["fusion"])
    pinned = {run.folder for run in distinct(runs("fusion", config))}
    assert pinned and all(is_pinned(folder) for folder in pinned)
    others = {run.folder for run in trainings(config)} - pinned
    assert others and not any(is_pinned(folder) for folder in others)


def test_chapters_of_the_same_trainings_share_a_run_whatever_the_commit(
    config, pages, out, monkeypatch
):
    publish(config, out, pages, ["data"])
    monkeypatch.setattr(publishing, "code_version", lambda: "later")
    publish(config, out, pages, ["fusion"])
    record = read(out)
    assert list(record.chapters) == ["data", "fusion"] and len(record.runs) == 1
    assert record.chapters["fusion"].code == "later" != record.chapters["data"].code


def test_what_is_not_named_stays_as_it_is(config, pages, published):
    before = contents(published)
    write_chapter(config, "data", executed(config, chart()))
    publish(config, published, pages, ["data"])
    after = contents(published)
    changed = {str(path) for path in before.keys() | after.keys()
               if before.get(path) != after.get(path)}  # fmt: skip
    assert changed == {"book/data.ipynb", "book/images/data-2.png", RECORD}
    write_chapter(config, "data", executed(config))
    publish(config, published, pages, ["data"])
    assert set(contents(published)) == set(before), "a picture that no page shows goes"


def test_a_run_that_no_chapter_shows_goes_with_its_tables(other, config, pages, published):
    (old,) = read(published).runs
    publish(other, published, pages, ["data"])
    assert old in read(published).runs
    publish(other, published, pages, ["fusion"])
    (new,) = read(published).runs
    assert new.startswith("other-") and [p.name for p in (published / "tables").iterdir()] == [new]


def test_some_chapters_need_their_own_trainings_only(config, trained, pages, out):
    shutil.rmtree(config_dir(config) / "tables")
    (config_dir(config).parent / "runs").unlink()
    shutil.copytree(trained[1], config_dir(config).parent / "runs", copy_function=os.link)
    shutil.rmtree(Run(config, ROWS["dsin_2"], 2, 0).folder)
    publish(config, out, pages, ["fusion"])
    (run,) = read(out).runs.values()
    assert len(run.trainings) > read(out).chapters["fusion"].n_trainings
    assert ("dsin_2", 2) not in {(one["row"], one["fold"]) for one in run.trainings}
    shutil.rmtree(Run(config, ROWS["pp_mouth"], 2, 0).folder)
    before = contents(out)
    with pytest.raises(PublishError, match=r"pp_mouth/fold2_seed0_.*dsin_lib run pp_mouth "):
        publish(config, out, pages, ["fusion"])
    assert contents(out) == before


def test_an_interrupted_chapter_changes_nothing(other, pages, published, monkeypatch):
    before = contents(published)

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(publishing, "take_out", interrupted)
    with pytest.raises(KeyboardInterrupt):
        publish(other, published, pages, ["fusion"])
    assert contents(published) == before
    assert [path.name for path in published.parent.iterdir()] == ["published"]


def test_a_profile_publishes_the_chapters_that_it_fills(config):
    book = notebooks(ROOT)
    small = config.model_copy(
        update={
            "corpora": Corpora(table_3=config.corpora.table_3),
            "reporting": Reporting(leave_out=("protocols",)),
        }
    )
    assert set(book) - set(wanted(small, book)) == {"disfa_ablation", "protocols"}
    assert wanted(small, book, ["ledger", "data"]) == ["data", "ledger"]
    for name, why in {
        "disfa_ablation": r"disfa_ablation: expected a chapter that profile .* no corpus for Table",
        "protocols": r"protocols: expected .* fills, but its reporting\.leave_out names",
        "notation": r"notation: expected a chapter of _toc\.yml, one of data, label_statistics, ",
    }.items():
        with pytest.raises(PublishError, match=why):
            wanted(small, book, ["data", name])


def test_what_has_changed_or_is_absent_or_gone_is_named(config, pages, published, tmp_path):
    notebook = nbformat.v4.new_notebook(cells=plain_cells())
    notebook.cells[0].source = "# Another title"
    nbformat.write(notebook, pages / "book" / "data.ipynb")
    toc = pages / "_toc.yml"
    toc.write_text(toc.read_text().replace("book/fusion", "book/audit"))
    nbformat.write(notebook, pages / "book" / "audit.ipynb")
    found = restore(published, tmp_path, pages)
    assert found == Restored(changed=("data",), absent=("audit",), aside=("fusion",))
    assert str(found).splitlines() == [
        "Changed since they were published, shown as they were: data",
        "Not published, left out with a word: audit",
        "Published, but no longer in the book, left aside: fusion",
    ]
    assert "the chapter has changed since" in last_line(tmp_path, "data")
    assert not (tmp_path / "fusion.ipynb").exists()
    write_chapter(config, "audit", executed(config))
    audit = nbformat.read(config_dir(config) / "book" / "audit.ipynb", 4)
    audit.cells[0].source = "# Another title"
    write_chapter(config, "audit", audit)
    done = publish(config, published, pages, ["audit"])
    assert done == Published(now=("audit",), kept=("data",), gone=("fusion",))
    assert not list(published.rglob("fusion*"))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("{", "expected the keys 'runs' and 'chapters'; "),
        ('{"profile": "laptop"}', r"expected the keys 'runs' and 'chapters'; profile: Extra"),
        (
            json.dumps({"runs": {}, "chapters": {"data": dict.fromkeys(("run", "code"), "x")}}),
            r"chapters\.data\.published: Field required",
        ),
    ],
)
def test_a_damaged_record_is_named(config, pages, published, tmp_path, text, why):
    (published / RECORD).write_text(text)
    for task in (
        lambda: restore(published, tmp_path, pages),
        lambda: publish(config, published, pages, ["data"]),
    ):
        with pytest.raises(RecordError, match=rf"published\.json: .*{why}"):
            task()


def test_a_page_of_no_run_and_a_lost_page_are_named(pages, published, tmp_path):
    record = read(published)
    path = published / "book" / "data.ipynb"
    path.unlink()
    with pytest.raises(FileNotFoundError, match=r"data\.ipynb: expected a published chapter"):
        restore(published, tmp_path, pages)
    (published / RECORD).write_text(Record(chapters=record.chapters).to_json())
    with pytest.raises(RecordError, match=r"chapters\.data\.run: expected one of \[\], got 'smoke"):
        restore(published, tmp_path, pages)


def test_the_command_says_what_it_did_and_what_it_refused(published, monkeypatch, capsys):
    done = Published(now=("data",), kept=("fusion",), gone=("old",))
    monkeypatch.setattr(publishing, "publish", lambda *_, **__: done)
    publishing.main("smoke", out=published)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("Published smoke in ") and lines[0].endswith(": data")
    assert lines[1:3] == ["As they were: fusion", "No longer in the book, so taken out: old"]
    assert lines[3].startswith("All that is published: 8 files, ")
    monkeypatch.undo()
    with pytest.raises(typer.Exit):
        publishing.main("smoke", ["prologue"], published)
    assert "error: prologue: expected a chapter of _toc.yml" in capsys.readouterr().err
