"""What the paper says of the penalty on chi, sentence by sentence, beside what came out.

Paper: Sec. 4.2.1, "Correction factor regularization", and the caption of Fig. 6. Words without a
number were read: *significant* as an interval that excludes zero, *most* and *sparse* as more than
half of chi below 0.1, *small* and values above 5e-2 as below.
"""

from collections.abc import Callable

import pandas as pd

from dsin_lib.reporting.regularisation import OFF, ON

SMALL = (5e-3, 1e-2)
"""What the paper's "small values of r" were read as."""
LARGE = 1e-1
"""The one value that Fig. 6 has above 5e-2."""
YES, NO, PARTLY, UNSAID, CHOICE = "yes", "no", "in part", "cannot be said", "a choice"
Said = tuple[str, str]
"""What came out, in words, and the verdict."""


def sentences(table: pd.DataFrame) -> pd.DataFrame:
    """The paper's sentences on r, what came out here, and whether it is as said."""
    lines = [(says, *check(table)) for says, check in SENTENCES]
    table = pd.DataFrame(lines, columns=["the paper", "here", "as said"])
    return table.set_index("the paper").rename_axis(None)


def _benefit(table: pd.DataFrame) -> Said:
    others = table.drop(index=0.0)
    better = others.index[others["low"] > 0]
    most = others["change"].idxmax()
    return f"largest gain: {_change(table, most)}", NO if len(better) else YES


def _minimal(table: pd.DataFrame) -> Said:
    means = [f"{table.at[r, 'chi_mean']:.3f}" for r in (0.0, 1e-2)]
    here = f"{_change(table, 1e-2)}; mean of χ {means[0]} without, {means[1]} with"
    return here, NO if _apart(table, 1e-2) else YES


def _sparse(table: pd.DataFrame) -> Said:
    here = f"at r = 0: {table.at[0.0, 'off']:.1f} % of χ below {OFF}, {table.at[0.0, 'on']:.1f} % "
    return here + f"above {ON}", YES if table.at[0.0, "off"] > 50 else NO


def _divergence(table: pd.DataFrame) -> Said:
    faster = [table.at[r, "spread"] > table.at[0.0, "spread"] for r in SMALL]
    after = f"standard deviation of χ after {table['shared'].iloc[0]} epochs: "
    return after + _each(table, "spread", ".4f"), _all_or_some(faster)


def _convergence(table: pd.DataFrame) -> Said:
    sooner = [table.at[r, "best_epoch"] < table.at[0.0, "best_epoch"] for r in SMALL]
    ended = table.loc[[0.0, *SMALL], "ended_early"].min() == 1
    here = f"epoch of the lowest loss: {_each(table, 'best_epoch', '.0f')}"
    if not ended:
        return f"{here}; not all had ended when the epochs ran out", UNSAID
    return here, _all_or_some(sooner)


def _not_significant(table: pd.DataFrame) -> Said:
    here = "; ".join(_change(table, r) for r in SMALL)
    return here, NO if any(_apart(table, r) for r in SMALL) else YES


def _harm(table: pd.DataFrame) -> Said:
    worse, better = table.at[LARGE, "high"] < 0, table.at[LARGE, "low"] > 0
    return _change(table, LARGE), YES if worse else NO if better else UNSAID


def _collapse(table: pd.DataFrame) -> Said:
    here = f"at r = {LARGE:g}: {table.at[LARGE, 'off']:.1f} % of χ below {OFF}, mean "
    here += f"{table.at[LARGE, 'chi_mean']:.3f}"
    return here, YES if table.at[LARGE, "off"] > 50 else NO


def _falls(table: pd.DataFrame) -> Said:
    means = table["chi_mean"]
    here = "mean of χ: " + ", ".join(f"{mean:.4f} (r = {r:g})" for r, mean in means.items())
    return here, YES if means.is_monotonic_decreasing and means.is_unique else NO


def _kept(table: pd.DataFrame) -> Said:
    best = {name: table[name].idxmax() for name in ("stop_f1", "F1 trial")}
    here = f"highest F1 at r = {best['stop_f1']:g} on the subjects that end a training, at r = "
    return f"{here}{best['F1 trial']:g} on test subjects", CHOICE


SENTENCES: tuple[tuple[str, Callable[[pd.DataFrame], Said]], ...] = (
    ("Overall, regularizing χ does not bring significant benefits.", _benefit),
    ("When comparing r = 10⁻² with no regularization the differences are minimal.", _minimal),
    ("The network has the ability to learn sparse message passing by itself …", _sparse),
    ("… small values of r lead to faster divergence of χ …", _divergence),
    ("… and faster convergence of the network.", _convergence),
    ("The difference in performance is not significant.", _not_significant),
    ("… values of r > 5 × 10⁻² negatively affect performance …", _harm),
    ("… as most of χ get closer to 0 and no messages are passed anymore.", _collapse),
    ("Increasing regularization collapses the correction factors … (Fig. 6)", _falls),
    ("For these reasons, we keep r = 5 × 10⁻³.", _kept),
)
"""Section 4.2.1, sentence by sentence, and the caption of Fig. 6."""


def _change(table: pd.DataFrame, r: float) -> str:
    change, low, high = table.loc[r, ["change", "low", "high"]]
    return f"{change:+.2f} F1 points ({low:+.2f} to {high:+.2f}) at r = {r:g}"


def _each(table: pd.DataFrame, column: str, digits: str) -> str:
    return ", ".join(f"{table.at[r, column]:{digits}} at r = {r:g}" for r in (0.0, *SMALL))


def _apart(table: pd.DataFrame, r: float) -> bool:
    return bool(table.at[r, "low"] > 0 or table.at[r, "high"] < 0)


def _all_or_some(held: list) -> str:
    return YES if all(held) else PARTLY if any(held) else NO
