"""How good is what the preprocessing made? Landmarks, registration, and where the chain breaks."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import seaborn as sns
from IPython.display import HTML
from jaxtyping import UInt8
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from dsin_lib.config import Corpus
from dsin_lib.config.places import corpus_dir
from dsin_lib.data.frames import as_ranges
from dsin_lib.data.store import Store
from dsin_lib.faces.align import ANCHOR_POINTS, anchors_of
from dsin_lib.faces.landmarks import landmarks
from dsin_lib.faces.subject_face import RULES
from dsin_lib.reporting.page.faces import GREEN
from dsin_lib.reporting.page.tables import plain

POINT_GROUPS = {
    "jaw": range(17),
    "brows": range(17, 27),
    "nose": range(27, 36),
    "eyes": range(36, 48),
    "mouth": range(48, 68),
}
OUTER_EYES = [36, 45]
ONE_FACE = HTML("<p>In no frame did the detector see more than one face.</p>")
TRUTH = "truth"
NO_TRUTH = HTML("<p>Nobody drew these faces: there is no truth to hold the landmarks against.</p>")


def anchors_table(store: Store) -> HTML:
    """The three anchors, pixels on the aligned face."""
    names = [name.replace("_", " ") for name in ANCHOR_POINTS]
    return plain(pd.DataFrame(store.anchors, index=names, columns=["x (px)", "y (px)"]))


def registration(store: Store) -> HTML:
    """How far from its anchor each mean of eye or mouth ends, pixels of the aligned face.

    A similarity has four numbers to bring three points to three anchors (six), so it cannot bring
    all of them home: what is left is the shape of the face and its turn to the side.
    """
    reached = np.array([anchors_of(points) for points in store.aligned_landmarks])
    left = np.linalg.norm(reached - store.anchors, axis=2)
    names = [name.replace("_", " ") for name in ANCHOR_POINTS]
    table = pd.DataFrame(np.quantile(left, [0.5, 0.95], axis=0).T, index=names)
    return plain(table.set_axis(["median (px)", "95 % (px)"], axis=1))


def several_faces(frames: pd.DataFrame) -> HTML:
    """Count and list the frames in which the detector saw several faces, and whose was taken.

    Args:
        frames: Of a store: ``subject``, ``sequence``, ``frame``, ``n_faces`` and ``taken_by``.

    Returns:
        One line a sequence and rule: which frames, how many, the most faces in one of them.
    """
    several = frames[frames["n_faces"] > 1]
    if several.empty:
        return ONE_FACE
    by = several.groupby(["subject", "sequence", "taken_by"])
    lines = by.agg(
        frames=("frame", lambda numbers: as_ranges(numbers, most=len(numbers))),
        number=("frame", "size"),
        most=("n_faces", "max"),
    ).reset_index()
    lines["taken_by"] = lines["taken_by"].map(RULES)
    lines = lines.rename(columns={"taken_by": "taken", "most": "most faces"})
    lines.index = [""] * len(lines)
    seen = int((frames["n_faces"] > 0).sum())
    said = f"<p>In {len(several)} of the {seen} frames with a face the detector saw several.</p>"
    return HTML(said + plain(lines, 0, words=["subject", "sequence", "taken", "frames"]).data)


def landmark_errors(corpus: Corpus, store: Store) -> pd.DataFrame:
    """Distance of each group's found landmarks from the drawn ones, percent of the outer-eye span.

    Returns:
        One line a frame with a face: subject, yaw (degrees, to the subject's left), a column a
        group. Empty for a corpus that nobody drew.
    """
    truth = _truth(corpus_dir(corpus) / TRUTH)
    columns = ["subject", "yaw", *POINT_GROUPS]
    if truth.empty:
        return pd.DataFrame(columns=columns)
    usable = store.frames[store.frames["row"].notna()]
    both = usable.merge(truth, on=["subject", "sequence", "frame"], how="inner")
    axes = [both[[f"{axis}{i}" for i in range(68)]].to_numpy(float) for axis in "xy"]
    drawn = np.stack(axes, axis=2)
    detected = store.landmarks[both["row"].to_numpy(int)]
    span = np.linalg.norm(drawn[:, OUTER_EYES[0]] - drawn[:, OUTER_EYES[1]], axis=1)
    error = 100 * np.linalg.norm(detected - drawn, axis=2) / span[:, None]
    groups = {name: error[:, list(points)].mean(axis=1) for name, points in POINT_GROUPS.items()}
    return pd.DataFrame({"subject": both["subject"], "yaw": np.rad2deg(both["yaw"]), **groups})


def landmark_table(errors: pd.DataFrame) -> HTML:
    """Median and 95th percentile of the landmark error by group, percent of the outer-eye span."""
    if errors.empty:
        return NO_TRUTH
    table = errors[list(POINT_GROUPS)].quantile([0.5, 0.95]).T
    return plain(table.set_axis(["median (%)", "95 % (%)"], axis=1))


def landmark_figure(errors: pd.DataFrame) -> Figure | None:
    """The landmark error by group and by how far the head is turned."""
    if errors.empty:
        return None
    turn = pd.cut(errors["yaw"].abs(), [0, 5, 10, 15, 90], labels=["<5", "5–10", "10–15", ">15"])
    long = errors.assign(turn=turn).melt(["turn"], list(POINT_GROUPS), "landmarks", "error")
    figure, axis = plt.subplots(figsize=(9, 3.8), layout="constrained")
    sns.boxplot(
        long, x="landmarks", y="error", hue="turn", palette="crest", fliersize=1, linewidth=0.8,
        ax=axis,
    )  # fmt: skip
    axis.set(xlabel="", ylabel="error (% of outer-eye span)", ylim=(0, None))
    axis.legend(title="turned by (degrees)", frameon=False, ncols=4, loc="upper right")
    sns.despine(figure)
    return figure


def breaking_point(
    troubles: Mapping[str, Mapping[str, UInt8[np.ndarray, "height width 3"]]],
) -> Figure:
    """What the detector and the regression trees make of each picture, a line a kind of trouble."""
    shape = len(troubles), max(len(pictures) for pictures in troubles.values())
    size = 1.6 * shape[1], 2.0 * shape[0]
    figure, axes = plt.subplots(*shape, figsize=size, squeeze=False, layout="constrained")
    for line, pictures in zip(axes, troubles.values(), strict=True):
        for axis, (title, picture) in zip(line, pictures.items(), strict=True):
            face = landmarks(picture)
            axis.imshow(picture)
            axis.set_axis_off()
            axis.set_title(f"{title}\n{'no face' if face is None else 'found'}", fontsize=8)
            if face is not None:
                axis.plot(*face.points.T, ".", color=GREEN, markersize=1.5)
    return figure


def _truth(folder: Path) -> pd.DataFrame:
    """What was drawn, all sequences; the file's name is the subject's, ``_`` and the sequence's."""
    tables = []
    for path in sorted(folder.glob("*.parquet")):
        subject, _, sequence = path.stem.partition("_")
        table = pd.read_parquet(path).assign(subject=subject, sequence=sequence or "left")
        tables.append(table)
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()
