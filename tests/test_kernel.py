"""A chapter runs the checkout that it lies in, on its own kernel, with parameters that it has."""

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from checkouts import copy_checkout, shown, write_chapter

from dsin_lib.kernel import KernelError, check, checkout_of, unknown_parameters

ROOT = Path(__file__).parents[1]
KERNEL = ROOT / "dsin_lib" / "jupyter" / "kernels" / "dsin-book" / "kernel.json"


def papermill(notebook, *parameters, cwd, **variables):
    """Executes a notebook by hand with the kernel that this checkout brings."""
    out = cwd / "out.ipynb"
    command = [sys.executable, "-m", "papermill", "--no-progress-bar", str(notebook), str(out)]
    env = {**os.environ, "JUPYTER_PATH": str(KERNEL.parents[2]), **variables}
    done = subprocess.run([*command, *parameters], cwd=cwd, env=env, capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


def test_a_chapter_of_another_checkout_is_refused(tmp_path):
    copied = copy_checkout(tmp_path)
    code, text = papermill(copied / "book" / "audit.ipynb", cwd=tmp_path, PYTHONPATH=str(ROOT))
    assert code != 0
    assert f"lies in the checkout {copied}" in text and f"that of {ROOT}" in text
    assert f"PYTHONPATH={copied}" in text, "the cure"


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        (("-p", "confg", "smoke"), "confg: unknown parameter of this chapter"),
        (("-p", "overrides", "{fusion.hidden: 32}"), "overrides: expected parameters and values"),
    ],
)
def test_a_parameter_that_a_chapter_does_not_have_is_refused(tmp_path, parameters, said):
    chapter = write_chapter(tmp_path / "chapter.ipynb")
    code, text = papermill(chapter, *parameters, cwd=tmp_path, PYTHONPATH=str(ROOT))
    assert code != 0 and said in text, text


def test_a_foreign_python3_is_never_taken_for_the_chapters_kernel(tmp_path):
    """A shared machine has a kernel of that name, whose interpreter may be gone."""
    foreign = tmp_path / "jupyter" / "kernels" / "python3" / "kernel.json"
    foreign.parent.mkdir(parents=True)
    spec = json.loads(KERNEL.read_text())
    foreign.write_text(json.dumps({**spec, "argv": ["/nowhere/python", *spec["argv"][1:]]}))
    chapter = write_chapter(tmp_path / "chapter.ipynb")
    paths = os.pathsep.join([str(foreign.parents[2]), str(KERNEL.parents[2])])
    code, text = papermill(
        chapter, "-p", "config", "smoke", cwd=tmp_path, JUPYTER_PATH=paths, PYTHONPATH=str(ROOT)
    )
    assert code == 0, text
    assert shown(tmp_path / "out.ipynb") == "'smoke'"


def test_what_papermill_put_in_is_held_against_the_cell_before():
    own = "config = 'quick'\nfold: int = 1"
    assert not unknown_parameters(["", own, "# Parameters\nfold = 2\n", "import os"])
    assert not unknown_parameters(["", "# Parameters\nanything = 2\n"]), "it has none of its own"
    said = unknown_parameters(["", own, "# Parameters\nflod = 2\nseeed = 1\n"])
    assert said.startswith("flod, seeed: unknown parameter") and "['config', 'fold']" in said


def test_a_checkout_is_known_from_within(tmp_path):
    assert checkout_of(ROOT / "book" / "data.ipynb") == ROOT
    assert checkout_of(tmp_path) is None


def test_where_jupyter_says_that_the_notebook_lies_is_asked(tmp_path, monkeypatch):
    """In JupyterLab the folder of the kernel may be any; the session names the notebook."""
    other = copy_checkout(tmp_path)
    monkeypatch.setitem(sys.modules, "ipykernel", sys)
    monkeypatch.setattr("IPython.get_ipython", lambda: SimpleNamespace(user_ns={}))
    check(ROOT)
    monkeypatch.setenv("JPY_SESSION_NAME", str(other / "book" / "audit.ipynb"))
    with pytest.raises(KernelError, match=f"lies in the checkout {other}"):
        check(ROOT)
