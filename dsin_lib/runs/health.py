"""What became of the units of a network: dead, blind or seeing, and whether they were fed.

Looked at when a step ends, on the frames that it trained on, without any score. A unit that has run
to one end of the sigmoid on nearly every frame, whatever the frame shows, learns no more: that is a
defect of the training. One that says about the prevalence of every frame has found that its patch
does not show the unit: that is a result. A run keeps what was measured; what that is called is said
when it is read.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from jaxtyping import Float

SATURATED, NEARLY_ALL, TELLING = 1e-3, 0.99, 0.5
"""A unit is dead if p (1 - p), the factor of its gradient, is below the first on that share of
frames, it spreads below the third, and it is not where a constant is best. One that knows every
frame is at both ends, spreads as the label does, and lives."""
FLAT, NEAR = 0.1, 1.5
"""A living unit is blind if it spreads below the first and the odds of its mean are within that
factor of the prevalence's; flat and elsewhere, its step ended before it settled.

Spread is p's standard deviation over the label's. Of a calibrated output its square is the share of
the label's variance that it explains: 0.1 is one percent, 0.5 a quarter.
"""
FED_FRAMES, FED_SUBJECTS = 50, 5
"""A unit is fed from so many positive frames of so many people on; below, calling it never active
may be best."""

DEAD, BLIND, UNSETTLED, SEEING = "dead", "blind", "unsettled", "seeing"
FUSION, STRUCTURE = "fusion", "structure inference"
"""Names of networks in the record, beside those of patches and, one an Action Unit, of units."""


def record(
    out: Mapping[str, Any],
    y: Float[Any, "frame au"],
    aus: list[str],
    patches: Sequence[str],
    network: str = "all",
) -> pd.DataFrame:
    """What is measured of every unit of the networks that a step has trained.

    Args:
        out: Outputs of the trained modules on the training frames, tensors: p, f, y_hat, as far as
            they go.
        y: Labels of those frames, a tensor, nan where not coded. (Who reads records needs no torch,
            so it is not imported here.)
        aus: Column names of the Action Units.
        patches: Names of the patches, in the order of p.
        network: Which one this is of those that are trained apart.

    Returns:
        One line a network and Action Unit: au, prevalence, mean and spread of p, ``saturated``
        (share of frames), network.
    """
    names = patches if network == "all" else [network]
    outputs = dict(zip(names, out["p"].unbind(1), strict=True)) if "p" in out else {}
    outputs |= {name: out[key] for name, key in ((FUSION, "f"), (STRUCTURE, "y_hat")) if key in out}
    labels = y.cpu().numpy().astype(float)
    return pd.concat(
        [
            _measured(p.numpy().astype(float), labels, aus).assign(network=name)
            for name, p in outputs.items()
        ],
        ignore_index=True,
    )


def _measured(p: np.ndarray, labels: np.ndarray, aus: list[str]) -> pd.DataFrame:
    coded = ~np.isnan(labels)
    count = np.maximum(coded.sum(0), 1)
    prevalence = np.nansum(labels, 0) / count
    deviation = np.sqrt(prevalence * (1 - prevalence))
    return pd.DataFrame(
        {
            "au": aus,
            "prevalence": prevalence,
            "mean": p.mean(0),
            "spread": p.std(0) / np.where(deviation > 0, deviation, np.nan),
            "saturated": is_saturated(p).mean(0),
        }
    )


def is_saturated(p: Any) -> Any:
    """Where probabilities, an array or a tensor, leave next to no gradient."""
    return p * (1 - p) < SATURATED


def with_states(health: pd.DataFrame) -> pd.DataFrame:
    """A run's record with the ``state`` of each line; a system without networks has no lines."""
    if health.empty:
        return health
    spread = health["spread"].fillna(0)  # a unit that is never, or always, active has none
    with np.errstate(divide="ignore", invalid="ignore"):
        away = np.abs(_log_odds(health["mean"]) - _log_odds(health["prevalence"]))
    near = away < np.log(NEAR)
    dead = (health["saturated"] >= NEARLY_ALL) & (spread < TELLING) & ~near
    flat = spread < FLAT
    states = np.select([dead, flat & near, flat], [DEAD, BLIND, UNSETTLED], SEEING)
    return health.assign(state=states)


def _log_odds(p: pd.Series) -> np.ndarray:
    return np.log(p.to_numpy(float)) - np.log1p(-p.to_numpy(float))


def food(y: Float[Any, "frame au"], subjects: np.ndarray, aus: list[str]) -> pd.DataFrame:
    """What each unit had to learn from: au, positive frames, people with one, whether it is fed."""
    positive = y.cpu().numpy() == 1
    frames = positive.sum(0)
    people = np.array([len(np.unique(subjects[of])) for of in positive.T])
    fed = (frames >= FED_FRAMES) & (people >= FED_SUBJECTS)
    return pd.DataFrame({"au": aus, "frames": frames, "people": people, "fed": fed})


def at_the_end(health: pd.DataFrame) -> pd.DataFrame:
    """The lines of a run's record that its predictions come from: each network's last step."""
    return health.drop_duplicates(["network", "au"], keep="last")


def dead(health: pd.DataFrame) -> pd.DataFrame:
    """The lines of a run's record that are a defect: fed, and dead when the run ended."""
    last = at_the_end(health)
    return last[(last["state"] == DEAD) & last["fed"]]
