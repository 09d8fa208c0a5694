"""The later options of a corpus: refused where they are none, part of names where they tell."""

import pytest

from data_prep.ensure import reader
from dsin_lib import sections
from dsin_lib.config import ConfigError, changed, load_config
from dsin_lib.corpora import CORPORA
from dsin_lib.experiments import ROWS, run_spec
from dsin_lib.paths import run_dir, store_dir
from dsin_lib.sections import Corpus, digest

ACCEPT = {"corpus.accept": "a123456789abcdef"}
LICENSED = [name for name, one in CORPORA.items() if one.licensed]


@pytest.mark.parametrize(
    ("overrides", "named"),
    [
        ({"corpus.first_image": 0}, ["corpus.first_image", "synau_b"]),
        ({"corpus.name": "bp4d", "corpus.first_image": 0}, ["first_image", "only disfa", "bp4d"]),
        ({"corpus.name": "disfa", "corpus.first_image": -1}, ["first_image", "greater", "-1"]),
        ({"corpus.images": "frames"}, ["corpus.images", "licensed", "synau_b is rendered"]),
        ({"corpus.name": "disfa", "corpus.images": "/frames"}, ["images", "relative", "/frames"]),
        ({"corpus.name": "bp4d", "corpus.images": "a/../.."}, ["images", "inside it"]),
        (ACCEPT, ["corpus.accept", "licensed", "synau_b is rendered"]),
        ({"corpus.name": "bp4d", "corpus.accept": "all"}, ["corpus.accept", "pattern", "all"]),
    ],
)
def test_a_wrong_option_is_refused_by_name(overrides, named):
    with pytest.raises(ConfigError) as error:
        load_config("smoke", overrides)
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
    config = load_config("smoke").model_copy(update={"corpus": one})
    assert run_spec(config, ROWS["pp_nose"], 1, 0)["corpus"].keys() == set(FIRST)
    monkeypatch.setattr(sections, "LATER", set())
    assert one.key() != names_at_first(one)[0], "the control: nothing counts as later"


def test_stores_on_disks_are_found_by_the_names_they_have():
    """Pinned: what changes one has everybody render, find faces and cut patches anew."""
    keys = {name: names(Corpus(name=name, n_subjects=6)) for name in CORPORA}
    assert keys == {
        "synau_b": ("f3bc14d1", "777dea84"),
        "synau_d": ("06882abd", "cbef4bf4"),
        "bp4d": ("5ce578e4", "c6c68e64"),
        "bp4d_plus": ("7e7a8466", "ff9ccdd7"),
        "disfa": ("1acb9ae6", "58bd573d"),
    }
    assert store_dir(load_config("smoke")).name == "synau_b-b3bb9c32"


def test_other_pictures_are_another_store_and_other_runs(results, tmp_path):
    base = {"corpus.name": "disfa", "corpus.root": str(tmp_path)}
    names = set()
    for more in ({}, {"corpus.first_image": 0}, {"corpus.images": "frames"}):
        config = load_config("smoke", {**base, **more})
        names |= {store_dir(config).name, run_dir(config, ROWS["pp_nose"], 1, 0).name}
    assert len(names) == 6


@pytest.mark.parametrize("name", LICENSED)
def test_what_is_accepted_is_part_of_no_name_and_is_not_lost(results, tmp_path, name):
    base = {"corpus.name": name, "corpus.root": str(tmp_path)}
    plain, accepted = load_config("smoke", base), load_config("smoke", {**base, **ACCEPT})
    assert accepted.corpus.accept == "a123456789abcdef"
    assert changed(accepted, {"training.patience": 3}).corpus.accept == accepted.corpus.accept
    assert accepted.corpus.key() == plain.corpus.key()
    assert store_dir(accepted) == store_dir(plain)
    for row in ROWS.values():
        assert run_spec(accepted, row, 1, 0) == run_spec(plain, row, 1, 0), row.id
