"""The fixed 2,000 frames that an outside reader reads, named in `frames.csv`.

1,528 are spread evenly over both corpora of seed 0: 4 a sequence of SynAU-B, 8 a subject of
SynAU-D. The other 472 top up units that are rare at level C and above, as drawn; of SynAU-D only
those that SynAU-B does not code. They were chosen by `choose` from what 1.0.0 drew, before anybody
read a frame, and are the same for every version of the generator. No frame was chosen because it
is easy to read: among the frames at C and above it is chance, subject by subject in turn.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from data_prep.synth.acting import lips
from data_prep.synth.acting.action_units import damped
from data_prep.synth.acting.performance import Performance, perform
from data_prep.synth.labels.process import level
from data_prep.synth.plan.shapes import SHAPES

FRAMES = Path(__file__).with_name("frames.csv")
SEED = 0
"""Seed of both corpora, and of the choice."""
EVENLY = {"synau_b": 4, "synau_d": 8}
"""Frames a sequence, in the middles of as many equal parts of it."""
MORE = {
    "synau_b": {15: 47, 17: 47, 23: 47, 24: 47},
    "synau_d": {5: 8, 9: 80, 20: 50, 25: 66, 26: 80},
}
"""Unit -> frames more at level C and above. AU5 is drawn so for seconds only, on two people."""
C = 3
"""Number of level C."""
APART_S = 1.0
"""Seconds between two frames that are chosen for one unit, at least."""


def whole(subject: str, task: str) -> Performance:
    """Returns every video frame of one sequence."""
    n = next(s for s in SHAPES.values() if subject in s.subjects).frames_per_sequence
    return perform(subject, task, frames_per_sequence=n, stride=1, seed=SEED)


def drawn_levels(act: Performance) -> np.ndarray:
    """Returns the level (frame au) of the stronger side as it is drawn: SynAU-D's labels."""
    if lips.LIPS_PART in act.shape.aus:
        return act.label
    left, right = (damped(side) for side in act.sides())
    return np.stack([level(np.maximum(left[au], right[au])) for au in act.shape.aus], 1)


def choose() -> pd.DataFrame:
    """Returns the frames: corpus, subject, task, video frame, and what each is chosen for."""
    rows = [row for name in SHAPES for row in _chosen(name)]
    columns = ["corpus", "subject", "task", "frame", "chosen_for"]
    table = pd.DataFrame(rows, columns=columns)
    table = table.drop_duplicates(columns[:4])
    return table.sort_values(columns[:4], ignore_index=True)


def _chosen(name: str) -> Iterator[tuple[str, str, str, int, str]]:
    shape, rng = SHAPES[name], np.random.default_rng(SEED)
    levels = {(s, t): drawn_levels(whole(s, t)) for s in shape.subjects for t in shape.tasks}
    n, taken = EVENLY[name], set()
    for subject, task in levels:
        for frame in ((np.arange(n) + 0.5) / n * shape.frames_per_sequence).astype(int):
            taken.add((subject, task, frame))
            yield name, subject, task, int(frame) + 1, "evenly"
    for au, wanted in MORE[name].items():
        at = shape.aus.index(au)
        free: dict[str, list] = {}
        for (subject, task), found in levels.items():
            frames = np.flatnonzero(found[:, at] >= C)
            free.setdefault(subject, []).extend((subject, task, int(f)) for f in frames)
        for place in _in_turn(free, wanted, taken, int(APART_S * shape.fps), rng):
            yield name, place[0], place[1], place[2] + 1, f"AU{au:02d}"


def _in_turn(free: dict, wanted: int, taken: set, apart: int, rng) -> Iterator[tuple]:
    """Yields places, of each subject in turn one by chance, away from those of that sequence.

    Raises:
        ValueError: there are not as many.
    """
    waiting = {s: [places[i] for i in rng.permutation(len(places))] for s, places in free.items()}
    order, n, chosen = rng.permutation(list(waiting)), 0, set()
    while n < wanted:
        if not any(waiting.values()):
            raise ValueError(f"expected {wanted} frames, found {n}")
        for subject in order:
            while waiting[subject] and n < wanted:
                place = waiting[subject].pop()
                near = any(place[:2] == c[:2] and abs(place[2] - c[2]) < apart for c in chosen)
                if place not in taken and not near:
                    taken.add(place)
                    chosen.add(place)
                    n += 1
                    yield place
                    break


def frames() -> pd.DataFrame:
    """Returns the fixed frames."""
    return pd.read_csv(FRAMES)
