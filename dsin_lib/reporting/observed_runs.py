"""Sentences of the paper about gates, thresholds, labels and networks, as margins.

Each function's name and reading stand in ``dsin_lib/paper/observations.yaml``.
"""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from dsin_lib.config import Config
from dsin_lib.data.store import Store
from dsin_lib.evaluation.bootstrap import by_subject, counts, resampled, resampled_f1
from dsin_lib.evaluation.f1 import mean_f1
from dsin_lib.evaluation.thresholds import TAUS
from dsin_lib.paper.claims import Margins
from dsin_lib.paths import store_dir
from dsin_lib.reporting.finding import ARITHMETIC, NAN, Evidence, Finding, finding, no_interval
from dsin_lib.reporting.predictions import labels_and
from dsin_lib.reporting.uncertainty import resampled_trials
from dsin_lib.studies import Trial
from dsin_lib.training.runs import PARTS, Run, run

CLOSED = 0.1
"""A correction factor below this lets next to nothing pass."""
LOW_TAU = (0.1, 0.3)


def individual_parameters(known: Evidence) -> Finding:
    """Numbers of the trained networks: the same in every run."""
    alone, joint = (
        sum(tensor.numel() for tensor in runs[0].weights().values())
        for runs in (_runs(known.config, row) for row in ("pp_mouth_ind", "pp_mouth"))
    )
    return Finding(alone / joint - 2, basis=ARITHMETIC)


def individual_speed(known: Evidence) -> Finding:
    """Processor seconds of whole trainings, early stopping included."""
    alone, joint = (_runs(known.config, row) for row in ("pp_mouth_ind", "pp_mouth"))
    ratio = sum(map(_seconds, alone)) / sum(map(_seconds, joint))
    return Finding(ratio - 2, basis=no_interval(len(joint)))


def chi_equal(r: float) -> Callable[[Evidence], Finding]:
    """Whether a penalty moves average F1 by less than a point, against none."""

    def found(known: Evidence) -> Finding:
        here, drawn = _f1_of_chi(known.config, r, 0.0)
        return finding(1 - abs(here), 1 - abs(drawn))

    return found


def chi_strong_hurts(known: Evidence) -> Finding:
    """The paper's own penalty against twenty times as much."""
    return finding(*_f1_of_chi(known.config, 5e-3, 1e-1))


def chi_sparse(known: Evidence) -> Finding:
    """Correction factors on test frames, of every unit."""
    folds = [_gates(known.config, fold, (0.0,)) for fold in known.config.evaluation.folds]
    return finding(*resampled(folds, lambda t: t[..., 0, 1] / t[..., 0, 2] - 0.5))


def chi_closes(known: Evidence) -> Finding:
    """Correction factors on test frames, of every unit."""
    folds = [_gates(known.config, fold, (0.0, 1e-1)) for fold in known.config.evaluation.folds]

    def margin(total: np.ndarray) -> np.ndarray:
        means = total[..., 0] / total[..., 2]
        return means[..., 0] - means[..., 1] - 0.1

    return finding(*resampled(folds, margin))


def chi_diverges(known: Evidence) -> Finding:
    """Histories of step 4, on held-out frames."""
    small, none = (_chi_runs(known.config, r) for r in (5e-3, 0.0))
    both = [min(len(a.history), len(b.history)) for a, b in zip(small, none, strict=True)]
    means = [
        np.mean([one.history["chi_std"][:n].mean() for one, n in zip(runs, both, strict=True)])
        for runs in (small, none)
    ]
    return Finding(float(means[0] - means[1]), basis=no_interval(len(small)))


def chi_converges(known: Evidence) -> Finding:
    """Epochs of step 4 until the loss that ends it is best."""
    small, none = (_chi_runs(known.config, r) for r in (5e-3, 0.0))
    epochs = [
        np.mean([one.history["valid_loss"].to_numpy().argmin() for one in runs])
        for runs in (none, small)
    ]
    return Finding(float(epochs[0] - epochs[1]), basis=no_interval(len(small)))


def taus(margin: Callable[[np.ndarray, list[str]], Margins]) -> Callable[[Evidence], Finding]:
    """A margin of the best thresholds (... au) of DSIN_10, chosen again in every resampling."""

    def found(known: Evidence) -> Finding:
        here, drawn = _best_taus(known.config)
        aus = known.config.corpus.aus
        return finding(float(margin(here, aus)), margin(drawn, aus))

    return found


def _runs(config: Config, row: str) -> list[Run]:
    """The runs of a row on every fold and seed."""
    evaluation = config.evaluation
    return [run(config, row, fold, seed) for fold in evaluation.folds for seed in evaluation.seeds]


def _seconds(of: Run) -> float:
    once = of.history.drop_duplicates(["network", "step"])
    return float(once["step_cpu_seconds"].sum())


def _chi_runs(config: Config, r: float) -> list[Run]:
    trial = _chi_trial(r)
    return _runs(trial.of(config), trial.row)


def _chi_trial(r: float) -> Trial:
    """A training of the study ``chi``: step 4 alone, with a penalty."""
    return Trial("omega", {"structure_inference.chi_penalty": r})


def _f1_of_chi(config: Config, r: float, over: float) -> tuple[float, np.ndarray]:
    """Average F1 at one penalty less that at another: here, and in draws."""
    trials = [_chi_trial(r), _chi_trial(over)]
    here = [
        np.mean([100 * mean_f1(p, y, config.evaluation.tau) for y, p in _tests(config, trial)])
        for trial in trials
    ]
    drawn = resampled_trials(config, trials).mean(2)
    return float(here[0] - here[1]), drawn[:, 0] - drawn[:, 1]


def _tests(config: Config, trial: Trial) -> list[tuple[np.ndarray, ...]]:
    """Labels and probabilities (frame au) of the test frames of every run of a trial."""
    aus = config.corpus.aus
    return [labels_and(one, "test", aus) for one in _runs(trial.of(config), trial.row)]


def _gates(config: Config, fold: int, penalties: Sequence[float]) -> np.ndarray:
    """Sums over each test subject's frames and units (subject seed penalty 3).

    Of the correction factor, of whether it is closed, and of one.
    """

    def sums(r: float, seed: int) -> np.ndarray:
        trial = _chi_trial(r)
        one = run(trial.of(config), trial.row, fold, seed)
        _, chi = labels_and(one, "test", config.corpus.aus, "_chi")
        values = np.stack([chi.sum(1), (chi < CLOSED).sum(1), np.full(len(chi), chi.shape[1])], 1)
        return by_subject(values, _subjects(one, "test"))

    seeds = config.evaluation.seeds
    return np.stack([np.stack([sums(r, seed) for r in penalties], 1) for seed in seeds], 1)


def _best_taus(config: Config) -> tuple[np.ndarray, np.ndarray]:
    """The best threshold of each unit (au), and in draws of the subjects that choose it."""
    part, aus = PARTS[config.evaluation.thresholds_from], config.corpus.aus
    folds = []
    for one in _runs(config, "dsin_10"):
        labels, probabilities = labels_and(one, part, aus)
        whose = _subjects(one, part)
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
        (y, y_hat), (_, f) = (labels_and(one, "test", aus, name) for name in ("", "_fused"))
        coded, was, now = ~np.isnan(y), (f >= tau) == y, (y_hat >= tau) == y
        net = (coded & now).sum(1) - (coded & was).sum(1)
        return by_subject(np.stack([net, coded.sum(1)], 1), _subjects(one, "test"))

    evaluation = known.config.evaluation
    folds = [np.stack([sums(fold, s) for s in evaluation.seeds], 1) for fold in evaluation.folds]
    return finding(*resampled(folds, lambda total: 100 * total[..., 0] / total[..., 1]))


def phi(
    pairs: Sequence[tuple[str, str]],
    margin: Callable[[np.ndarray], Margins],
    listed: pd.DataFrame | None = None,
) -> Callable[[Evidence], Finding]:
    """A margin of the phi (... pair) of labels: of the corpus, and of draws of its subjects.

    Args:
        pairs: Column names of two units each.
        margin: From phi to a margin.
        listed: phi of every two units in the public label lists of the paper's corpus.
    """
    paper = NAN if listed is None else float(margin(np.array([listed.loc[p] for p in pairs])))

    def found(known: Evidence) -> Finding:
        store = Store.open(store_dir(known.config), known.config.corpus.active_from)
        frames = store.frames.dropna(subset=list({au for pair in pairs for au in pair}))
        one, other = (frames[[p[k] for p in pairs]].to_numpy(float) for k in (0, 1))
        values = np.stack([one * other, one, other, np.ones_like(one)], -1)
        sums = by_subject(values, frames["subject"].to_numpy(str))[:, None]
        return finding(*resampled([sums], lambda total: margin(_phi(total))), paper)

    return found


def _phi(total: np.ndarray) -> np.ndarray:
    """Phi (... pair) of sums (... pair 4): both active, one, the other, all frames."""
    both, one, other = (total[..., k] / total[..., 3] for k in range(3))
    scale = np.sqrt(one * (1 - one) * other * (1 - other))
    return (both - one * other) / np.where(scale > 0, scale, np.nan)


def _subjects(of: Run, part: str) -> np.ndarray:
    return of.predictions.loc[of.predictions["split"] == part, "subject"].to_numpy(str)
