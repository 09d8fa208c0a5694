"""One config: a profile's sections, read from one YAML file.

The config stops at the door: only the run, the learner and the data set receive it; modules take
plain keyword arguments. A misspelt or out-of-range parameter is refused by name before anything
runs.
"""

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import get_args

import yaml
from pydantic import Field, ValidationError

from dsin_lib import kernel, sections
from dsin_lib.sections import Section, digest

PROJECT = Path(__file__).resolve().parents[1]
CONFIGS = PROJECT / "configs"


class ConfigError(ValueError):
    """A config that names an unknown parameter or a value out of range."""


class Config(Section):
    """A profile: the whole replication at one size."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9+_-]*$")
    corpus: sections.Corpus = sections.Corpus()
    second_corpus: sections.Corpus | None = Field(None, description="of Table 4; none: no Table 4")
    preprocessing: sections.Preprocessing = sections.Preprocessing()
    patch_prediction: sections.PatchPrediction = sections.PatchPrediction()
    vgg: sections.VGG = sections.VGG()
    fusion: sections.Fusion = sections.Fusion()
    structure_inference: sections.StructureInference = sections.StructureInference()
    training: sections.Training = sections.Training()
    evaluation: sections.Evaluation = sections.Evaluation()
    reporting: sections.Reporting = sections.Reporting()

    def on_second_corpus(self) -> "Config":
        """The same profile with its two corpora exchanged, as Table 4 needs it.

        Exchanged twice, it is the profile again.

        Raises:
            ConfigError: The profile has one corpus only.
        """
        if self.second_corpus is None:
            raise ConfigError(
                f"{self.name}: second_corpus: expected the corpus of Table 4, such as "
                "{name: synau_d, n_subjects: 27}, got none"
            )
        return self.model_copy(update={"corpus": self.second_corpus, "second_corpus": self.corpus})


def load_config(
    name: str | Path = "quick", overrides: Mapping[str, object] | None = None
) -> Config:
    """Reads a profile, changes what ``overrides`` names, and refuses what it does not know.

    Args:
        name: A profile of ``configs/`` without its ending, or the path of a YAML file.
        overrides: Dotted parameter names and their values, ``{"training.patience": 3}``. The
            config's name then gets a suffix, so that its results stand beside the profile's.

    Raises:
        ConfigError: Names the file, the parameter, what was expected and what came.
        KernelError: In a chapter: it lies in another checkout than this code, or was given a
            parameter that it does not have.
    """
    kernel.check(PROJECT)
    path = _find(name)
    try:
        values = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: not YAML in UTF-8: {error}") from None
    if not isinstance(values, dict):
        raise ConfigError(f"{path}: expected sections, got {type(values).__name__}")
    if not isinstance(overrides, Mapping | None):
        raise ConfigError(
            f"overrides: expected parameters and values, got the {type(overrides).__name__} "
            f"{overrides!r}; papermill takes them as YAML: -y 'overrides: {{fusion.hidden: 32}}'"
        )
    if overrides:
        values = with_changes(values, overrides)
        values["name"] = f"{values.get('name', path.stem)}+{digest(dict(overrides))}"
    return _validated(values, path)


def changed(config: Config, changes: Mapping[str, object]) -> Config:
    """The same config with dotted parameters changed; a table's row is such a change."""
    if not changes:
        return config
    return _validated(with_changes(config.model_dump(mode="json"), changes), config.name)


def with_changes(values: Mapping[str, object], changes: Mapping[str, object]) -> dict:
    """A nested mapping with the dotted keys of ``changes`` replaced."""
    result = {k: dict(v) if isinstance(v, Mapping) else v for k, v in values.items()}
    for dotted, value in changes.items():
        section, _, parameter = dotted.partition(".")
        if not parameter or section not in Config.model_fields:
            raise ConfigError(
                f"override {dotted!r}: expected 'section.parameter' with a section of {_sections()}"
            )
        of_section = result.get(section) or {}
        if section == "second_corpus" and not of_section and "second_corpus.name" not in changes:
            raise ConfigError(f"override {dotted!r}: expected a profile with a second corpus")
        result[section] = {**of_section, parameter: value}
    return result


def results_root() -> Path:
    """Where results go: ``results/`` of the project, or the folder that DSIN_RESULTS names.

    Raises:
        ConfigError: DSIN_RESULTS depends on where one stands, or names a file.
    """
    path = absolute(os.environ.get("DSIN_RESULTS") or PROJECT / "results", "DSIN_RESULTS")
    if path.exists() and not path.is_dir():
        raise ConfigError(f"DSIN_RESULTS: expected a folder, got the file {path}")
    return path.resolve()


def absolute(path: str | Path, parameter: str) -> Path:
    """A path that means the same from every folder; ``~`` is the user's home.

    Jobs and notebooks run in folders of their own, so a relative path would mean several places.

    Raises:
        ConfigError: Names the parameter and the path.
    """
    with contextlib.suppress(RuntimeError):  # ~nobody, or no home: stays as it is, not absolute
        expanded = Path(path).expanduser()
        if expanded.is_absolute():
            return expanded
    raise ConfigError(f"{parameter}: expected an absolute path, got {str(path)!r}")


def _sections() -> list[str]:
    return [name for name in Config.model_fields if name != "name"]


def _find(name: str | Path) -> Path:
    path = Path(name)
    if path.suffix not in (".yaml", ".yml"):
        path = CONFIGS / f"{name}.yaml"
    if not path.is_file():
        shipped = sorted(p.stem for p in CONFIGS.glob("*.yaml"))
        raise ConfigError(
            f"no config {str(name)!r}: expected one of {shipped} or a YAML file's path"
        )
    return path


def _validated(values: Mapping[str, object], source: object) -> Config:
    try:
        return Config.model_validate(values)
    except ValidationError as error:
        problems = "\n".join(f"  {_problem(e)}" for e in error.errors())
        raise ConfigError(f"{source}:\n{problems}") from None


def _problem(error: Mapping) -> str:
    """One line: the parameter, what was expected, what came."""
    where = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        known: object = _sections()
        if len(error["loc"]) > 1:
            annotation = Config.model_fields[error["loc"][0]].annotation
            model = next(iter(get_args(annotation)), annotation)  # of "Corpus | None" the first
            known = list(model.model_fields)
        return f"{where}: unknown parameter, expected one of {known}"
    return f"{where}: {error['msg'].lower()}, got {error['input']!r}"
