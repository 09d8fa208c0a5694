"""Sentences of the paper about thresholds, labels and networks, as margins.

Their readings stand in ``dsin_lib/paper/observations.yaml``.
"""

from collections.abc import Callable

import numpy as np

from dsin_lib.config import Config
from dsin_lib.scores.bootstrap import by_subject, counts, resampled, resampled_f1
from dsin_lib.scores.thresholds import TAUS
from dsin_lib.paper.claims import Margins
from dsin_lib.reporting.finding import ARITHMETIC, Evidence, Finding, finding, no_interval
from dsin_lib.reporting.messages import change
from dsin_lib.reporting.predictions import labels_and, moved, subjects_of
from dsin_lib.reporting.uncertainty import of_trials
from dsin_lib.runs.sweeps import Trial, chi_trial
from dsin_lib.training.runs import PARTS, every_run, run
from dsin_lib.runs.files import Run

LOW_TAU = (0.1, 0.3)


def individual_parameters(known: Evidence) -> Finding:
    """Numbers of the trained networks: the same in every run."""
    alone, joint = (
        sum(tensor.numel() for tensor in runs[0].weights().values())
        for runs in (every_run(known.config, row) for row in ("pp_mouth_ind", "pp_mouth"))
    )
    return Finding(alone / joint - 2, basis=ARITHMETIC)


def individual_speed(known: Evidence) -> Finding:
    """Processor seconds of whole trainings, early stopping included."""
    alone, joint = (every_run(known.config, row) for row in ("pp_mouth_ind", "pp_mouth"))
    ratio = sum(map(_seconds, alone)) / sum(map(_seconds, joint))
    return Finding(ratio - 2, basis=no_interval(len(joint)))


def taus(margin: Callable[[np.ndarray, list[str]], Margins]) -> Callable[[Evidence], Finding]:
    """A margin of the best thresholds (... au) of DSIN_10, chosen again in every resampling."""

    def found(known: Evidence) -> Finding:
        here, drawn = _best_taus(known.config)
        aus = known.config.corpus.aus
        return finding(float(margin(here, aus)), margin(drawn, aus))

    return found


def _seconds(of: Run) -> float:
    once = of.history.drop_duplicates(["network", "step"])
    return float(once["step_cpu_seconds"].sum())


def _best_taus(config: Config) -> tuple[np.ndarray, np.ndarray]:
    """The best threshold of each unit (au), and in draws of the subjects that choose it."""
    part, aus = PARTS[config.evaluation.thresholds_from], config.corpus.aus
    folds = []
    for fold in config.evaluation.folds:  # of one seed: others hold out some of the same people
        one = run(config, "dsin_10", fold, config.evaluation.seeds[0])
        labels, probabilities = labels_and(one, part, aus)
        whose = subjects_of(one, part)
        folds.append(np.stack([counts(probabilities, labels, whose, tau) for tau in TAUS])[None])
    everybody = [fold.sum(2, keepdims=True) for fold in folds]  # one subject: always drawn once
    here, drawn = resampled_f1(everybody, resamples=1), resampled_f1(folds)
    near = np.argsort(np.abs(TAUS - 0.5), kind="stable")  # of equally good ones, as best_taus does
    best = [TAUS[near][curves[:, near].argmax(1)] for curves in (here, drawn)]
    return best[0][0], best[1]


def tau_half(best: np.ndarray, aus: list[str]) -> Margins:
    """Units whose threshold is away from 0.5."""
    return (np.abs(best - 0.5) >= 0.1 - 1e-9).sum(-1) - len(aus) / 2


def tau_low(best: np.ndarray, aus: list[str]) -> Margins:
    """Units whose threshold is low."""
    low, high = LOW_TAU
    return ((best >= low - 1e-9) & (best <= high + 1e-9)).sum(-1) - len(aus) / 2


def tau_au04(best: np.ndarray, aus: list[str]) -> Margins:
    """How far outside the low thresholds that of AU04 is."""
    of_au04, (low, high) = best[..., aus.index("AU04")], LOW_TAU
    return np.maximum(low - of_au04, of_au04 - high).round(9)


def messages_correct(known: Evidence) -> Finding:
    """F and y_hat of one trained network on its test frames."""
    tau, aus = known.config.evaluation.tau, known.config.corpus.aus

    def sums(fold: int, seed: int) -> np.ndarray:
        one = run(known.config, "dsin_10", fold, seed)
        right, spoiled, coded = moved(one, aus, tau)
        net = right.sum(1) - spoiled.sum(1)
        return by_subject(np.stack([net, coded.sum(1)], 1), subjects_of(one, "test"))

    evaluation = known.config.evaluation
    folds = [np.stack([sums(fold, s) for s in evaluation.seeds], 1) for fold in evaluation.folds]
    return finding(*resampled(folds, lambda total: 100 * total[..., 0] / total[..., 1]))


def messages(corpus: str) -> Callable[[Evidence], Finding]:
    """F1 of y_hat less that of f in one trained network, on the corpus of Table 3 or of Table 4."""

    def found(known: Evidence) -> Finding:
        second = corpus == "disfa" and known.config.second_corpus is not None
        own = known.config.on_second_corpus() if second else known.config
        return finding(*change(own, "t4_dsin_10" if second else "dsin_10"))

    return found


def end_to_end(known: Evidence) -> Finding:
    """Step 5 against step 4 alone, which starts from the same patches and fusion."""
    r = known.config.structure_inference.chi_penalty
    here, drawn = of_trials(known.config, [Trial("dsin_10"), chi_trial(r)])
    return finding(here[0] - here[1], drawn[:, 0] - drawn[:, 1])
