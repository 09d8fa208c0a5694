"""What is published is small, names no machine, comes back as it was, and is complete or absent."""

import base64
import os
import shutil

import nbformat
import numpy as np
import pytest
from fake_book import ALT, MACHINE, chart, contents, executed, pixels, write_chapter

from dsin_lib.config import changed
from dsin_lib.config.places import config_dir
from dsin_lib.reporting.site import publish as publishing
from dsin_lib.reporting.site.pictures import LIMIT, png_outputs
from dsin_lib.reporting.site.publish import ARCHIVES, publish
from dsin_lib.reporting.site.publishable import PublishError, machine_paths
from dsin_lib.reporting.site.record import read
from dsin_lib.reporting.site.restore import Restored, restore
from dsin_lib.runs import chapters
from dsin_lib.runs.rows import ROWS, TRAINED
from dsin_lib.runs.run import Run, distinct


@pytest.fixture
def recorded(once, monkeypatch):
    """What costs most is left out, where it is not what is looked at: every training is there."""
    monkeypatch.setattr(publishing, "record", lambda *_, **__: read(once))


def test_what_is_restored_is_what_was_published(config, pages, published, tmp_path):
    (key,) = read(published).runs
    assert {str(path) for path in contents(published)} == {
        "published.json", f"tables/{key}/table3.csv", "book/fusion.ipynb", "book/data.ipynb",
        *(f"book/images/{name}.png" for name in ("fusion-1", "fusion-2", "fusion-3", "data-1")),
    }  # fmt: skip
    (config_dir(config).parent / "runs").unlink()
    assert restore(published, tmp_path, pages) == Restored((), (), ())
    before = nbformat.read(config_dir(config) / "book" / "fusion.ipynb", 4)
    after = nbformat.read(tmp_path / "fusion.ipynb", 4)
    nbformat.validate(after)
    for (was, kind), (now, _) in zip(png_outputs(before), png_outputs(after), strict=True):
        was, now = (base64.b64decode(data.pop(kind)) for data in (was, now))
        np.testing.assert_array_equal(pixels(was), pixels(now))
    stamp = after.cells.pop()
    assert "profile smoke+" in stamp.source and "60 frames of 4 subjects" in stamp.source
    for old, new in zip(before.cells, after.cells, strict=True):
        assert (old.source, old.get("outputs")) == (new.source, new.get("outputs"))
    assert after.cells[3].metadata == ALT, "alt text stays, times go"


def test_archives_of_runs_stay_as_they_are(config, pages, published, recorded):
    archive = published / ARCHIVES / "runs-01234567.zip"
    archive.parent.mkdir()
    archive.write_bytes(b"1" * (LIMIT + 1))
    publish(config, published, pages)
    assert archive.read_bytes() == b"1" * (LIMIT + 1)


def test_the_record_says_which_run_and_how_long(config, published):
    record = read(published)
    ((key, run),) = record.runs.items()
    assert run.profile == config.name and key.startswith(f"{config.name}-")
    assert run.config == config.model_dump(mode="json")
    assert len(run.trainings) > 2 * len(TRAINED)
    one = next(t for t in run.trainings if t["row"] == "dsin_2" and t["fold"] == 2)
    assert one["seed"] == 0 and one["seconds"] == 4.0 and one["part"] == "Table 3"
    page = record.chapters["fusion"]
    asked = chapters.runs("fusion", config)
    steps = sum(len(one.row.steps) for one in distinct(asked))
    assert page.n_trainings == len(distinct(asked)) < len(run.trainings)
    assert (page.seconds, page.cpu_seconds) == (2 * steps, steps)
    assert (page.frames, page.subjects) == (60, 4) and page.corpora == ("synau_b",)
    assert page.machines == ({"system": "Linux", "device": "cpu"},)


def test_a_chapter_without_trainings_names_no_corpus(published, tmp_path, pages):
    page = read(published).chapters["data"]
    assert page.n_trainings == 0 and page.corpora == ()
    restore(published, tmp_path, pages)
    line = nbformat.read(tmp_path / "data.ipynb", 4).cells[-1].source
    assert (
        f"page made by code {page.code}" in line and "training" not in line and "SynAU" not in line
    )


def test_nothing_names_the_machine_or_the_hour(once, published, monkeypatch):
    monkeypatch.setenv("DSIN_RESULTS", str(once.with_name("results")))
    text = b"".join(contents(published).values()).decode("latin-1")
    assert not machine_paths(text) and "papermill" in (published / "book/fusion.ipynb").read_text()
    assert "start_time" not in text and "status.busy" not in text


@pytest.mark.parametrize("where", ["output", "table"])
def test_a_path_of_the_machine_is_refused_by_the_name_of_its_file(
    config, pages, out, recorded, where
):
    if where == "output":
        notebook = executed(config)
        notebook.cells[3].outputs.append(nbformat.v4.new_output("stream", text=f"{MACHINE}:1: W"))
        write_chapter(config, "data", notebook)
    else:
        (config_dir(config) / "tables" / "data.csv").write_text(f"a\n{MACHINE}\n")
    with pytest.raises(PublishError, match=rf"data\.\w+: expected no path .* found {MACHINE}"):
        publish(config, out, pages)
    assert not out.exists()


def test_the_results_folder_is_a_path_of_the_machine(results):
    assert machine_paths(f"in {results}/runs")
    assert not machine_paths("https://example.org/~home/page, </work>, a/b")


def test_a_large_file_is_refused_by_name(config, pages, out, recorded):
    (config_dir(config) / "tables" / "scores.csv").write_text("1\n" * (LIMIT // 2 + 1))
    with pytest.raises(PublishError, match=r"tables/\S+/scores\.csv: expected at most 1,0"):
        publish(config, out, pages)


@pytest.mark.parametrize("at", ["check", "swap_in", "code_version"])
def test_an_interrupted_publishing_leaves_the_old_one_whole(
    config, pages, out, published, monkeypatch, at
):
    before = contents(published)
    write_chapter(config, "data", executed(config, chart()))

    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(publishing, at, interrupted)
    with pytest.raises(KeyboardInterrupt):
        publish(config, out, pages)
    assert contents(out) == before and [p.name for p in out.parent.iterdir()] == ["published"]


def test_interrupted_between_two_moves_the_old_one_goes_back(tmp_path):
    old, aside = tmp_path / "old", tmp_path / "aside"
    old.mkdir()
    with pytest.raises(FileNotFoundError):
        publishing.swap_in(tmp_path / "absent", old, aside)
    assert old.is_dir() and not aside.exists()


def test_a_missing_training_is_named(config, trained, pages, out):
    (config_dir(config).parent / "runs").unlink()
    shutil.copytree(trained[1], config_dir(config).parent / "runs", copy_function=os.link)
    shutil.rmtree(Run(config, ROWS["dsin_2"], 2, 0).folder)
    with pytest.raises(PublishError, match=r"dsin_2/fold2_seed0_.*dsin_lib run dsin_2 "):
        publish(config, out, pages)


def test_chapters_that_do_not_show_this_config_are_refused(config, pages, out, recorded):
    notebook = executed(config)
    notebook.metadata.papermill.parameters["overrides"] = {"training.patience": 2}
    write_chapter(config, "data", notebook)
    with pytest.raises(PublishError, match=r"data\.ipynb: expected .* got .*patience"):
        publish(config, out, pages)
    notebook = executed(config)
    notebook.cells[0].source = "# An older chapter"
    write_chapter(config, "data", notebook)
    with pytest.raises(PublishError, match=r"book/data\.ipynb has changed since"):
        publish(config, out, pages)
    (config_dir(config) / "book" / "data.ipynb").unlink()
    with pytest.raises(PublishError, match=r"data\.ipynb: expected an executed chapter"):
        publish(config, out, pages)


@pytest.mark.parametrize("name", ["bp4d", "bp4d_plus", "disfa"])
def test_a_licensed_corpus_is_not_published(config, pages, out, name):
    licensed = changed(config, {"corpora.table_3.name": name})
    with pytest.raises(PublishError, match=f"expected an open corpus, got {name}"):
        publish(licensed, out, pages)


def test_nor_is_a_licensed_one_of_table_4(config, pages, out):
    licensed = changed(config, {"corpora.table_4.name": "disfa"})
    with pytest.raises(PublishError, match=r"corpora\.table_4\.name: expected an open corpus"):
        publish(licensed, out, pages, ["data"])


def test_a_lost_picture_is_named(pages, published, tmp_path):
    (published / "book/images/fusion-2.png").unlink()
    with pytest.raises(FileNotFoundError, match=r"images/fusion-2\.png: expected a picture"):
        restore(published, tmp_path, pages)
