"""The statistics of labels that the reference gives, measured on any labels.

Usage:
    python -m data_prep.synth.measure [SEED]
"""

import sys
from collections.abc import Mapping

import numpy as np

from data_prep.synth.seeds import SUBJECTS, TASKS

Labels = Mapping[tuple[str, str], np.ndarray]
"""(subject, task) -> (frame au) 0/1, consecutive video frames."""


def prevalence(labels: Labels) -> np.ndarray:
    """Returns the share of active frames (au)."""
    return np.concatenate(list(labels.values())).mean(0)


def phi(labels: Labels) -> np.ndarray:
    """Returns the Pearson correlation of the binary labels (au au)."""
    return np.corrcoef(np.concatenate(list(labels.values())).T)


def variance_explained(labels: Labels) -> dict[str, np.ndarray]:
    """Returns between-group variance over total variance (au), by kind of group."""
    everything = np.concatenate(list(labels.values()))
    total, grand = everything.var(0), everything.mean(0)
    groups = {
        "by_subject": [[k for k in labels if k[0] == s] for s in SUBJECTS],
        "by_task": [[k for k in labels if k[1] == t] for t in TASKS],
        "by_subject_x_task": [[k] for k in labels],
    }
    out = {}
    for name, members in groups.items():
        parts = [np.concatenate([labels[k] for k in keys]) for keys in members if keys]
        between = sum(len(x) * (x.mean(0) - grand) ** 2 for x in parts) / len(everything)
        out[name] = between / total
    return out


def active_runs(labels: Labels) -> list[np.ndarray]:
    """Returns the lengths in frames of maximal active runs, for each AU."""
    runs: list[list[np.ndarray]] = []
    for sequence in labels.values():
        edges = np.diff(np.pad(sequence.astype(np.int8), ((1, 1), (0, 0))), axis=0)
        for a in range(sequence.shape[1]):
            if len(runs) <= a:
                runs.append([])
            starts, ends = np.flatnonzero(edges[:, a] == 1), np.flatnonzero(edges[:, a] == -1)
            runs[a].append(ends - starts)
    return [np.concatenate(r) for r in runs]


def report(seed: int) -> None:
    """Prints the labels' statistics beside the reference's for the whole corpus of a seed."""
    from data_prep.synth import calibrate, labels

    reference, drawn = labels.statistics(), calibrate.simulate(labels.process(), seed)
    share, runs = prevalence(drawn), active_runs(drawn)
    explained = variance_explained(drawn)
    print("AU    prevalence     run mean     run median   by subject    by task     by sequence")
    for a, au in enumerate(labels.CODED):
        run = reference["active_runs"][str(au)]
        cells = [f"{share[a]:.3f} ({reference['prevalence'][a]:.3f})"]
        cells.append(f"{runs[a].mean():.0f} ({run['mean']:.0f})")
        cells.append(f"{np.median(runs[a]):.0f} ({run['median']:.0f})")
        cells += [f"{v[a]:.2f} ({reference['variance_explained'][k][a]:.2f})" for k, v in
                  explained.items()]  # fmt: skip
        print(f"AU{au:02d}  " + "  ".join(f"{c:<12}" for c in cells))
    print("in brackets: the reference")
    error = abs(phi(drawn) - np.array(reference["phi"]))
    print(f"phi: largest error of the 66 pairs {error.max():.3f}, mean {error.mean():.3f}")


if __name__ == "__main__":
    report(int(sys.argv[1]) if len(sys.argv) > 1 else 0)
