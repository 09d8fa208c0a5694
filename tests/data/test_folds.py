"""A subject is never on two sides, whichever list, corpus and fold."""

import pytest

from dsin_lib.config.corpora import CORPORA
from dsin_lib.data.folds import LISTS, first_subjects, fold_lists, split_subjects

SIZES = {"bp4d": 41, "disfa": 27, "bp4d_plus": 140}
SHIPPED = [(kind, corpus) for kind in LISTS if kind != "source" for corpus in LISTS[kind]]


@pytest.mark.parametrize(("kind", "corpus"), SHIPPED)
def test_shipped_lists_part_the_subjects(kind, corpus):
    parts = LISTS[kind][corpus]
    names = [name for part in parts for name in part]
    assert len(parts) == 3
    assert len(names) == len(set(names)) == SIZES[corpus]
    assert max(map(len, parts)) - min(map(len, parts)) <= 1


@pytest.mark.parametrize("corpus", CORPORA)
@pytest.mark.parametrize("lists", ["field", "author"])
@pytest.mark.parametrize("fold", [1, 2, 3])
@pytest.mark.parametrize("seed", [0, 1])
def test_a_split_is_subject_exclusive_and_complete(corpus, lists, fold, seed):
    everybody = [name for part in fold_lists(corpus, lists) for name in part]
    split = split_subjects(everybody, corpus=corpus, fold=fold, lists=lists, seed=seed)
    parts = [set(split.train), set(split.valid), set(split.test)]
    assert all(parts) and set.union(*parts) == set(everybody)
    assert sum(map(len, parts)) == len(everybody), "nobody is on two sides"
    assert set(split.test) == set(fold_lists(corpus, lists)[fold - 1])


def test_every_shipped_list_is_reached():
    reached = {id(fold_lists(corpus, lists)) for corpus in CORPORA for lists in ("field", "author")}
    assert reached == {id(LISTS[kind][corpus]) for kind, corpus in SHIPPED}


def test_held_out_subjects_depend_on_the_seed_only():
    names = first_subjects(41)
    draw = [split_subjects(names, corpus="bp4d", fold=1, seed=s).valid for s in (0, 0, 1)]
    assert draw[0] == draw[1] != draw[2]
    shuffled = split_subjects(reversed(names), corpus="bp4d", fold=1, seed=0)
    assert shuffled.valid == draw[0]


def test_a_subject_outside_the_lists_is_named():
    with pytest.raises(ValueError, match=r"\['F099'\] are in no fold"):
        split_subjects(["F001", "F099"], corpus="bp4d", fold=1)


def test_a_negative_seed_is_refused_by_name():
    with pytest.raises(ValueError, match="seed: expected a whole number from 0, got -1"):
        split_subjects(first_subjects(6), corpus="bp4d", fold=1, seed=-1)


def test_too_few_subjects_for_a_fold():
    with pytest.raises(ValueError, match="expected at least 1 test and 2 other"):
        split_subjects(["F001", "F002", "F003"], corpus="bp4d", fold=3)


@pytest.mark.parametrize("n", [6, 12, 27])
def test_small_corpora_in_disfa_s_layout_fill_its_folds_evenly(n):
    names = first_subjects(n, "synau_d")
    assert len(set(names)) == n
    assert {len(set(names) & set(part)) for part in LISTS["field"]["disfa"]} == {n // 3}


@pytest.mark.parametrize("n", [6, 12, 24])
def test_small_corpora_fill_the_field_folds_evenly_with_both_sexes(n):
    names = first_subjects(n)
    assert len(set(names)) == n
    assert sum(name.startswith("F") for name in names) == n / 2
    assert {len(set(names) & set(part)) for part in LISTS["field"]["bp4d"]} == {n // 3}
