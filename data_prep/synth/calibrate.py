"""Fit the label process to the reference: a few parameters an AU, by simulating labels only.

Nothing is rendered and no classifier is asked. Subject share, sequence share, time constant and
quick share of each AU move until the simulated corpus has the reference's variance explained by
subject and by sequence, and its active runs' mean and median.

Usage:
    python -m data_prep.synth.calibrate
"""

import json
from dataclasses import dataclass

import numpy as np

from data_prep.synth import labels as lab
from data_prep.synth import measure, solve
from data_prep.synth.seeds import SUBJECTS, TASKS

SEEDS = (101, 102, 103, 104)
"""Fitted on other seeds than a corpus's own."""
STEPS = 24
N_FRAMES = 448
"""Frames a sequence: BP4D's mean."""
STEP_LIMIT = 1.5
"""Largest factor by which a parameter moves in a step."""


def simulate(p: lab.Process, seed: int, n_frames: int = N_FRAMES) -> measure.Labels:
    """Returns the labels of a whole corpus of 41 x 8 sequences."""
    return {
        (s, t): (lab.latent(s, t, n_frames, seed, p) > 0).astype(np.uint8)
        for s in SUBJECTS
        for t in TASKS
    }


@dataclass(frozen=True)
class Guess:
    """Parameters (au) as the fit moves them: variances, frames, shares."""

    subject: np.ndarray
    interaction: np.ndarray
    tau: np.ndarray
    flicker: np.ndarray

    def process(self) -> lab.Process:
        """Returns the process with these parameters and the correlation that fits them."""
        subject, interaction = np.sqrt(self.subject), np.sqrt(self.interaction)
        rho = solve.within_task_correlation()
        shared = solve.shared_correlation(rho, subject, interaction, self.tau, self.flicker)
        means = solve.task_means()
        return lab.Process(means, subject, interaction, self.tau, self.flicker, shared)


def observed(p: lab.Process) -> dict[str, np.ndarray]:
    """Returns the fitted statistics (au), averaged over simulated corpora."""
    found = [simulate(p, s) for s in SEEDS]
    explained = [measure.variance_explained(x) for x in found]
    runs = [measure.active_runs(x) for x in found]
    out = {k: np.mean([e[k] for e in explained], 0) for k in explained[0]}
    out["run_mean"] = np.mean([[r.mean() for r in x] for x in runs], 0)
    out["run_median"] = np.mean([[np.median(r) for r in x] for x in runs], 0)
    return out


def target() -> dict[str, np.ndarray]:
    """Returns the reference's values of the same statistics (au)."""
    reference = lab.statistics()
    out = {k: np.array(v) for k, v in reference["variance_explained"].items()}
    runs = [reference["active_runs"][str(a)] for a in lab.CODED]
    out["run_mean"] = np.array([r["mean"] for r in runs])
    out["run_median"] = np.array([r["median"] for r in runs])
    return out


def improved(guess: Guess, now: dict[str, np.ndarray], wanted: dict[str, np.ndarray]) -> Guess:
    """Returns the guess after one step of the fixed point: each parameter by its statistic."""

    def factor(name: str, power: float) -> np.ndarray:
        return np.clip(wanted[name] / now[name], 1 / STEP_LIMIT, STEP_LIMIT) ** power

    def rest(values: dict[str, np.ndarray]) -> np.ndarray:
        sequence = values["by_subject_x_task"] - values["by_subject"] - values["by_task"]
        return np.maximum(sequence, 0.02)

    subject = np.clip(guess.subject * factor("by_subject", 0.7), 0.001, 0.6)
    moved = np.clip(rest(wanted) / rest(now), 1 / STEP_LIMIT, STEP_LIMIT) ** 0.7
    interaction = np.clip(guess.interaction * moved, 0.001, 0.7)
    crowded = np.maximum((subject + interaction) / 0.92, 1)
    flicker = guess.flicker + 0.008 * np.log(now["run_median"] / wanted["run_median"])
    return Guess(
        subject=subject / crowded,
        interaction=interaction / crowded,
        tau=np.clip(guess.tau * factor("run_mean", 0.7), 6.0, 45),
        flicker=np.clip(flicker, 0.0, 0.1),
    )


def fit() -> lab.Process:
    """Returns the fitted process."""
    starts = (0.2, 0.25, 27.0, 0.003)
    guess, wanted = Guess(*(np.full(lab.N_AU, v) for v in starts)), target()
    for step in range(STEPS):
        now = observed(guess.process())
        off = {k: round(float(abs(now[k] / wanted[k] - 1).max()), 3) for k in wanted}
        print(f"step {step}: worst relative error {off}", flush=True)
        guess = improved(guess, now, wanted)
    return guess.process()


if __name__ == "__main__":
    p = fit()
    names = ("mean", "subject", "interaction", "tau", "flicker", "correlation")
    content = {k: np.round(getattr(p, k), 5).tolist() for k in names}
    text = json.dumps({"made_by": "python -m data_prep.synth.calibrate", **content})
    (lab.HERE / "label_process.json").write_text(text.replace('], "', '],\n "') + "\n")
