"""What the messages of structure inference do inside one network: f before them, y_hat after.

A row of DSIN differs from PP+F in two things, the messages and step 5, which goes on training the
patches and the fusion. Here both sides come from the same weights, so the messages are all that
differs. Paper: Sec. 4.2.1, "Structure inference", compares the rows.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from dsin_lib.runs.predictions import FUSED, LABEL, SCORE, values_of
from dsin_lib.runs.run import Run
from dsin_lib.scores.f1 import scores
from dsin_lib.scores.measured import Measured, Scored, measure
from dsin_lib.scores.verdicts import against_zero

SIDES = {"f": FUSED, "ŷ": SCORE}
"""Before the messages and after them: symbol, and suffix of the predictions' columns."""


def sides(runs: Sequence[Run]) -> Measured:
    """F and y_hat of some networks, on their test frames."""
    return measure({name: [Scored(run, what) for run in runs] for name, what in SIDES.items()})


def gains(rows: Mapping[str, Sequence[Run]]) -> pd.DataFrame:
    """What the messages of each row do to F1 and AUC, in percent, over units, folds and seeds.

    Returns:
        One line a row: ``F1 of f``, ``F1 of ŷ``, ``change`` with the ends of its interval (``low``,
        ``high``) and where that lies (``interval``), ``AUC of f`` and ``AUC of ŷ``.
    """
    return pd.DataFrame({runs[0].row.shown: _line(sides(runs)) for runs in rows.values()}).T


def called_active(runs: Sequence[Run]) -> dict[str, float]:
    """Percent of the coded test labels that are active, and that each side calls active."""
    labels = np.concatenate([values_of(run, "test", LABEL) for run in runs])
    coded, active = ~np.isnan(labels), {"labels": labels[~np.isnan(labels)].mean()}
    for name, what in SIDES.items():
        called = [values_of(run, "test", what) >= run.config.evaluation.tau for run in runs]
        active[name] = np.concatenate(called)[coded].mean()
    return {name: 100 * float(share) for name, share in active.items()}


def before_and_after(run: Run) -> pd.DataFrame:
    """F1 and AUC, in percent, of f and of y_hat of one trained network on its test frames.

    Both come from the same weights, so the difference is what the messages do, and nothing else.
    """
    lines, labels = {}, values_of(run, "test", LABEL)
    for name, what in {"f, before the messages": FUSED, "ŷ, after them": SCORE}.items():
        values = values_of(run, "test", what)
        of_step = scores(values, labels, run.corpus.aus, run.config.evaluation.tau)
        lines[f"F1 of {name}"], lines[f"AUC of {name}"] = of_step["f1"], of_step["auc"]
    table = 100 * pd.DataFrame(lines).T.sort_index()
    return table.assign(average=table.mean(axis=1)).rename_axis(columns=None)


def moved(run: Run) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What messages change in a run's test frames: put right, spoiled, coded at all (frame au).

    A label is put right where f at tau was wrong and y_hat at tau is right, spoiled the other way
    round; one that is not coded is neither.
    """
    y, y_hat, f = (values_of(run, "test", what) for what in (LABEL, SCORE, FUSED))
    tau, coded = run.config.evaluation.tau, ~np.isnan(y)
    was, now = (f >= tau) == y, (y_hat >= tau) == y
    return coded & ~was & now, coded & was & ~now, coded


def corrections(run: Run) -> pd.DataFrame:
    """Test labels per Action Unit that structure inference puts right and that it spoils."""
    right, spoiled, _ = moved(run)
    counts = {"put right": right.sum(0), "spoiled": spoiled.sum(0)}
    return pd.DataFrame(counts, index=run.corpus.aus)


def _line(measured: Measured) -> dict[str, object]:
    gained = measured.gain("ŷ", "f")
    auc = 100 * measured.mean("auc").mean(axis=1)
    return {
        "F1 of f": measured.average("f")[0],
        "F1 of ŷ": measured.average("ŷ")[0],
        "change": gained["points"],
        "low": gained["low"],
        "high": gained["high"],
        "interval": against_zero(gained["low"], gained["high"]),
        "AUC of f": auc["f"],
        "AUC of ŷ": auc["ŷ"],
    }
