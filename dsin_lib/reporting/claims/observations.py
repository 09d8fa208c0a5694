"""The second half of the ledger: sentences beside the paper's tables, held against this profile."""

from collections.abc import Callable
from itertools import chain

import numpy as np
import pandas as pd

from dsin_lib.paper.claims import arithmetic
from dsin_lib.paper.observations import Observation, observations
from dsin_lib.reporting import health
from dsin_lib.reporting.claims import observed_chi as chi
from dsin_lib.reporting.claims import observed_runs as runs
from dsin_lib.reporting.claims import observed_tables as tables
from dsin_lib.reporting.claims.finding import Evidence, Finding
from dsin_lib.runs.run import Run
from dsin_lib.runs.sweeps import CHI_PENALTIES
from dsin_lib.scores.verdicts import NOT_RUN, UNTESTABLE

MEASURES: dict[str, Callable[[Evidence], Finding]] = {
    "density": tables.density,
    "imbalanced": tables.imbalanced,
    "rare-classes": tables.rare_classes,
    "common-classes": tables.common_classes,
    "individual-parameters": runs.individual_parameters,
    "individual-speed": runs.individual_speed,
    "fusion-more-on-disfa": tables.fusion_more_on_disfa,
    "patches-balanced-on-disfa": tables.patches_balanced_on_disfa,
    "fusion-noisy-bp4d": tables.fusion_noisy("table_3"),
    "fusion-noisy-disfa": tables.fusion_noisy("table_4"),
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
    "messages-bp4d": runs.messages("dsin_10"),
    "messages-disfa": runs.messages("t4_dsin_10"),
    "end-to-end": runs.end_to_end,
    "messages-correct": runs.messages_correct,
    "phi-cheeks": tables.phi("phi-cheeks", lambda phi: min(phi) - 0.3),
    "phi-au04-au17": tables.phi("phi-au04-au17", lambda phi: -min(phi)),
    "phi-au24": tables.phi("phi-au24", lambda phi: min(phi) - 0.1),
}
"""From the id of an observation to what measures it."""
SI = "SI"
"""Step 4 alone with the profile's own penalty."""
RESTS_ON: dict[str, tuple[str | float, ...]] = {
    "individual-speed": ("PP(mouth)^ind", "PP(mouth)"),
    "fusion-more-on-disfa": ("PP+F", "PP(face)"),
    "patches-balanced-on-disfa": tuple(tables.PATCHES),
    "fusion-noisy-bp4d": ("PP+F", *tables.PATCHES),
    "fusion-noisy-disfa": ("PP+F", *tables.PATCHES),
    "chi-no-benefit": CHI_PENALTIES,
    "chi-minimal": (1e-2, 0.0),
    "chi-not-significant": (5e-3, 0.0),
    "chi-sparse-by-itself": (0.0,),
    "chi-diverges-faster": (5e-3, 0.0),
    "chi-converges-faster": (5e-3, 0.0),
    "chi-strong-hurts": (5e-3, 1e-1),
    "chi-strong-closes": (0.0, 1e-1),
    "chi-collapses": CHI_PENALTIES,
    "tau-half": ("DSIN_10",),
    "tau-low": ("DSIN_10",),
    "tau-au04": ("DSIN_10",),
    "more-conclusive-on-disfa": ("DSIN_10", "PP+F"),
    "messages-bp4d": ("DSIN_10",),
    "messages-disfa": ("DSIN_10",),
    "end-to-end": ("DSIN_10", SI),
    "messages-correct": ("DSIN_10",),
}
"""Whose units an observation uses: rows of the tables of the corpora that it needs, as printed, or
step 4 alone at a penalty. Label lists and sizes of networks rest on none."""


def held(known: Evidence) -> pd.DataFrame:
    """Every observation against what a profile has measured, one line each, as of claims.

    Without the corpus that it needs, an observation is not run.
    """
    there = set(known.tables)
    every = observations().values()
    return pd.DataFrame(
        [_line(one, known, one.id in MEASURES and set(one.needs) <= there) for one in every]
    )


def about_chi(known: Evidence) -> pd.DataFrame:
    """The observations about the penalty on chi alone, on whichever corpus a profile has."""
    chosen = [one for one in observations().values() if one.id.startswith("chi-")]
    return pd.DataFrame([_line(one, known, able=True) for one in chosen])


def _line(one: Observation, known: Evidence, able: bool) -> dict[str, object]:
    finding = MEASURES[one.id](known) if able else Finding()
    if dead := _dead(one, known) if able else []:
        finding = Finding(paper=finding.paper, basis=health.in_words(dead))
    return {
        "id": one.id,
        "section": one.section,
        "claim": one.says,
        "reads": "; ".join(words for words in (one.reads, one.margin, one.unmeasured) if words),
        "table": "",
        "paper": finding.paper,
        "arithmetic": "" if np.isnan(finding.paper) else arithmetic(finding.paper),
        "margin": finding.margin,
        "low": finding.low,
        "high": finding.high,
        "basis": finding.basis,
        "verdict": (UNTESTABLE if dead else finding.verdict) if able else NOT_RUN,
    }


def _dead(one: Observation, known: Evidence) -> list[str]:
    """The dead units of whatever an observation rests on, in words."""
    used = RESTS_ON.get(one.id, ())
    rows = [row for row in used if isinstance(row, str) and row != SI]
    beside: list[Run] = [run for r in used if not isinstance(r, str) for run in known.chi[r]]
    beside += known.rows["omega"] if SI in used else []
    of_tables = [known.tables[corpus].dead_of(rows) for corpus in one.needs if rows]
    return list(dict.fromkeys(chain(*of_tables, health.defects(beside))))
