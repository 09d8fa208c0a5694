"""Runs that say what a test wants them to say, and the rows of a table once they are there."""

import numpy as np
import pandas as pd

from dsin_lib.reporting.page.faces import Gallery
from dsin_lib.reporting.tables import rows_measured
from dsin_lib.runs.files import write
from dsin_lib.runs.predictions import PROBABILITY
from dsin_lib.runs.run import by_row, runs_of
from dsin_lib.systems.ensure import ensure

PEOPLE = ("A", "B", "C")
HELD_OUT = "held out"


def rows_made(config, rows):
    """What the rows of a profile score, trained first if nobody has."""
    ensure(runs_of(config, rows))
    return rows_measured(by_row(config, rows))


def gallery_of(config, place="table_3"):
    """The faces of a profile's corpus, as far as it lets them be shown."""
    return Gallery.of(config.corpus(place), config.preprocessing, config.reporting)


def by_chance(run, people=PEOPLE, seed=0, rate=0.4, frames=10):
    """Predictions of chance, on so many test frames of each person and as many held-out frames."""
    rng, n = np.random.default_rng(seed), frames * (len(people) + 1)
    columns = {"subject": np.repeat([*people, HELD_OUT], frames)}
    columns |= {"split": np.where(columns["subject"] == HELD_OUT, "valid", "test")}
    columns |= {au: rng.random(n) for au in run.aus}
    columns |= {f"{au}_label": (rng.random(n) < rate).astype(float) for au in run.aus}
    columns |= {f"{au}_fused": rng.random(n) for au in run.aus}
    return pd.DataFrame(columns)


def told(run, predictions=None, *, prevalence=0.4, dead=(), history=None):
    """The run, whose folder now holds these predictions (of chance), and units that are dead."""
    kept = run.trained
    write(
        run.folder,
        spec=kept.spec,
        predictions=by_chance(kept) if predictions is None else predictions,
        provenance={"prevalence": dict.fromkeys(kept.aus, prevalence), "point": PROBABILITY},
        health=_health(kept, dead),
        history=history,
    )
    return run


def _health(run, dead):
    """A record in which every unit sees its face, but for those that are dead."""
    record = pd.DataFrame({"au": run.aus, "prevalence": 0.2, "frames": 100, "people": 9})
    is_dead = record["au"].isin(list(dead))
    states = {
        "mean": np.where(is_dead, 1e-5, 0.2),
        "spread": np.where(is_dead, 0.0, 0.8),
        "saturated": np.where(is_dead, 1.0, 0.0),
    }
    networks = [record.assign(**states, fed=True, network=name) for name in run.row.patches]
    return pd.concat(networks, ignore_index=True)
