"""What a job of the DAG needs, for executors that place jobs on a cluster: memory and minutes.

Generous, since a job that takes longer is ended: about three times what was measured on one core of
a laptop (a frame: rendered in 0.04 s, aligned and cut in 0.015 s; a training: `FRAMES`).
"""

from math import ceil

from dsin_lib.config import Corpus
from dsin_lib.runs.run import Run

MARGIN, LEAST = 3.0, 10
"""Times what was measured, and minutes of the shortest job."""
RENDERED, PREPARED = 0.04, 0.015
"""Seconds a frame of one core."""
FRAMES = {112: 150.0, 224: 40.0}
"""Frames that one core trains on in a second, by the size of the face."""
LICENSED = 150_000
"""Frames of a licensed corpus, about: BP4D has 147,000, DISFA 131,000."""
MEMORY = {"corpus": 4000, "store": 4000, "feature": 4000, "run": 6000, "sweep": 6000}
"""Megabytes of a job of each rule; a training on a card also keeps its patches there."""


def frames(corpus: Corpus) -> int:
    """How many frames a corpus has, about."""
    if corpus.source.licensed:
        return LICENSED
    tasks = corpus.n_tasks if corpus.source.layout == "bp4d" else 1
    return corpus.n_subjects * tasks * corpus.frames_per_sequence


def minutes(seconds: float) -> int:
    """Minutes to ask for, of a job that takes some seconds."""
    return LEAST + ceil(MARGIN * seconds / 60)


def to_render(corpus: Corpus, threads: int) -> int:
    """Minutes of rendering an open corpus."""
    return minutes(RENDERED * frames(corpus) / threads)


def to_prepare(corpus: Corpus, threads: int) -> int:
    """Minutes of a store, or of a feature."""
    return minutes(PREPARED * frames(corpus) / threads)


def to_train(run: Run) -> int:
    """Minutes of one training, its starts apart."""
    config = run.config
    epochs = {
        1: config.patch_prediction.max_epochs * max(len(run.row.aus), 1),
        3: config.fusion.max_joint_epochs,
        5: config.structure_inference.max_joint_epochs,
    }
    seen = sum(epochs.get(step, 1) for step in run.row.steps) or 1
    return minutes(seen * frames(run.corpus) / FRAMES[config.preprocessing.face_px])
