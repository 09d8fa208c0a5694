"""The second half of the ledger: sentences beside the paper's tables, held against this profile."""

from collections.abc import Callable
from itertools import chain

import numpy as np
import pandas as pd

from dsin_lib.config import Config
from dsin_lib.paper.claims import arithmetic
from dsin_lib.paper.observations import Observation, observations
from dsin_lib.reporting import health
from dsin_lib.reporting import observed_chi as chi
from dsin_lib.reporting import observed_runs as runs
from dsin_lib.reporting import observed_tables as tables
from dsin_lib.reporting.finding import Evidence, Finding
from dsin_lib.reporting.verdicts import NOT_RUN, UNTESTABLE
from dsin_lib.runs.sweeps import CHI_PENALTIES, Trial, chi_trial

MEASURES: dict[str, Callable[[Evidence], Finding]] = {
    "density": tables.density,
    "imbalanced": tables.imbalanced,
    "rare-classes": tables.rare_classes,
    "common-classes": tables.common_classes,
    "individual-parameters": runs.individual_parameters,
    "individual-speed": runs.individual_speed,
    "fusion-more-on-disfa": tables.fusion_more_on_disfa,
    "patches-balanced-on-disfa": tables.patches_balanced_on_disfa,
    "fusion-noisy-bp4d": tables.fusion_noisy("bp4d"),
    "fusion-noisy-disfa": tables.fusion_noisy("disfa"),
    "chi-no-benefit": chi.no_benefit,
    "chi-minimal": chi.equal(1e-2),
    "chi-not-significant": chi.equal(5e-3),
    "chi-sparse-by-itself": chi.sparse,
    "chi-diverges-faster": chi.diverges,
    "chi-converges-faster": chi.converges,
    "chi-strong-hurts": chi.strong_hurts,
    "chi-strong-closes": chi.closes,
    "chi-collapses": chi.collapses,
    "tau-half": runs.taus(runs.tau_half),
    "tau-low": runs.taus(runs.tau_low),
    "tau-au04": runs.taus(runs.tau_au04),
    "more-conclusive-on-disfa": tables.structure_more_on_disfa,
    "messages-bp4d": runs.messages("bp4d"),
    "messages-disfa": runs.messages("disfa"),
    "end-to-end": runs.end_to_end,
    "messages-correct": runs.messages_correct,
    "phi-cheeks": tables.phi("phi-cheeks", lambda phi: min(phi) - 0.3),
    "phi-au04-au17": tables.phi("phi-au04-au17", lambda phi: -min(phi)),
    "phi-au24": tables.phi("phi-au24", lambda phi: min(phi) - 0.1),
}
"""From the id of an observation to what measures it."""
CHI = tuple(map(chi_trial, CHI_PENALTIES))
RESTS_ON: dict[str, tuple[str | Trial, ...]] = {
    "individual-speed": ("PP(mouth)^ind", "PP(mouth)"),
    "fusion-more-on-disfa": ("PP+F", "PP(face)"),
    "patches-balanced-on-disfa": tuple(tables.PATCHES),
    "fusion-noisy-bp4d": ("PP+F", *tables.PATCHES),
    "fusion-noisy-disfa": ("PP+F", *tables.PATCHES),
    "chi-no-benefit": CHI,
    "chi-minimal": (chi_trial(1e-2), chi_trial(0.0)),
    "chi-not-significant": (chi_trial(5e-3), chi_trial(0.0)),
    "chi-sparse-by-itself": (chi_trial(0.0),),
    "chi-diverges-faster": (chi_trial(5e-3), chi_trial(0.0)),
    "chi-converges-faster": (chi_trial(5e-3), chi_trial(0.0)),
    "chi-strong-hurts": (chi_trial(5e-3), chi_trial(1e-1)),
    "chi-strong-closes": (chi_trial(0.0), chi_trial(1e-1)),
    "chi-collapses": CHI,
    "tau-half": ("DSIN_10",),
    "tau-low": ("DSIN_10",),
    "tau-au04": ("DSIN_10",),
    "more-conclusive-on-disfa": ("DSIN_10", "PP+F"),
    "messages-bp4d": ("DSIN_10",),
    "messages-disfa": ("DSIN_10",),
    "end-to-end": ("DSIN_10", Trial("omega")),
    "messages-correct": ("DSIN_10",),
}
"""Whose units an observation uses: rows of the tables of the corpora that it needs, as printed, or
trainings beside them. Label lists and sizes of networks rest on none."""


def held(known: Evidence) -> pd.DataFrame:
    """Every observation against what a profile has measured, one line each, as of claims.

    Without the corpus that it needs, an observation is not run.
    """
    there = set(known.tables)
    every = observations().values()
    return pd.DataFrame(
        [_line(one, known, one.id in MEASURES and set(one.needs) <= there) for one in every]
    )


def about_chi(config: Config) -> pd.DataFrame:
    """The observations about the penalty on chi alone, on whichever corpus a profile has."""
    chosen = [one for one in observations().values() if one.id.startswith("chi-")]
    return pd.DataFrame([_line(one, Evidence(config, {}), able=True) for one in chosen])


def _line(one: Observation, known: Evidence, able: bool) -> dict[str, object]:
    found = MEASURES[one.id](known) if able else Finding()
    if dead := _dead(one, known) if able else []:
        found = Finding(paper=found.paper, basis=health.in_words(dead))
    return {
        "id": one.id,
        "section": one.section,
        "claim": one.says,
        "reads": "; ".join(words for words in (one.reads, one.margin, one.unmeasured) if words),
        "table": "",
        "paper": found.paper,
        "arithmetic": "" if np.isnan(found.paper) else arithmetic(found.paper),
        "margin": found.margin,
        "low": found.low,
        "high": found.high,
        "basis": found.basis,
        "verdict": (UNTESTABLE if dead else found.verdict) if able else NOT_RUN,
    }


def _dead(one: Observation, known: Evidence) -> list[str]:
    """The dead units of whatever an observation rests on, in words."""
    used = RESTS_ON.get(one.id, ())
    rows = [row for row in used if isinstance(row, str)]
    trials = [trial for trial in used if isinstance(trial, Trial)]
    of_tables = [known.tables[corpus].dead_of(rows) for corpus in one.needs if rows]
    of_trials = [
        [f"{au} of {row}" for row, au in health.defective(trial.of(known.config), [trial.row])]
        for trial in trials
    ]
    return list(dict.fromkeys(chain(*of_tables, *of_trials)))
