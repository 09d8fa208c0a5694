"""A subject is never on two sides, whichever list, corpus and fold."""

import pytest

from dsin_lib.data.folds import LISTS, first_subjects, split_subjects

SIZES = {"bp4d": 41, "disfa": 27}


@pytest.mark.parametrize("lists", ["field", "author"])
@pytest.mark.parametrize("corpus", ["bp4d", "disfa"])
def test_shipped_lists_part_the_subjects(lists, corpus):
    parts = LISTS[lists][corpus]
    names = [name for part in parts for name in part]
    assert len(parts) == 3
    assert len(names) == len(set(names)) == SIZES[corpus]


@pytest.mark.parametrize("lists", ["field", "author"])
@pytest.mark.parametrize("fold", [1, 2, 3])
@pytest.mark.parametrize("seed", [0, 1])
def test_a_split_is_subject_exclusive_and_complete(lists, fold, seed):
    everybody = first_subjects(41)
    split = split_subjects(everybody, corpus="bp4d", fold=fold, lists=lists, seed=seed)
    parts = [set(split.train), set(split.valid), set(split.test)]
    assert set.union(*parts) == set(everybody)
    assert sum(map(len, parts)) == 41
    assert set(split.test) == set(LISTS[lists]["bp4d"][fold - 1])


def test_held_out_subjects_depend_on_the_seed_only():
    names = first_subjects(41)
    draw = [split_subjects(names, corpus="bp4d", fold=1, seed=s).valid for s in (0, 0, 1)]
    assert draw[0] == draw[1] != draw[2]
    shuffled = split_subjects(reversed(names), corpus="bp4d", fold=1, seed=0)
    assert shuffled.valid == draw[0]


def test_a_subject_outside_the_lists_is_named():
    with pytest.raises(ValueError, match=r"\['F099'\] are in no fold"):
        split_subjects(["F001", "F099"], corpus="bp4d", fold=1)


def test_too_few_subjects_for_a_fold():
    with pytest.raises(ValueError, match="expected at least 1 test and 2 other"):
        split_subjects(["F001", "F002", "F003"], corpus="bp4d", fold=3)


@pytest.mark.parametrize("n", [6, 12, 24])
def test_small_corpora_fill_the_field_folds_evenly_with_both_sexes(n):
    names = first_subjects(n)
    assert len(set(names)) == n
    assert sum(name.startswith("F") for name in names) == n / 2
    assert {len(set(names) & set(part)) for part in LISTS["field"]["bp4d"]} == {n // 3}
