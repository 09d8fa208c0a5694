"""One config: a profile's sections, read from one YAML file.

The config stops at the door: only the run, the learner and the data set receive it; modules take
plain keyword arguments. A misspelt or out-of-range parameter is refused by name before anything
runs.
"""

from collections.abc import Mapping
from functools import reduce
from pathlib import Path
from typing import get_args

import yaml
from pydantic import BaseModel, Field, ValidationError

from dsin_lib import kernel
from dsin_lib.config import sections
from dsin_lib.config.corpus import Corpora, Corpus, Place
from dsin_lib.config.roots import PROJECT, ConfigError
from dsin_lib.config.section import Section, digest

CONFIGS = PROJECT / "configs"
TABLE_4 = ["corpora", "table_4"]
"""Where a config names the one corpus that it may lack."""


class Config(Section):
    """A profile: the whole replication at one size."""

    name: str = Field(pattern=r"^[a-z0-9][a-z0-9+_-]*$")
    corpora: Corpora = Corpora()
    preprocessing: sections.Preprocessing = sections.Preprocessing()
    patch_prediction: sections.PatchPrediction = sections.PatchPrediction()
    vgg: sections.VGG = sections.VGG()
    fusion: sections.Fusion = sections.Fusion()
    structure_inference: sections.StructureInference = sections.StructureInference()
    training: sections.Training = sections.Training()
    evaluation: sections.Evaluation = sections.Evaluation()
    reporting: sections.Reporting = sections.Reporting()

    def corpus(self, place: Place) -> Corpus:
        """The corpus that a table of the paper is measured on here.

        Raises:
            ConfigError: The profile has none for it.
        """
        corpus = getattr(self.corpora, place)
        if corpus is None:
            raise ConfigError(
                f"{self.name}: corpora.{place}: expected the corpus of Table {place[-1]}, such as "
                "{name: synau_d, n_subjects: 27}, got none"
            )
        return corpus


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


def with_seed(config: Config, seed: int | None) -> Config:
    """The same profile with one seed of the trainings; none: all of its own."""
    return config if seed is None else changed(config, {"evaluation.seeds": [seed]})


def origin(config: Config) -> tuple[str, dict[str, object]]:
    """The profile of ``configs/`` that a config was loaded from, and what it has otherwise.

    Returns:
        Its name, and dotted parameters with their values, such as :func:`load_config` takes; none
        where the name is that of no such profile.
    """
    name = config.name.partition("+")[0]
    if not (CONFIGS / f"{name}.yaml").is_file():
        return config.name, {}
    own, shipped = (_flat(of.model_dump(mode="json")) for of in (config, load_config(name)))
    return name, {
        dotted: value
        for dotted, value in own.items()
        if dotted != "name" and (dotted not in shipped or shipped[dotted] != value)
    }


def with_changes(values: Mapping[str, object], changes: Mapping[str, object]) -> dict:
    """A nested mapping with the dotted keys of ``changes`` replaced.

    Raises:
        ConfigError: A key that names no parameter of a section; a part of a corpus that the
            profile does not have.
    """
    result = _copied(values)
    for dotted, value in changes.items():
        *path, parameter = dotted.split(".")
        if not path or path[0] not in Config.model_fields:
            raise ConfigError(
                f"override {dotted!r}: expected 'section.parameter' with a section of {_sections()}"
            )
        if path == TABLE_4 and not _at(result, path) and f"{'.'.join(path)}.name" not in changes:
            raise ConfigError(
                f"override {dotted!r}: expected a profile with a corpus of Table 4, or its name"
            )
        _at(result, path)[parameter] = value
    return result


def _copied(values: Mapping[str, object]) -> dict:
    return {k: _copied(v) if isinstance(v, Mapping) else v for k, v in values.items()}


def _at(values: dict, path: list[str]) -> dict:
    """The mapping at the end of a path, made where there is none."""
    for name in path:
        if not isinstance(values.get(name), dict):
            values[name] = {}
        values = values[name]
    return values


def _flat(values: Mapping[str, object]) -> dict[str, object]:
    """Values by their dotted names."""
    found: dict[str, object] = {}
    for name, value in values.items():
        inner = _flat(value) if isinstance(value, Mapping) else {}
        found |= {f"{name}.{more}": of for more, of in inner.items()} or {name: value}
    return found


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
        of = reduce(_section, error["loc"][:-1], Config)
        known = [name for name in of.model_fields if name != "name" or of is not Config]
        return f"{where}: unknown parameter, expected one of {known}"
    return f"{where}: {error['msg'].lower()}, got {error['input']!r}"


def _section(of: type[BaseModel], name: str) -> type[BaseModel]:
    """The class of a section, of "Corpus | None" the first."""
    annotation = of.model_fields[name].annotation
    return next(iter(get_args(annotation)), annotation)
