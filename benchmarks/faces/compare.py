"""What the outside reader makes of what was drawn: AUC by unit and level, with intervals.

A unit's score is the mean of its blendshapes. Frames where the unit is drawn at levels A and B, and
at C and above, are each held against frames without it. The level is of what is drawn, by the
stronger side, after units that exclude each other (AU25: of the gap between the lips); labels do
not come in. Intervals resample subjects, the same ones of both versions: 95 %, percentiles.

Usage:
    python -m benchmarks.faces.compare 1.0.0 [2.0.0] [--out 2.0.0/gain.csv]
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.faces.frames import C
from data_prep.synth.acting import lips
from data_prep.synth.labels.process import level
from data_prep.synth.plan.shapes import SHAPES
from dsin_lib.facs import ACTION_UNITS, au_name

HERE = Path(__file__).parent
BOTH = ("Left", "Right")
MATCHING = {
    1: ["browInnerUp"],
    2: [f"browOuterUp{s}" for s in BOTH],
    4: [f"browDown{s}" for s in BOTH],
    5: [f"eyeWide{s}" for s in BOTH],
    6: [f"eyeSquint{s}" for s in BOTH],
    7: [f"eyeSquint{s}" for s in BOTH],
    9: [f"noseSneer{s}" for s in BOTH],
    10: [f"mouthUpperUp{s}" for s in BOTH],
    12: [f"mouthSmile{s}" for s in BOTH],
    14: [f"mouthDimple{s}" for s in BOTH],
    15: [f"mouthFrown{s}" for s in BOTH],
    17: ["mouthShrugLower"],
    20: [f"mouthStretch{s}" for s in BOTH],
    23: ["mouthRollLower", "mouthRollUpper"],
    24: [f"mouthPress{s}" for s in BOTH],
    25: [f"mouthLowerDown{s}" for s in BOTH],
    26: ["jawOpen"],
}
"""Unit -> the blendshapes that it should move. Fixed before anything was read."""
DEAD = {5: "partly", 9: "yes", 14: "yes"}
"""Units whose blendshape hardly moves on real faces either (mediapipe #4436, #4450); 6 is read by
eyeSquint, because cheekSquint is dead."""
BANDS = {"A, B": (1, C - 1), "C to E": (C, 5)}
RESAMPLED = 2000
SEED = 0


def corpus_of(au: int) -> str:
    """Returns the corpus that a unit is read in: SynAU-B if it codes it."""
    return next(name for name in ("synau_b", "synau_d") if au in SHAPES[name].aus)


def joined(root: Path, readings: Path) -> pd.DataFrame:
    """Returns a line a frame: its drawn level of every coded unit, and its blendshapes.

    Args:
        root: what `draw.draw` wrote, or a folder of whole corpora by name.
        readings: what `read.py` wrote of it.
    """
    parts = [drawn(root, name) for name in SHAPES if (root / name).is_dir()]
    table = pd.concat(parts, ignore_index=True)
    return table.merge(pd.read_csv(readings), on="picture", how="inner", validate="1:1")


def drawn(root: Path, name: str) -> pd.DataFrame:
    """Returns the drawn level (0 to 5) of every unit that a corpus codes, a line a frame."""
    shape, parts = SHAPES[name], []
    for subject in shape.subjects:
        for task in shape.tasks:
            path = root / name / shape.layout.truth(subject, task)
            if not path.exists():
                continue
            truth = pd.read_parquet(path)
            levels = {au_name(au): _levels(truth, au) for au in shape.aus}
            folder, digits = shape.layout.pictures(subject, task), shape.layout.digits
            pictures = [f"{name}/{folder}/{number:0{digits}d}.jpg" for number in truth["frame"]]
            who = {"picture": pictures, "corpus": name, "subject": subject}
            parts.append(pd.DataFrame(who | levels))
    return pd.concat(parts, ignore_index=True)


def _levels(truth: pd.DataFrame, au: int) -> np.ndarray:
    if au == lips.LIPS_PART:
        return level(truth["lip_gap_dm"], lips.GAP_BOUNDS)
    sides = [truth[f"{au_name(au)}_{side}"] for side in ("left", "right")]
    return level(np.maximum(*sides))


def concordant(score: np.ndarray, active: np.ndarray, subject: np.ndarray, n: int) -> np.ndarray:
    """Returns pairs of frames in the right order (n n), of n subjects.

    The row's subject shows the unit, the column's does not.
    AUC = w C w / (w P)(w N), for subjects drawn w times with P active and N other frames.
    """
    out = np.zeros((n, n))
    yes, no = score[active], score[~active]
    wins = (yes[:, None] > no).astype(np.float32) + 0.5 * (yes[:, None] == no)
    by_row = np.zeros((n, len(no)))
    np.add.at(by_row, subject[active], wins)
    np.add.at(out.T, subject[~active], by_row.T)
    return out


def aucs(score: np.ndarray, active: np.ndarray, subject: np.ndarray, w: np.ndarray) -> np.ndarray:
    """Returns the AUC (n) for subjects counted w (n s) times; NaN where one kind is missing."""
    n = w.shape[1]
    pairs = ((w @ concordant(score, active, subject, n)) * w).sum(1)
    yes, no = (w @ np.bincount(subject[kind], minlength=n) for kind in (active, ~active))
    with np.errstate(invalid="ignore", divide="ignore"):
        return pairs / (yes * no)


def table(versions: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Returns AUCs by unit and band of each version, and, of two, the gain of the second.

    Args:
        versions: name -> `joined` frames; of two, the frames that were found in both count.
    """
    found = [set(v.loc[v["found"] > 0, "picture"]) for v in versions.values()]
    both = sorted(set.intersection(*found))
    frames = {k: v.set_index("picture").loc[both] for k, v in versions.items()}
    return pd.DataFrame([_line(frames, au, band) for au in ACTION_UNITS for band in BANDS])


def _line(frames: dict[str, pd.DataFrame], au: int, band: str) -> dict:
    name = corpus_of(au)
    line: dict = {"unit": au, "corpus": name, "level": band, "dead": DEAD.get(au, "")}
    chance = np.random.default_rng([SEED, au])
    people = len(SHAPES[name].subjects)
    w = chance.multinomial(people, np.full(people, 1 / people), RESAMPLED)
    w = np.concatenate([np.ones((1, people), int), w])
    values = []
    for version, rows in frames.items():
        rows = rows[rows["corpus"] == name]
        levels = rows[au_name(au)].to_numpy()
        active = (levels >= BANDS[band][0]) & (levels <= BANDS[band][1])
        kept = active | (levels == 0)
        subject = rows["subject"].map(SHAPES[name].subjects.index).to_numpy(int)
        score = rows[MATCHING[au]].mean(axis=1).to_numpy()
        value = aucs(score[kept], active[kept], subject[kept], w)
        low, high = interval(value)
        line |= {
            f"n {version}": active.sum(),
            f"subjects {version}": len(set(subject[active])),
            f"AUC {version}": value[0],
            f"low {version}": low,
            f"high {version}": high,
        }
        values.append(value)
    if len(values) == 2:
        gain = values[1] - values[0]
        low, high = interval(gain)
        line |= {"gain": gain[0], "gain low": low, "gain high": high}
    return line


def interval(values: np.ndarray) -> tuple[float, float]:
    """Returns the interval of resampled values, the first of which is the estimate."""
    if np.isnan(values).all():
        return np.nan, np.nan
    low, high = np.nanpercentile(values[1:], [2.5, 97.5])
    return float(low), float(high)


def kept(version: str) -> pd.DataFrame:
    """Returns the frames of a version that was read: what is kept beside this file."""
    return pd.read_csv(HERE / version / "frames.csv.xz")


def main() -> None:
    """Prints the AUCs of one version, or of two and the gain."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("versions", nargs="+")
    parser.add_argument("--out", type=Path, help="a file beside this one; the book shows gain.csv")
    asked = parser.parse_args()
    found = table({v: kept(v) for v in asked.versions})
    if asked.out:
        found.round(4).to_csv(HERE / asked.out, index=False)
    with pd.option_context("display.max_rows", None, "display.width", 200):
        print(found.round(3).to_string(index=False))


if __name__ == "__main__":
    main()
