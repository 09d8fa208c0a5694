"""Fit the label process to the reference: a few parameters an AU, by simulating labels only.

Nothing is rendered and no classifier is asked: subject share, sequence share and time constant of
each AU move until the simulated corpus explains as much variance by subject and by sequence, and
has active runs as long, as the reference says.

Usage:
    python -m data_prep.synth.calibrate
"""

import json

import numpy as np

from data_prep.synth import labels as lab
from data_prep.synth import measure
from data_prep.synth.seeds import SUBJECTS, TASKS

SEEDS = (101, 102, 103)
"""Fitted on other seeds than the corpus's own."""
STEPS = 24
N_FRAMES = 450
"""Frames a sequence: BP4D's mean."""


def simulate(p: lab.Process, seed: int, n_frames: int = N_FRAMES) -> measure.Labels:
    """Returns the labels of a whole corpus of 41 x 8 sequences."""
    return {
        (s, t): (lab.latent(s, t, n_frames, seed, p) > 0).astype(np.uint8)
        for s in SUBJECTS
        for t in TASKS
    }


def assembled(subject: np.ndarray, interaction: np.ndarray, tau: np.ndarray) -> lab.Process:
    """Returns the process with these parameters and the correlation that fits them."""
    rho = lab.within_task_correlation()
    shared = lab.shared_correlation(rho, subject, interaction, tau)
    return lab.Process(lab.task_means(), subject, interaction, tau, shared)


def fit() -> lab.Process:
    """Returns the fitted process."""
    reference = lab.statistics()
    by_subject = np.array(reference["variance_explained"]["by_subject"])
    by_sequence = np.array(reference["variance_explained"]["by_subject_x_task"])
    by_task = np.array(reference["variance_explained"]["by_task"])
    runs = np.array([reference["active_runs"][str(a)]["mean"] for a in lab.CODED])
    subject, interaction, tau = (np.full(lab.N_AU, v) for v in (0.12, 0.25, 25.0))
    for step in range(STEPS):
        p = assembled(np.sqrt(subject), np.sqrt(interaction), tau)
        found = [simulate(p, s) for s in SEEDS]
        explained = [measure.variance_explained(x) for x in found]
        now_s = np.mean([e["by_subject"] for e in explained], 0)
        now_q = np.mean([e["by_subject_x_task"] for e in explained], 0)
        now_r = np.mean([[r.mean() for r in measure.active_runs(x)] for x in found], 0)
        rest, now_rest = by_sequence - by_subject - by_task, now_q - now_s - by_task
        subject *= np.clip(by_subject / now_s, 0.6, 1.6) ** 0.8
        interaction *= np.clip(rest / np.maximum(now_rest, 0.02), 0.6, 1.6) ** 0.8
        tau *= np.clip(runs / now_r, 0.6, 1.6) ** 0.9
        subject, interaction = np.clip(subject, 0.001, 0.6), np.clip(interaction, 0.001, 0.7)
        tau = np.clip(tau, 2.5, 140)
        crowded = np.maximum((subject + interaction) / 0.92, 1)
        subject, interaction = subject / crowded, interaction / crowded
        worst = max(abs(now_s / by_subject - 1).max(), abs(now_r / runs - 1).max())
        print(f"step {step}: worst ratio {worst:.3f}", flush=True)
    return assembled(np.sqrt(subject), np.sqrt(interaction), tau)


if __name__ == "__main__":
    p = fit()
    names = ("mean", "subject", "interaction", "tau", "correlation")
    content = {k: np.round(getattr(p, k), 5).tolist() for k in names}
    text = json.dumps({"made_by": "python -m data_prep.synth.calibrate", **content}, indent=None)
    (lab.HERE / "label_process.json").write_text(text.replace('], "', '],\n "') + "\n")
