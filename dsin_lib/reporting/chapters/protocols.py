"""What the field's habit is worth: epochs and thresholds chosen on the very frames that are scored.

Reading: early-stopping, threshold-set. The same training frames under every protocol, so that a
difference is what a look at the test fold brings, and nothing else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import seaborn as sns
from jaxtyping import Float
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from dsin_lib.config import Config, changed
from dsin_lib.scores.bootstrap import Counts, averaged_f1, counts, interval, resampled_f1
from dsin_lib.scores.thresholds import best_taus
from dsin_lib.runs.rows import PATCH_ROWS, ROWS
from dsin_lib.reporting.figures import STEP_NAMES
from dsin_lib.reporting.health import without_dead
from dsin_lib.reporting.predictions import labels_and, subjects_of
from dsin_lib.reporting.tables import small
from dsin_lib.runs.sweeps import ROWS_OF_HABIT, STUDIES
from dsin_lib.training.runs import PARTS, run
from dsin_lib.runs.files import Run


@dataclass(frozen=True)
class Protocol:
    """Which subjects end a training, and which choose the thresholds (none: the config's tau)."""

    stop_on: str
    thresholds_from: str | None


HONEST = "honest, one τ"
STOPPED = "stopped on the test fold, one τ"
TUNED = "honest, τ from held-out subjects"
PEEKED = "honest stop, τ from the test fold"
HABIT = "both on the test fold"
PROTOCOLS = {
    HONEST: Protocol("held_out", None),
    STOPPED: Protocol("test", None),
    TUNED: Protocol("held_out", "held_out"),
    PEEKED: Protocol("held_out", "test"),
    HABIT: Protocol("test", "test"),
}
UNTRAINED = (HONEST, TUNED, PEEKED)
"""Those that need no training of their own, so that every fold of a profile has them."""

CHAIN = (*PATCH_ROWS, "pp_f", "dsin_10")
"""Every training that leads to DSIN."""
ENDS = {"ended by held-out subjects": "held_out", "ended by test subjects": "test"}
"""Whose loss ends a training, in words and as ``training.stop_on`` has it."""


@dataclass(frozen=True)
class Measured:
    """F1 in percent of some rows under some protocols, on the same test frames.

    Attributes:
        f1: One line a row and protocol, one column an Action Unit.
        drawn: The same under each resampling of the test subjects, lines in the same order.
    """

    f1: pd.DataFrame
    drawn: Float[np.ndarray, "resample line au"]


def on_its_folds(config: Config) -> Config:
    """The profile on the folds that the study of the habit trains: the first one only."""
    return changed(config, {"evaluation.folds": list(STUDIES["habit"].folds(config))})


def measured(
    config: Config,
    rows: Sequence[str] = ROWS_OF_HABIT,
    protocols: Iterable[str] = tuple(PROTOCOLS),
) -> Measured:
    """Scores every row under every protocol on the folds of a config.

    In a resampling the thresholds stay as they were chosen on the whole fold.

    Args:
        config: The profile.
        rows: Ids of rows.
        protocols: Names of :data:`PROTOCOLS`.
    """
    names = pd.MultiIndex.from_product([list(rows), list(protocols)], names=["row", "protocol"])
    found = [
        np.stack(
            [
                np.stack([_counts(config, *name, fold, seed) for name in names])
                for seed in config.evaluation.seeds
            ]
        )
        for fold in config.evaluation.folds
    ]
    table = pd.DataFrame(100 * averaged_f1(found), names, config.corpus.aus)
    return Measured(table, 100 * resampled_f1(found))


def averages(found: Measured) -> pd.DataFrame:
    """Average F1, one line a protocol, one column a row."""
    table = found.f1.mean(axis=1).unstack("row")
    lines, rows = (found.f1.index.unique(level) for level in ("protocol", "row"))
    table = table.loc[lines, rows].rename(columns=lambda row: ROWS[row].shown)
    return table.rename_axis(index=None, columns=None)


def per_unit(found: Measured) -> pd.DataFrame:
    """F1 of each Action Unit, one line a row and protocol, the average last."""
    table = found.f1.assign(average=found.f1.mean(axis=1)).rename_axis(columns=None)
    return table.set_axis([ROWS[row].shown + small(protocol) for row, protocol in table.index])


def gain(found: Measured, row: str, protocol: str, over: str = HONEST) -> dict[str, float]:
    """F1 points by which a protocol lifts a row's average over another: points, low, high."""
    at, base = (found.f1.index.get_loc((row, name)) for name in (protocol, over))
    points = found.f1.iloc[at].mean() - found.f1.iloc[base].mean()
    low, high = interval(found.drawn[:, at].mean(1) - found.drawn[:, base].mean(1))
    return {"points": float(points), "low": float(low), "high": float(high)}


def gains(found: Measured) -> pd.DataFrame:
    """Every gain over the honest protocol with one tau, one line a row and protocol."""
    lines = {name: gain(found, *name) for name in found.f1.index if name[1] != HONEST}
    return pd.DataFrame(lines).T.rename_axis(["row", "protocol"])


def listed(gained: pd.DataFrame) -> pd.DataFrame:
    """The gains as the book prints them."""
    table = gained.reset_index()
    table.index = table.pop("row").map(lambda row: ROWS[row].shown)
    return table.rename_axis(index=None)


def dots(gained: pd.DataFrame) -> Figure:
    """The gains as dots with their intervals, one colour a row, one line a protocol."""
    protocols, rows = (list(gained.index.unique(level)) for level in ("protocol", "row"))
    figure, axis = plt.subplots(figsize=(8, 1 + 0.8 * len(protocols)), layout="constrained")
    for k, row in enumerate(rows):
        line = gained.loc[row].loc[protocols]
        y = np.arange(len(protocols)) + 0.2 * (k - (len(rows) - 1) / 2)
        axis.plot(line["points"], y, "o", color=f"C{k}", label=ROWS[row].label)
        axis.hlines(y, line["low"], line["high"], color=f"C{k}")
    axis.axvline(0, color="0.3", lw=1, zorder=0)
    axis.set(xlabel="F1 points over the honest protocol with one τ")
    axis.set_yticks(range(len(protocols)), protocols)
    axis.invert_yaxis()
    figure.legend(loc="outside upper center", ncols=len(rows), frameon=False)
    sns.despine(figure)
    return figure


def remains(config: Config, rows: Sequence[str] = ROWS_OF_HABIT) -> pd.DataFrame:
    """What tuning gains when the test fold chooses tau (Fig. 7), and what a held-out tau keeps."""
    found = measured(config, rows, UNTRAINED)
    lines = {}
    for row in rows:
        peeked, tuned = (gain(found, row, name) for name in (PEEKED, TUNED))
        lines[ROWS[row].shown] = {
            "test fold's τ": peeked["points"],
            "held-out τ": tuned["points"],
            "held-out τ, low": tuned["low"],
            "held-out τ, high": tuned["high"],
            "share that remains (%)": share(tuned["points"], peeked["points"]),
        }
    return pd.DataFrame(lines).T


def share(kept: float, whole: float) -> float:
    """Percent of a gain that is kept; nan where there was none."""
    return 100 * kept / whole if whole > 0 else float("nan")


def stops(config: Config, seed: int = 0, rows: Iterable[str] = CHAIN) -> pd.DataFrame:
    """The epoch whose weights each step kept, under either end; 0: those that it came with."""
    lines: dict[str, dict[str, str]] = {}
    for row in rows:
        for words, subjects in ENDS.items():
            history = run(_stopped_on(config, subjects), row, _fold(config), seed).history
            for step, of_step in history.reset_index(drop=True).groupby("step"):
                best = int(of_step.loc[of_step["kept"], "epoch"].iloc[0])
                line = lines.setdefault(f"{ROWS[row].shown}, {STEP_NAMES[int(step)]}", {})
                line[words] = f"{best} of {of_step['epoch'].max()}"
    return pd.DataFrame(lines).T


def runs_of_habit(config: Config) -> list[Run]:
    """Every training that leads to the rows compared, honest ones first."""
    ends, seeds = [_stopped_on(config, who) for who in ENDS.values()], config.evaluation.seeds
    return [run(end, row, _fold(config), s) for end in ends for row in CHAIN for s in seeds]


def _fold(config: Config) -> int:
    return STUDIES["habit"].folds(config)[0]


def _stopped_on(config: Config, subjects: str) -> Config:
    return changed(config, {"training.stop_on": subjects})


def _counts(config: Config, row: str, protocol: str, fold: int, seed: int) -> Counts:
    """Counts on the test subjects of a row as one protocol would report them."""
    how, aus = PROTOCOLS[protocol], config.corpus.aus
    run_ = run(_stopped_on(config, how.stop_on), row, fold, seed)
    labels, probabilities = labels_and(run_, "test", aus)
    labels = without_dead(labels, _stopped_on(config, how.stop_on), ROWS[row], fold, seed)
    taus = np.full(len(aus), config.evaluation.tau)
    if how.thresholds_from is not None:
        chosen_on, said = labels_and(run_, PARTS[how.thresholds_from], aus)
        taus = best_taus(said, chosen_on)
    return counts(probabilities, labels, subjects_of(run_, "test"), taus)
