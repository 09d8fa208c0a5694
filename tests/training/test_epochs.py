"""An epoch a batch: the same numbers as fastai's plain loop, whatever it is told."""

from itertools import pairwise

import pytest
import torch
from epoch_learners import SIZE, assert_same, by_batches, by_epochs, fitted, heads, omega, setting


@pytest.mark.parametrize("of", [omega, heads])
@pytest.mark.parametrize("frames", [70, 64, 9], ids=lambda n: f"{n} frames")
def test_an_epoch_a_batch_is_the_plain_loop_bit_for_bit(of, frames):
    """Four mini-batches and a rest, four without, and less than one."""
    assert_same(fitted(by_epochs, of, frames), fitted(by_batches, of, frames))


def test_it_does_train_and_its_frames_come_in_another_order_every_epoch():
    weights, history, seen = fitted(by_epochs, omega)
    assert all(later < earlier for earlier, later in pairwise(history["train_loss"]))
    started = setting(omega)[0].state_dict()
    assert not any(torch.equal(tensor, started[name]) for name, tensor in weights.items())
    first, second = torch.cat(seen[:4]), torch.cat(seen[4:8])
    assert not torch.equal(first.nan_to_num(2.0), second.nan_to_num(2.0))


@pytest.mark.parametrize(
    ("frames", "sizes"), [(70, [SIZE] * 4), (64, [SIZE] * 4), (17, [SIZE]), (9, [9])]
)
def test_a_rest_is_dropped_unless_it_is_all_that_there_is(frames, sizes):
    *_, seen = fitted(by_epochs, omega, frames, ({"n_epoch": 1},))
    assert [len(y) for y in seen] == sizes


@pytest.mark.parametrize("how", [{}, {"reset_opt": True}, {"lr": 0.1}], ids=str)
def test_a_second_fit_of_the_same_learner_goes_on_as_the_plain_one_does(how):
    fits = ({"n_epoch": 2}, {"n_epoch": 2, **how})
    assert_same(fitted(by_epochs, omega, fits=fits), fitted(by_batches, omega, fits=fits))
