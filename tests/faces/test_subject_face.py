"""The subject's face is taken, not the largest; whatever else the detector saw."""

import numpy as np
import pytest

from dsin_lib.faces.subject_face import REFERENCES, choose_faces

SUBJECT, STRANGER, CLOTH = (100, 100, 180, 180), (300, 80, 420, 200), (110, 240, 190, 320)


def taken(*frames, numbers=None, sequence=None):
    """Frames are lists of boxes; returns the box taken of each, or None, and the rules."""
    boxes = np.array([box for frame in frames for box in frame], np.int32).reshape(-1, 4)
    n = len(frames)
    chosen, rules = choose_faces(
        np.array(sequence or [0] * n, int),
        np.array(numbers or range(n), int),
        np.array([len(frame) for frame in frames], np.int16),
        boxes,
    )
    return [tuple(boxes[i].tolist()) if i >= 0 else None for i in chosen], rules.tolist()


def moved(box, by):
    return tuple(side + by for side in box)


def test_one_face_or_none_is_no_choice():
    boxes, rules = taken([SUBJECT], [], [STRANGER])
    assert boxes == [SUBJECT, None, STRANGER] and rules == [""] * 3
    assert taken() == ([], [])


@pytest.mark.parametrize("order", [1, -1])
def test_a_larger_stranger_in_every_second_frame(order):
    frames = [[SUBJECT] if k % 2 else [STRANGER, SUBJECT][::order] for k in range(20)]
    boxes, rules = taken(*frames)
    assert boxes == [SUBJECT] * 20 and rules == ["nearest", ""] * 10


def test_three_faces_and_a_smaller_one():
    boxes, rules = taken([SUBJECT], [CLOTH, STRANGER, SUBJECT], [CLOTH, SUBJECT])
    assert boxes == [SUBJECT] * 3 and rules == ["", "nearest", "nearest"]


def test_of_two_faces_in_the_same_place_the_one_of_the_same_size():
    larger = (60, 60, 220, 220)
    assert taken([SUBJECT], [larger, SUBJECT])[0] == [SUBJECT, SUBJECT]


def test_a_subject_that_walks_across_is_followed_through_company():
    """By the end it stands where the stranger stood at first, and the other way about."""
    frames = [
        [(0 + 10 * k, 0, 80 + 10 * k, 80), (600 - 10 * k, 200, 700 - 10 * k, 300)][
            :: 1 - 2 * (k % 2)
        ]
        for k in range(60)
    ]
    frames[0] = [(0, 0, 80, 80)]
    boxes, rules = taken(*frames)
    assert boxes == [(10 * k, 0, 80 + 10 * k, 80) for k in range(60)]
    assert rules == [""] + ["nearest"] * 59


@pytest.mark.parametrize("wrong", [[4], [3, 5], [0, 9]])
def test_a_reference_that_is_the_stranger_is_outvoted(wrong):
    """The subject was overlooked there; that frame keeps the stranger, and no other gets him."""
    frames = [[STRANGER] if k in wrong else [SUBJECT] for k in range(10)]
    frames[6] = [STRANGER, SUBJECT]
    boxes, _ = taken(*frames)
    assert boxes[6] == SUBJECT
    assert [k for k, box in enumerate(boxes) if box == STRANGER] == wrong


def test_where_the_stranger_is_alone_most_of_the_time_he_is_taken():
    """The limit that the docstring names."""
    frames = [[STRANGER]] * REFERENCES + [[STRANGER, SUBJECT]]
    assert taken(*frames)[0][-1] == STRANGER


def test_never_alone_the_largest_of_the_first_frame_begins():
    frames = [[], [CLOTH, STRANGER], [STRANGER, CLOTH], [moved(STRANGER, 9), CLOTH]]
    boxes, rules = taken(*frames)
    assert boxes == [None, STRANGER, STRANGER, moved(STRANGER, 9)]
    assert rules == ["", "largest", "nearest", "nearest"]
    grown = [[SUBJECT, moved(SUBJECT, 200)], [SUBJECT, (0, 0, 500, 500)]]
    assert taken(*grown)[0] == [SUBJECT, SUBJECT]  # as large: the first that the detector lists


def test_every_sequence_by_itself():
    frames = [[SUBJECT], [SUBJECT, STRANGER], [STRANGER], [SUBJECT, STRANGER]]
    boxes, _ = taken(*frames, sequence=[0, 0, 1, 1])
    assert boxes == [SUBJECT, SUBJECT, STRANGER, STRANGER]
    interleaved = [frames[k] for k in (0, 2, 1, 3)]
    assert taken(*interleaved, sequence=[0, 1, 0, 1])[0] == [SUBJECT, STRANGER, SUBJECT, STRANGER]


def test_time_is_the_frames_number_not_its_place_in_the_table():
    """Uneven numbers, and rows in another order than time."""
    near, far = [SUBJECT], [STRANGER]
    frames = [far, far, far, [STRANGER, SUBJECT], near, near, near]
    late = taken(*frames, numbers=[1, 2, 3, 97, 98, 99, 100])[0]
    early = taken(*frames, numbers=[1, 2, 3, 4, 98, 99, 100])[0]
    assert late[3] == SUBJECT and early[3] == STRANGER
    mixed = taken(*frames[::-1], numbers=[100, 99, 98, 97, 3, 2, 1])[0]
    assert mixed == late[::-1]


def test_the_order_of_a_frames_faces_and_of_the_rows_does_not_matter():
    rng = np.random.default_rng(0)
    frames = []
    for k in range(80):
        others = [tuple(box) for box in rng.integers(0, 400, (rng.integers(0, 3), 4)).tolist()]
        own = [moved(SUBJECT, int(rng.integers(-5, 6)) + k)] if k % 7 else []
        frames.append(own + others)
    boxes, rules = taken(*frames)
    order = rng.permutation(80)
    shuffled = [[frames[k][i] for i in rng.permutation(len(frames[k]))] for k in order]
    again, rules_again = taken(*shuffled, numbers=order.tolist())
    assert again == [boxes[k] for k in order] and rules_again == [rules[k] for k in order]


def test_thousands_of_frames_in_company_take_no_minutes():
    n = 5_000
    boxes = np.tile(np.array([STRANGER, SUBJECT], np.int32), (n, 1))
    chosen, rules = choose_faces(np.zeros(n, int), np.arange(n), np.full(n, 2), boxes)
    assert (chosen == np.arange(n) * 2).all() and (rules[1:] == "nearest").all()
