"""F1 per Action Unit, and beside it what does not depend on a threshold.

Paper: Sec. 4.1.4: F1 = 2 P R / (P + R) per Action Unit, then averaged. A frame whose label is
missing for an Action Unit counts for the others only.
"""

import numpy as np
import pandas as pd
from jaxtyping import Float, Num
from scipy.stats import rankdata
from sklearn.metrics import average_precision_score, roc_auc_score


def mean_f1(
    probabilities: Float[np.ndarray, "frame au"],
    labels: Float[np.ndarray, "frame au"],
    tau: float | Float[np.ndarray, " au"] = 0.5,
) -> float:
    """F1 averaged over Action Units, in 0..1; predicted active from ``tau`` upwards.

    A unit that no frame is coded for is left out.
    """
    return float(np.nanmean(per_au_f1(probabilities, labels, tau)))


def per_au_f1(
    probabilities: Float[np.ndarray, "frame au"],
    labels: Float[np.ndarray, "frame au"],
    tau: float | Float[np.ndarray, " au"] = 0.5,
) -> Float[np.ndarray, " au"]:
    """F1 of each Action Unit, in 0..1; 0 where nothing is active and nothing is predicted.

    Missing (nan) where no frame is coded: a unit that was not predicted was not predicted badly.

    >>> per_au_f1(np.array([[0.9, 0.1], [0.2, 0.2]]), np.array([[1, np.nan], [1, 1]])).round(3)
    array([0.667, 0.   ])
    """
    active = probabilities >= tau
    yes, no = labels == 1, labels == 0  # a missing label is neither, so it counts nowhere
    counts = np.stack([(active & yes).sum(0), (active & no).sum(0), (~active & yes).sum(0)])
    return np.where((~np.isnan(labels)).any(0), f1_of(counts), np.nan)


def f1_of(counts: Num[np.ndarray, "*batch count au"]) -> Float[np.ndarray, "*batch au"]:
    """F1, 0..1, of true positives, false positives and false negatives, in this order.

    More counts, such as true negatives, may follow. 0 where nothing is active or predicted.

    >>> f1_of(np.array([[1, 0], [0, 0], [1, 0]])).round(3)
    array([0.667, 0.   ])
    """
    tp, fp, fn = (counts[..., k, :] for k in range(3))
    return 2 * tp / np.maximum(2 * tp + fp + fn, 1)


def mean_auc(
    probabilities: Float[np.ndarray, "frame au"], labels: Float[np.ndarray, "frame au"]
) -> float:
    """Area under the ROC curve averaged over Action Units, in 0..1; nan where an output is.

    A unit that these frames do not show in both states is left out; nan if all are. By ranks (Mann
    and Whitney's U over its largest value): scikit-learn's function, which checks what it is given
    again for every unit, takes ten times as long, and this is asked once an epoch.
    """
    if np.isnan(probabilities).any():
        return float("nan")
    known = []
    for y, p in zip(labels.T, probabilities.T, strict=True):
        coded, active, inactive = ~np.isnan(y), (y == 1).sum(), (y == 0).sum()
        if active and inactive:
            ranks = rankdata(p[coded])[y[coded] == 1]
            known.append((ranks.mean() - (active + 1) / 2) / inactive)
    return float(np.mean(known)) if known else float("nan")


def scores(
    probabilities: Float[np.ndarray, "frame au"],
    labels: Float[np.ndarray, "frame au"],
    aus: list[str],
    tau: float | Float[np.ndarray, " au"] = 0.5,
) -> pd.DataFrame:
    """One line an Action Unit: f1, auc, ap, prevalence (0..1) and the number of coded frames.

    All scores are missing where no frame is coded.
    """
    lines = []
    for j, f1 in enumerate(per_au_f1(probabilities, labels, tau)):
        seen = ~np.isnan(labels[:, j])
        y, p = labels[seen, j], probabilities[seen, j]
        two_classes = 0 < y.sum() < len(y)
        lines.append(
            {
                "f1": f1,
                "auc": roc_auc_score(y, p) if two_classes else np.nan,
                "ap": average_precision_score(y, p) if y.any() else np.nan,
                "prevalence": y.mean() if len(y) else np.nan,
                "frames": len(y),
            }
        )
    return pd.DataFrame(lines, index=pd.Index(aus, name="au"))
