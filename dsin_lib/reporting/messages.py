"""What the messages of structure inference do inside one network: f before them, y_hat after.

A row of DSIN differs from PP+F in two things, the messages and step 5, which goes on training the
patches and the fusion. Here both sides come from the same weights, so the messages are all that
differs. Paper: Sec. 4.2.1, "Structure inference", compares the rows.
"""

from collections.abc import Iterable

import numpy as np
import pandas as pd
from jaxtyping import Float, Int

from dsin_lib.config import Config
from dsin_lib.scores.bootstrap import counts, in_percent, interval
from dsin_lib.scores.f1 import scores
from dsin_lib.runs.rows import row_named
from dsin_lib.reporting.health import without_dead
from dsin_lib.reporting.predictions import labels_and, moved, subjects_of
from dsin_lib.reporting.verdicts import against_zero
from dsin_lib.training.runs import every_run, run
from dsin_lib.runs.files import Run

SIDES = {"f": "_fused", "ŷ": ""}
"""Before the messages and after them: symbol and suffix of the predictions' columns."""


def gains(config: Config, rows: Iterable[str]) -> pd.DataFrame:
    """What the messages of each row do to F1 and AUC, in percent, over units, folds and seeds.

    Returns:
        One line a row: ``F1 of f``, ``F1 of ŷ``, ``change`` with the ends of its interval (``low``,
        ``high``) and where that lies (``interval``), ``AUC of f`` and ``AUC of ŷ``.
    """
    return pd.DataFrame({row_named(row).shown: _line(config, row) for row in rows}).T


def change(config: Config, row: str) -> tuple[float, Float[np.ndarray, " resample"]]:
    """F1 points that the messages of a row bring, here and in draws of the test subjects."""
    here, drawn = in_percent(_folds(config, row))
    return float(here[1] - here[0]), drawn[:, 1] - drawn[:, 0]


def called_active(config: Config, row: str) -> dict[str, float]:
    """Percent of the coded test labels that are active, and that each side calls active."""
    tau, aus, active = config.evaluation.tau, config.corpus.aus, {}
    for name, suffix in SIDES.items():
        both = [labels_and(one, "test", aus, suffix) for one in every_run(config, row)]
        labels, probabilities = (np.concatenate(parts) for parts in zip(*both, strict=True))
        coded = ~np.isnan(labels)
        active |= {"labels": labels[coded].mean(), name: (probabilities[coded] >= tau).mean()}
    return {name: 100 * float(share) for name, share in active.items()}


def before_and_after(run_: Run, config: Config) -> pd.DataFrame:
    """F1 and AUC, in percent, of f and of y_hat of one trained network on its test frames.

    Both come from the same weights, so the difference is what the messages do, and nothing else.
    """
    aus, tau = config.corpus.aus, config.evaluation.tau
    lines = {}
    for name, suffix in {"f, before the messages": "_fused", "ŷ, after them": ""}.items():
        labels, probabilities = labels_and(run_, "test", aus, suffix)
        of_step = scores(probabilities, labels, aus, tau)
        lines[f"F1 of {name}"], lines[f"AUC of {name}"] = of_step["f1"], of_step["auc"]
    table = 100 * pd.DataFrame(lines).T.sort_index()
    return table.assign(average=table.mean(axis=1)).rename_axis(columns=None)


def corrections(run_: Run, config: Config) -> pd.DataFrame:
    """Test labels per Action Unit that structure inference puts right and that it spoils."""
    right, spoiled, _ = moved(run_, config.corpus.aus, config.evaluation.tau)
    counts = {"put right": right.sum(0), "spoiled": spoiled.sum(0)}
    return pd.DataFrame(counts, index=config.corpus.aus)


def _line(config: Config, row: str) -> dict[str, object]:
    f1, drawn = in_percent(_folds(config, row))
    low, high = interval(drawn[:, 1] - drawn[:, 0])
    before, after = (100 * _auc(config, row, suffix) for suffix in SIDES.values())
    return {
        "F1 of f": f1[0], "F1 of ŷ": f1[1], "change": f1[1] - f1[0], "low": low, "high": high,
        "interval": against_zero(low, high), "AUC of f": before, "AUC of ŷ": after,
    }  # fmt: skip


def _folds(config: Config, row: str) -> list[Int[np.ndarray, "seed 2 subject 4 au"]]:
    """Counts of f and of y_hat on the test subjects of each fold."""
    tau, aus = config.evaluation.tau, config.corpus.aus

    def sides(fold: int, seed: int) -> np.ndarray:
        one = run(config, row, fold, seed)
        labels, _ = labels_and(one, "test", aus)
        coded = without_dead(labels, config, row_named(row), fold, seed)
        sides = (labels_and(one, "test", aus, suffix)[1] for suffix in SIDES.values())
        who = subjects_of(one, "test")
        return np.stack([counts(p, coded, who, tau) for p in sides])

    evaluation = config.evaluation
    return [np.stack([sides(fold, s) for s in evaluation.seeds]) for fold in evaluation.folds]


def _auc(config: Config, row: str, suffix: str) -> float:
    """Area under the ROC curve, 0..1, of each unit over folds and seeds, then over units."""
    aus = config.corpus.aus
    tables = [
        scores(probabilities, labels, aus)["auc"]
        for one in every_run(config, row)
        for labels, probabilities in [labels_and(one, "test", aus, suffix)]
    ]
    return float(pd.concat(tables, axis=1).mean(axis=1).mean())
