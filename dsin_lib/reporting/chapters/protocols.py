"""What test-fold selection is worth: epochs and thresholds chosen on the frames that are scored.

Reading: early-stopping, threshold-set. The same training frames under every protocol, so that a
difference is what a look at the test fold brings, and nothing else.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from dsin_lib.config import Config
from dsin_lib.reporting.page.figures import STEP_NAMES
from dsin_lib.reporting.page.tables import small
from dsin_lib.runs.rows import PATCH_ROWS, ROWS
from dsin_lib.runs.run import Run, distinct, runs_of
from dsin_lib.runs.sweeps import ROWS_OF_TEST_FOLD, SWEEPS, stopped_on
from dsin_lib.scores.measured import ALWAYS, Measured, Scored, measure


@dataclass(frozen=True)
class Protocol:
    """Which subjects end a training, and which choose the thresholds (none: the config's tau)."""

    stop_on: str
    thresholds_from: str | None


HONEST = "honest, one τ"
STOPPED = "stopped on the test fold, one τ"
TUNED = "honest, τ from held-out subjects"
PEEKED = "honest stop, τ from the test fold"
SELECTED = "both on the test fold"
PROTOCOLS = {
    HONEST: Protocol("held_out", None),
    STOPPED: Protocol("test", None),
    TUNED: Protocol("held_out", "held_out"),
    PEEKED: Protocol("held_out", "test"),
    SELECTED: Protocol("test", "test"),
}
UNTRAINED = (HONEST, TUNED, PEEKED)
"""Those that need no training of their own, so that every fold of a profile has them."""

CHAIN = (*PATCH_ROWS, "pp_f", "dsin_10")
"""Every training that leads to DSIN."""
ENDS = {"ended by held-out subjects": "held_out", "ended by test subjects": "test"}
"""Whose loss ends a training, in words and as ``training.stop_on`` has it."""


def folds(config: Config) -> tuple[int, ...]:
    """The folds on which rows are trained again with the test fold's say: the first one only."""
    return SWEEPS["test_fold"].folds(config)


def measured(
    config: Config,
    over: Sequence[int],
    rows: Sequence[str] = ROWS_OF_TEST_FOLD,
    protocols: Iterable[str] = tuple(PROTOCOLS),
) -> Measured:
    """Scores every row under every protocol; a line is named by both.

    In a resampling the thresholds stay as they were chosen on the whole fold.

    Args:
        config: The profile.
        over: Folds.
        rows: Ids of rows.
        protocols: Names of :data:`PROTOCOLS`.
    """
    by_row = {row: runs_of(config, [row], folds=over) for row in rows}
    return measure(
        {
            _line(row, protocol): [_under(PROTOCOLS[protocol], run) for run in runs]
            for row, runs in by_row.items()
            for protocol in protocols
        }
    )


def _line(row: str, protocol: str) -> str:
    return f"{row}, {protocol}"


def _names(scored: Measured) -> list[tuple[str, str]]:
    """Row and protocol of each line."""
    return [tuple(line.split(", ", 1)) for line in scored.lines]


def _under(how: Protocol, run: Run) -> Run:
    """A run as a protocol would report it."""
    if how.thresholds_from is None:
        return replace(run, change=stopped_on(how.stop_on))
    change = {**stopped_on(how.stop_on), "evaluation.thresholds_from": how.thresholds_from}
    return replace(run, row=replace(run.row, thresholds="tuned"), change=change)


def averages(scored: Measured) -> pd.DataFrame:
    """Average F1, one line a protocol, one column a row."""
    table = pd.Series({name: scored.average(_line(*name))[0] for name in _names(scored)}).unstack(0)
    rows, protocols = (list(dict.fromkeys(names)) for names in zip(*_names(scored), strict=True))
    table = table.loc[protocols, rows].rename(columns=lambda row: ROWS[row].shown)
    return table.rename_axis(index=None, columns=None)


def per_unit(scored: Measured) -> pd.DataFrame:
    """F1 of each Action Unit, one line a row and protocol, the average last."""
    names = [ROWS[row].shown + small(protocol) for row, protocol in _names(scored)]
    table = pd.DataFrame(scored.f1, names, scored.aus)
    return table.assign(average=table.mean(axis=1, skipna=False))


def gain(scored: Measured, row: str, protocol: str, over: str | None = None) -> dict[str, float]:
    """F1 points by which a protocol lifts a row's average over another: points, low, high.

    Args:
        scored: From :func:`measured`.
        row: Id of the row.
        protocol: A name of :data:`PROTOCOLS`.
        over: Another; none for the honest one with one tau.
    """
    return scored.gain(_line(row, protocol), _line(row, over or HONEST))


def gains(scored: Measured) -> pd.DataFrame:
    """Every gain over the honest protocol with one tau, one line a row and protocol."""
    lines = {name: gain(scored, *name) for name in _names(scored) if name[1] != HONEST}
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


def remains(config: Config, rows: Sequence[str] = ROWS_OF_TEST_FOLD) -> pd.DataFrame:
    """What tuning gains when the test fold chooses tau (Fig. 7), and what a held-out tau keeps."""
    scored = measured(config, config.evaluation.folds, rows, UNTRAINED)
    lines = {}
    for row in rows:
        peeked, tuned = (gain(scored, row, name) for name in (PEEKED, TUNED))
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


def always_positive(config: Config, over: Sequence[int]) -> float:
    """Average F1 in percent of calling every unit active in every frame of some folds."""
    runs = runs_of(config, ["pp_face"], folds=over)
    return measure({ALWAYS: [Scored(run, ALWAYS) for run in runs]}).average(ALWAYS)[0]


def stops(config: Config, seed: int = 0, rows: Iterable[str] = CHAIN) -> pd.DataFrame:
    """The epoch whose weights each step kept, under either end; 0: those that it came with."""
    lines: dict[str, dict[str, str]] = {}
    for words, subjects in ENDS.items():
        for run in runs_of(config, rows, stopped_on(subjects), folds(config), [seed]):
            for step, of_step in run.history.reset_index(drop=True).groupby("step"):
                best = int(of_step.loc[of_step["kept"], "epoch"].iloc[0])
                line = lines.setdefault(f"{run.row.shown}, {STEP_NAMES[int(step)]}", {})
                line[words] = f"{best} of {of_step['epoch'].max()}"
    return pd.DataFrame(lines).T


def trainings(config: Config) -> list[Run]:
    """Every training that leads to the rows compared, honest ones first."""
    ends = [runs_of(config, CHAIN, stopped_on(who), folds(config)) for who in ENDS.values()]
    return distinct(run for end in ends for run in end)
