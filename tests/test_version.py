"""The version of the code is its commit, and says when files differ from it."""

import subprocess

import pytest

import dsin_lib
from dsin_lib import version


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A repository with code and published results, both committed."""
    (tmp_path / "results" / "published").mkdir(parents=True)
    for name in ("code.py", "results/published/published.json"):
        (tmp_path / name).write_text("1\n")
    for words in (["init", "-q"], ["add", "."], ["commit", "-qm", "first"]):
        who = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *who, *words], cwd=tmp_path, check=True)
    monkeypatch.setattr(version, "PROJECT", tmp_path)
    return tmp_path


def test_only_a_changed_file_of_the_code_is_a_change_of_the_code(project):
    commit = version.code_version()
    assert len(commit) == 12
    (project / "results/published/published.json").write_text("2\n")
    (project / "new").write_text("not in git")
    assert version.code_version() == commit
    (project / "code.py").write_text("2\n")
    assert version.code_version() == f"{commit}-dirty"


def test_without_git_it_is_the_version_of_the_package(tmp_path, monkeypatch):
    monkeypatch.setattr(version, "PROJECT", tmp_path)
    assert version.code_version() == dsin_lib.__version__


def test_code_that_travelled_is_of_the_commit_that_came_with_it(project):
    """Whatever repository is around the folder that it was put into."""
    (project / version.COMMIT).write_text("0123456789ab-dirty\n")
    assert version.code_version() == "0123456789ab-dirty"
