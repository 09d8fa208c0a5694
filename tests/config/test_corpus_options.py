"""The later options of a corpus: refused where they are none, part of names where they tell."""

import pytest
from pydantic import Field

from data_prep.ensure import reader
from dsin_lib.config import ConfigError, Corpus, changed, digest, load_config
from dsin_lib.config import corpus as corpus_module
from dsin_lib.config.corpora import CORPORA
from dsin_lib.config.places import store_dir
from dsin_lib.runs.rows import ROWS
from dsin_lib.runs.run import Run

ACCEPT = {"accept": "a123456789abcdef"}
LICENSED = [name for name, one in CORPORA.items() if one.licensed]


def of_table_3(options):
    """Overrides of the corpus of Table 3."""
    return {f"corpora.table_3.{name}": value for name, value in options.items()}


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"first_image": 0}, ["corpora.table_3.first_image", "synau_b"]),
        ({"name": "bp4d", "first_image": 0}, ["first_image", "only disfa", "bp4d"]),
        ({"name": "disfa", "first_image": -1}, ["first_image", "greater", "-1"]),
        ({"images": "frames"}, ["corpora.table_3.images", "licensed", "synau_b is rendered"]),
        ({"name": "disfa", "images": "/frames"}, ["images", "relative", "/frames"]),
        ({"name": "bp4d", "images": "a/../.."}, ["images", "inside it"]),
        (ACCEPT, ["corpora.table_3.accept", "licensed", "synau_b is rendered"]),
        ({"name": "bp4d", "accept": "all"}, ["corpora.table_3.accept", "pattern", "all"]),
    ],
)
def test_a_wrong_option_is_refused_by_name(options, named):
    with pytest.raises(ConfigError) as error:
        load_config("smoke", of_table_3(options))
    assert all(word in str(error.value) for word in named)


@pytest.mark.parametrize("name", LICENSED)
def test_an_option_reaches_the_reader(name):
    options = {"images": "frames", **({"first_image": 0} if name == "disfa" else {})}
    found = reader(Corpus(name=name, **options)).keywords
    assert options.items() <= found.items() and "accept" not in found


FIRST = (
    "name", "root", "camera", "active_from", "version", "n_subjects", "n_tasks",
    "frames_per_sequence", "stride", "image_px", "seed",
)  # fmt: skip
"""Parameters of a corpus when stores and runs got their names."""
OF_PICTURES = {True: ("name", "camera"), False: set(FIRST) - {"root", "active_from"}}
"""Those of them that tell its pictures: of a licensed corpus, and of an open one."""


def names(one):
    """What stores and runs are named by, of a corpus and of its pictures."""
    return one.key(), one.pictures_key()


def names_at_first(one):
    """The same from the first parameters alone, whatever others there may be today."""
    pictures = OF_PICTURES[one.source.licensed]
    return tuple(digest({k: getattr(one, k) for k in kept}) for kept in (FIRST, pictures))


@pytest.mark.parametrize("name", CORPORA)
def test_a_later_parameter_at_its_default_is_part_of_no_name(monkeypatch, name):
    """A corpus that says nothing of it is named by its first parameters alone.

    So stores and runs are found again when the library learns a new option: one that were part of
    names at its default would have everybody prepare and train anew what is the same. Defaults,
    profiles and other sections may change, which this does not look at: no name is pinned.
    """
    one = Corpus(name=name, n_subjects=6)
    assert names(one) == names_at_first(one)
    smoke = load_config("smoke")
    config = smoke.model_copy(update={"corpora": smoke.corpora.model_copy(update={"table_3": one})})
    assert Run(config, ROWS["pp_nose"], 1, 0).spec["corpus"].keys() == set(FIRST)
    monkeypatch.setattr(corpus_module, "LATER", set())
    assert one.key() != names_at_first(one)[0], "the control: nothing counts as later"


def test_stores_on_disks_are_found_by_the_names_they_have():
    """Pinned: what changes one has everybody render, find faces and cut patches anew.

    Rendered faces of another version are others; those of a licensed corpus stay what they are.
    """
    first = {name: {} if name in LICENSED else {"version": "1.0.0"} for name in CORPORA}
    keys = {name: names(Corpus(name=name, n_subjects=6, **first[name])) for name in CORPORA}
    assert keys == {
        "synau_b": ("f3bc14d1", "777dea84"),
        "synau_d": ("06882abd", "cbef4bf4"),
        "bp4d": ("5ce578e4", "c6c68e64"),
        "bp4d_plus": ("7e7a8466", "ff9ccdd7"),
        "disfa": ("1acb9ae6", "58bd573d"),
    }
    config = load_config("smoke", of_table_3({"version": "1.0.0"}))
    assert store_dir(config.corpora.table_3, config.preprocessing).name == "synau_b-b3bb9c32"


@pytest.mark.parametrize("name", CORPORA)
def test_a_new_version_of_the_generator_renames_rendered_faces_alone(name):
    class Later(Corpus):
        version: str = Field("99.0.0", validate_default=True)

    now, later = (names(of(name=name, n_subjects=6)) for of in (Corpus, Later))
    assert (now == later) == (name in LICENSED)


def test_other_pictures_are_another_store_and_other_runs(results, tmp_path):
    base = {"name": "disfa", "root": str(tmp_path)}
    names = set()
    for more in ({}, {"first_image": 0}, {"images": "frames"}):
        nose = Run(load_config("smoke", of_table_3({**base, **more})), ROWS["pp_nose"], 1, 0)
        names |= {nose.store.name, nose.folder.name}
    assert len(names) == 6


@pytest.mark.parametrize("name", LICENSED)
def test_what_is_accepted_is_part_of_no_name_and_is_not_lost(results, tmp_path, name):
    base = {"name": name, "root": str(tmp_path)}
    plain, accepted = (
        load_config("smoke", of_table_3(options)) for options in (base, {**base, **ACCEPT})
    )
    own, others = accepted.corpora.table_3, plain.corpora.table_3
    assert own.accept == "a123456789abcdef"
    assert changed(accepted, {"training.patience": 3}).corpora.table_3.accept == own.accept
    assert own.key() == others.key()
    for row in ROWS.values():
        one, other = (Run(config, row, 1, 0) for config in (accepted, plain))
        assert (one.spec, one.store, one.folder) == (other.spec, other.store, other.folder), row.id
