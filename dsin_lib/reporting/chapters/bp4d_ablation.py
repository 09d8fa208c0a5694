"""Table 3: how small the profile is, what thresholds and folds are worth. Paper: Sec. 4.2.1."""

import numpy as np
import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from dsin_lib.config import Config, load_config
from dsin_lib.paper.published import bp4d_prevalence, published
from dsin_lib.reporting.page.figures import sns  # with the book's theme
from dsin_lib.reporting.tables import BASELINES, shown_line
from dsin_lib.runs.predictions import LABEL, values_of
from dsin_lib.runs.run import Run
from dsin_lib.scores.measured import Measured
from dsin_lib.scores.thresholds import TAUS, best_taus, f1_curves

WHOLE = "paper"
SIZES = {
    "frames of a sequence, at most": "corpora.table_3.frames_per_sequence",
    "one of them kept of every": "corpora.table_3.stride",
    "width of a face (pixels)": "preprocessing.face_px",
    "epochs of a patch network (step 1)": "patch_prediction.max_epochs",
    "of fusion, or of structure inference, alone (steps 2, 4)": "training.max_cached_epochs",
    "of patches and fusion (step 3)": "fusion.max_joint_epochs",
    "of everything (step 5)": "structure_inference.max_joint_epochs",
    "filters in VGG's first block": "vgg.width",
    "folds": "evaluation.folds",
    "seeds": "evaluation.seeds",
}
"""What it is called, and the parameter. Epochs are the most that early stopping may use."""


def beside_paper(config: Config) -> pd.DataFrame:
    """Every size of a profile beside that of the profile ``paper``."""
    both = {"this profile": config, f"profile {WHOLE}": load_config(WHOLE)}
    return pd.DataFrame(
        {name: {words: _size(one, of) for words, of in SIZES.items()} for name, one in both.items()}
    )


def _size(config: Config, parameter: str) -> str:
    value: object = config
    for name in parameter.split("."):
        value = getattr(value, name)
    return str(len(value) if isinstance(value, tuple | list) else value)


def thresholds(run: Run) -> Figure:
    """F1 against tau on held-out (line) and test subjects (dashed), best held-out tau marked."""
    aus = run.corpus.aus
    parts = {
        part: (values_of(run, part, LABEL), values_of(run, part)) for part in ("valid", "test")
    }
    f1 = {part: 100 * f1_curves(p, y) for part, (y, p) in parts.items()}
    taus = best_taus(parts["valid"][1], parts["valid"][0])
    lines = -(-len(aus) // 4)
    figure, axes = plt.subplots(
        lines, 4, figsize=(11, 0.8 + 1.9 * lines), sharex=True, sharey=True, layout="constrained"
    )
    for j, (axis, au) in enumerate(zip(axes.flat, aus, strict=True)):
        axis.plot(TAUS, f1["valid"][:, j], label="held-out subjects")
        axis.plot(TAUS, f1["test"][:, j], "--", label="test subjects")
        at = int(np.abs(TAUS - taus[j]).argmin())
        axis.plot(TAUS[at], f1["valid"][at, j], "ko", markersize=5)
        axis.axvline(0.5, color="0.8", lw=1, zorder=0)
        axis.set_title(au, fontsize="medium")
    figure.supxlabel(r"$\tau$")
    figure.supylabel("F1 (%)")
    axes[0, 0].legend(frameon=False, fontsize="small")
    sns.despine(figure)
    return figure


def pooled(measured: Measured) -> pd.DataFrame:
    """The other reading of fold-average: F1 of the frames of all folds together, in percent.

    Returns:
        One line a row that has an average: ``mean of folds``, ``folds together``, ``difference``.
    """
    together = pd.DataFrame(measured.together, measured.lines, measured.aus).mean(
        axis=1, skipna=False
    )
    mean = pd.Series(measured.f1.mean(1), measured.lines)
    columns = {"mean of folds": mean, "folds together": together, "difference": together - mean}
    lines = pd.DataFrame(columns).drop(index=list(BASELINES), errors="ignore").dropna()
    return lines.rename(index=shown_line)


def bp4d_always_positive() -> dict[str, object]:
    """Always positive on BP4D's public prevalence, and which of the paper's rows it beats."""
    prevalence = bp4d_prevalence()
    average = float((200 * prevalence / (1 + prevalence)).mean())
    averages = published("table3")["printed_average"].dropna()
    return {
        "average": average,
        "rows": len(averages),
        "rows_below": int((averages < average).sum()),
        "names_below": list(averages.index[averages < average]),
    }
