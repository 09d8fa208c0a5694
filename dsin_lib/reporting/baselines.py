"""Predictors that look at no image: without them beside it, an F1 means nothing."""

import numpy as np
import pandas as pd

from dsin_lib.config import Config
from dsin_lib.data.store import Store
from dsin_lib.scores.f1 import always_positive, per_au_f1
from dsin_lib.paper.claims import CORPUS_OF
from dsin_lib.paper.published import bp4d_prevalence, label_lists, published
from dsin_lib.config.places import store_dir
from dsin_lib.training.runs import subject_split

ALWAYS_POSITIVE = "Always positive"
PRIOR = "Training prevalence"
BASELINES = (ALWAYS_POSITIVE, PRIOR)
"""Predictors that look at no image: every unit in every frame; every unit with the probability that
it has among the training subjects, which passes tau or does not."""


def baselines(config: Config) -> pd.DataFrame:
    """F1 in percent of the predictors that look at no image, on the test frames of every row."""
    aus = config.corpus.aus
    store = Store.open(store_dir(config), config.corpus.active_from)
    tests = []
    for fold in config.evaluation.folds:
        for seed in config.evaluation.seeds:
            split = subject_split(config, store, fold, seed)
            frames = store.frames[store.frames["subject"].isin(split.train)]
            prior = frames[aus].mean().to_numpy(float)
            labels = store.usable(split.test)[aus].to_numpy(np.float64, na_value=np.nan)
            tests.append([always_positive(labels), _constant(labels, prior, config.evaluation.tau)])
    return pd.DataFrame(100 * np.mean(tests, axis=0), list(BASELINES), aus)


def _constant(labels: np.ndarray, prior: np.ndarray, tau: float) -> np.ndarray:
    """F1 (au) of predicting each unit with one probability (au) in every frame."""
    return per_au_f1(np.broadcast_to(prior, labels.shape), labels, tau)


def listed_baselines(name: str) -> pd.DataFrame:
    """The same predictors on the corpus of a paper's table, by its public label lists."""
    prevalence = pd.Series(label_lists()[CORPUS_OF[name]]["prevalence"])
    every = 200 * prevalence / (1 + prevalence)
    return pd.DataFrame([every, every.where(prevalence >= 0.5, 0)], list(BASELINES))


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
