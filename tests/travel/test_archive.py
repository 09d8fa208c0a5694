"""Archives that are damaged, or foreign, are refused by name, and nothing of them is taken."""

import json
import shutil
import zipfile

import numpy as np
import pytest
from archives import closed, opened
from typer.testing import CliRunner

from dsin_lib.__main__ import app
from dsin_lib.config import results_root
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import Run
from dsin_lib.travel.archive import read_archive
from dsin_lib.travel.pack import pack
from dsin_lib.travel.take import take


@pytest.fixture(scope="module")
def made(smoke, tmp_path_factory):
    """Two archives of a run each."""
    from dsin_lib.config import load_config

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DSIN_RESULTS", str(smoke))
        runs = [Run(load_config("smoke"), ROWS[row], 1, 0) for row in ("pp_nose", "pp_face")]
        folder = tmp_path_factory.mktemp("made")
        return [pack([run], folder / run.row.id)[0] for run in runs]


@pytest.fixture
def good(made):
    return made[0]


@pytest.fixture
def bad(made, tmp_path):
    """A copy, to be spoilt."""
    return shutil.copy(made[1], tmp_path / "bad.zip")


def refused(good, bad, said):
    """That the bad one is refused by name, and nothing of either is added."""
    for paths in ([good, bad], [bad, good]):
        with pytest.raises((ValueError, FileNotFoundError), match=rf"bad\.zip: expected.*{said}"):
            take(paths)
    assert not (results_root() / "runs").exists()


def test_a_flipped_byte_is_found_wherever_it_is(bad, tmp_path):
    """Or it changes nothing, as in a date."""
    whole, data = read_archive(bad), bytearray(bad.read_bytes())
    rng, found = np.random.default_rng(0), 0
    ends = [*range(60), *range(len(data) - 300, len(data))]
    for at in [*ends, *rng.integers(0, len(data), 300)]:
        bit = 0xFF if at % 2 else 1 << int(rng.integers(8))
        data[at] ^= bit
        bad.write_bytes(data)
        data[at] ^= bit
        try:
            other = read_archive(bad)
        except ValueError as error:
            assert str(error).startswith(f"{bad}: expected")
            found += 1
        else:
            assert (other.members, other.runs) == (whole.members, whole.runs)
    assert found > 400


@pytest.mark.parametrize(
    "spoil", ["flipped", "cut short", "empty", "text", "another zip", "absent"]
)
def test_what_is_damaged_is_refused_by_name(results, good, bad, spoil):
    data = bytearray(bad.read_bytes())
    if spoil == "flipped":
        data[len(data) // 2] ^= 1
        bad.write_bytes(data)
    elif spoil == "cut short":
        bad.write_bytes(data[: len(data) // 2])
    elif spoil in ("empty", "text"):
        bad.write_text("" if spoil == "empty" else "<html>404</html>")
    elif spoil == "another zip":
        with zipfile.ZipFile(bad, "w") as archive:
            archive.writestr("holiday.jpg", b"")
    else:
        bad.unlink()
    refused(good, bad, "no file" if spoil == "absent" else "got")


def of_another_format(manifest, members):
    manifest["format"] = 2


def leading_out(manifest, members):
    members["../x"] = b"1"


def leading_out_of_a_run(manifest, members):
    members[f"runs/{next(iter(manifest['runs']))}/../../x.csv"] = b"1"


def from_the_root(manifest, members):
    members["/etc/x.csv"] = b"1"


def of_an_unknown_row(manifest, members):
    renamed(manifest, members, lambda name: name.replace("pp_face", "pp_ear"))


def a_run_that_leads_out(manifest, members):
    renamed(manifest, {}, lambda name: "../../x")


def a_run_that_is_not_listed(manifest, members):
    manifest["runs"] = {}


def a_run_without_scores(manifest, members):
    del members[next(name for name in members if name.endswith("scores.parquet"))]


def without_labels(manifest, members):
    del members[next(name for name in members if name.startswith("labels/"))]


def without_its_store(manifest, members):
    manifest["stores"] = {}


def a_store_of_unknown_pictures(manifest, members):
    manifest["stores"] = {name: {"format": 2} for name in manifest["stores"]}


def runs_that_are_a_list(manifest, members):
    manifest["runs"] = list(manifest["runs"])


def without_runs(manifest, members):
    del manifest["runs"]


def renamed(manifest, members, how):
    manifest["runs"] = {how(name): of for name, of in manifest["runs"].items()}
    for name in list(members):
        members[how(name)] = members.pop(name)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (of_another_format, "format 1, got 2"),
        (leading_out, r"members of an archive of runs, got '\.\./x'"),
        (leading_out_of_a_run, "members of an archive of runs, got 'runs/pp_face/"),
        (from_the_root, "got '/etc/x.csv'"),
        (of_an_unknown_row, "runs of rows .*got 'pp_ear/"),
        (a_run_that_leads_out, "got"),
        (a_run_that_is_not_listed, "got 'runs/pp_face/"),
        (a_run_without_scores, "scores.parquet' of the run pp_face/.*found no such member"),
        (without_labels, "labels/.*found no such member"),
        (without_its_store, "got KeyError"),
        (a_store_of_unknown_pictures, "pictures and weights of the run pp_face/"),
        (runs_that_are_a_list, "got"),
        (without_runs, "got KeyError"),
    ],
)
def test_what_no_archive_holds_is_refused_whatever_its_sums_say(results, good, bad, spoil, said):
    manifest, members = opened(bad)
    spoil(manifest, members)
    closed(bad, manifest, members)
    refused(good, bad, said)
    assert not (results_root().parent / "x").exists() and not list(results_root().glob("**/x*"))


def test_a_member_that_was_exchanged_or_is_missing_is_named(results, good, bad):
    manifest, members = opened(bad)
    name = next(name for name in members if name.endswith("health.csv"))
    closed(bad, manifest, {**members, name: members[name].replace(b"0", b"1")}, summed=False)
    refused(good, bad, f"the content of {name} that was packed, got another")
    del members[name]
    closed(bad, manifest, members, summed=False)
    refused(good, bad, f"'{name}', found no such member")


def test_copied_as_it_is_it_is_taken(results, bad):
    closed(bad, *opened(bad))
    assert len(take([bad]).new) == 1


def test_the_command_says_what_it_did_and_what_it_refused(results, good, bad):
    taken = CliRunner().invoke(app, ["take", str(good)])
    assert taken.output == "1 runs taken, 0 were there\n", taken.output
    again = CliRunner().invoke(app, ["take", str(good)])
    assert again.output == "0 runs taken, 1 were there\n"
    bad.write_text("nothing")
    failed = CliRunner().invoke(app, ["take", str(bad)])
    assert failed.exit_code != 0 and "bad.zip: expected a whole archive" in str(failed.exception)
    assert json.loads(next(results.glob("runs/*/*/pinned.json")).read_text())["why"] == (
        f"taken from {good.name}"
    )
