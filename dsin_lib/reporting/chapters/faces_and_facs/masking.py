"""Where on the face does a unit show? The open answer to the paper's Fig. 1a.

An expressive and a neutral picture of the same rendered person, in the same light, differ only in
the units. Both are aligned with the neutral picture's landmarks, so that their difference can be
added up region by region.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from jaxtyping import Float, UInt8
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from dsin_lib.faces.align import align
from dsin_lib.faces.landmarks import landmarks
from dsin_lib.faces.patches import PATCH_POINTS, window
from dsin_lib.reporting.page.figures import diverging
from dsin_lib.shapes import ALIGNED_PX

MIRRORED = {"right_eye": "both eyes", "right_cheek": "both cheeks"}
"""Patches that the paper cuts on the right side only; a mask covers both sides."""
NEUTRAL = "neutral"
HALF = 50
"""Percent of a unit's change that a mask must cover."""

Picture = UInt8[np.ndarray, "_ _ 3"]
Mask = np.ndarray  # bool (ALIGNED_PX, ALIGNED_PX)


def regions(points: Float[np.ndarray, "68 2"]) -> dict[str, Mask]:
    """The windows of the five patches on an aligned face, each with its mirror image."""
    rows, columns = np.mgrid[:ALIGNED_PX, :ALIGNED_PX]
    middle = points[27:31, 0].mean()  # the bridge of the nose
    masks = {}
    for name in PATCH_POINTS:
        x, y, side = window(points, name)
        centres = (x, 2 * middle - x) if name in MIRRORED else (x,)
        inside = [(abs(columns - cx) <= side / 2) & (abs(rows - y) <= side / 2) for cx in centres]
        masks[MIRRORED.get(name, name.replace("_", " "))] = np.any(inside, axis=0)
    return masks


def shares(
    people: Mapping[str, Mapping[str, Picture]], anchors: Float[np.ndarray, "3 2"]
) -> pd.DataFrame:
    """Percent of a unit's visible change that lies in each region, the mean over people.

    Args:
        people: Subject to pictures by unit, the neutral one among them.
        anchors: Where eyes and mouth are aligned to.

    Returns:
        One line a unit and last the region's share of the face's area, one column a region.
    """
    of_people = [_shares(pictures, anchors) for pictures in people.values()]
    return sum(of_people) / len(of_people)


def share_figure(table: pd.DataFrame) -> Figure:
    """:func:`shares` as a heatmap around the share that chance would give, the region's area."""
    area = table.loc["area"]
    return diverging(table.drop("area") - area, "+z.0f", "points above the region's share of area")


def masking(
    pictures: Mapping[str, Picture], anchors: Float[np.ndarray, "3 2"], units: list[str]
) -> Figure:
    """Neutral and expressive, whole and with the smallest region masked that holds half the change.

    Where none holds half, the one that holds most.
    """
    aligned, masks = _aligned(pictures, anchors)
    table = _shares(pictures, anchors)
    masked = {unit: _smallest(table.loc[unit], table.loc["area"]) for unit in units}
    titles = ("neutral", "{unit}", "{unit}, masked", "neutral, masked")
    figure, axes = plt.subplots(
        len(units), 4, figsize=(7.2, 1.9 * len(units)), squeeze=False, layout="constrained"
    )
    for line, unit in zip(axes, units, strict=True):
        keep = ~masks[masked[unit]][..., None]
        neutral, active = aligned[NEUTRAL], aligned[unit]
        shown = (neutral, active, active * keep, neutral * keep)
        for axis, image, title in zip(line, shown, titles, strict=True):
            axis.imshow(image)
            axis.set_title(title.format(unit=unit), fontsize="small")
            axis.set_axis_off()
    return figure


def _smallest(share: pd.Series, area: pd.Series) -> str:
    """The smallest region with at least half of the change, or the one with most of it."""
    enough = area[share >= HALF]
    return enough.idxmin() if len(enough) else share.idxmax()


def _aligned(
    pictures: Mapping[str, Picture], anchors: Float[np.ndarray, "3 2"]
) -> tuple[dict[str, Picture], dict[str, Mask]]:
    """Every picture under the neutral one's transform, and the regions there.

    Raises:
        ValueError: The detector sees no face in the neutral picture.
    """
    face = landmarks(pictures[NEUTRAL])
    if face is None:
        raise ValueError("pictures: expected a face in the neutral one, found none")
    registered = {name: align(image, face.points, anchors) for name, image in pictures.items()}
    _, points, _ = registered[NEUTRAL]
    return {name: image for name, (image, _, _) in registered.items()}, regions(points)


def _shares(pictures: Mapping[str, Picture], anchors: Float[np.ndarray, "3 2"]) -> pd.DataFrame:
    aligned, masks = _aligned(pictures, anchors)
    neutral = aligned[NEUTRAL].astype(float)
    change = {
        unit: np.abs(image - neutral).mean(axis=2)
        for unit, image in aligned.items()
        if unit != NEUTRAL
    }
    change["area"] = np.ones((ALIGNED_PX, ALIGNED_PX))
    lines = {
        unit: {name: 100 * moved[mask].sum() / moved.sum() for name, mask in masks.items()}
        for unit, moved in change.items()
    }
    return pd.DataFrame(lines).T
