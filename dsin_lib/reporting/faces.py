"""Figures of pixels: the chain from a photograph to its patches, and sheets of faces.

Every picture of a face in the book is drawn here.
"""

from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from jaxtyping import Float, UInt8
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from dsin_lib.config import Preprocessing
from dsin_lib.data.frames import au_columns
from dsin_lib.data.store import Store
from dsin_lib.faces.align import align, anchors_of
from dsin_lib.faces.images import read_image
from dsin_lib.faces.landmarks import landmarks
from dsin_lib.faces.patches import PATCH_POINTS, crop, window
from dsin_lib.shapes import ALIGNED_PX

GREEN, WHITE = "#37c871", "#ffffff"


def chain(
    image: UInt8[np.ndarray, "height width 3"],
    anchors: Float[np.ndarray, "3 2"],
    chosen: Preprocessing,
) -> Figure:
    """One image through the whole of Sec. 4.1.2: detected, aligned, cropped (Fig. 4).

    Raises:
        ValueError: The detector sees no face in the image.
    """
    face = landmarks(image, upsample=chosen.upsample)
    if face is None:
        raise ValueError("image: expected a face that the detector finds, found none")
    aligned, points, _ = align(image, face.points, anchors, alignment=chosen.alignment)
    figure, axes = plt.subplot_mosaic(
        [["photo", "photo", "aligned", "aligned", *list(PATCH_POINTS)[:2]],
         ["photo", "photo", "aligned", "aligned", *list(PATCH_POINTS)[2:4]],
         [".", ".", ".", ".", list(PATCH_POINTS)[4], "."]],
        figsize=(11, 5.6), layout="constrained",
    )  # fmt: skip
    left, top, right, bottom = face.box
    axes["photo"].imshow(image)
    axes["photo"].add_patch(
        plt.Rectangle((left, top), right - left, bottom - top, fill=False, ec=WHITE)
    )
    axes["photo"].plot(*face.points.T, ".", color=GREEN, markersize=3)
    axes["photo"].set_title("detector and 68 landmarks")
    axes["aligned"].imshow(aligned)
    axes["aligned"].plot(*anchors.T, "+", color=WHITE, markersize=12, markeredgewidth=2)
    axes["aligned"].plot(*anchors_of(points).T, "x", color=GREEN, markersize=7)
    axes["aligned"].set_title(f"aligned to the anchors (+), {ALIGNED_PX} px")
    for name in PATCH_POINTS:
        x, y, side = window(points, name, patch_crop=chosen.patch_crop)
        corner = (x - side / 2, y - side / 2)
        axes["aligned"].add_patch(plt.Rectangle(corner, side, side, fill=False, ec=WHITE, lw=0.8))
        axes[name].imshow(crop(aligned, points, name, patch_crop=chosen.patch_crop))
        axes[name].set_title(name.replace("_", " "), fontsize="small")
    for axis in axes.values():
        axis.set_axis_off()
    return figure


def one_a_subject(store: Store, n: int, seed: int = 0) -> pd.DataFrame:
    """Usable frames of different subjects, drawn at random; as many as there are, at most ``n``."""
    usable = store.frames[store.frames["row"].notna()]
    frames = usable.groupby("subject").sample(1, random_state=seed)
    return frames.sample(min(n, len(frames)), random_state=seed).sort_values("subject")


def sheet(root: Path, frames: pd.DataFrame, columns: int = 6) -> Figure:
    """Whole images of the corpus with their subjects and active Action Units."""
    lines = -(-len(frames) // columns)
    figure, axes = plt.subplots(
        lines, columns, figsize=(1.9 * columns, 2.25 * lines), squeeze=False, layout="constrained"
    )
    for axis in axes.flat:
        axis.set_axis_off()
    for axis, (_, frame) in zip(axes.flat, frames.iterrows(), strict=False):
        axis.imshow(read_image(root / frame["source"]))
        active = [au.removeprefix("AU") for au in au_columns(frames) if frame[au] == 1]
        axis.set_title(f"{frame['subject']}  {'+'.join(active) or 'neutral'}", fontsize="x-small")
    return figure


def patch_strip(store: Store, frames: pd.DataFrame) -> Figure:
    """The five patches and the face of some frames, one line a frame, as the networks see them."""
    names = (*PATCH_POINTS, "face")
    figure, axes = plt.subplots(
        len(frames), len(names), figsize=(1.3 * len(names), 1.3 * len(frames)), squeeze=False,
        layout="constrained",
    )  # fmt: skip
    for line, row in zip(axes, frames["row"], strict=True):
        for axis, name in zip(line, names, strict=True):
            pixels = store.patch(name)[int(row)]
            axis.imshow(cv2.resize(pixels, (112, 112), interpolation=cv2.INTER_AREA))
            axis.set_axis_off()
    for axis, name in zip(axes[0], names, strict=True):
        axis.set_title(name.replace("_", " "), fontsize="small")
    return figure


def mean_patches(store: Store, n: int = 500) -> Figure:
    """The mean of every patch over some frames: sharp where alignment holds."""
    names = (*PATCH_POINTS, "face")
    rows = np.random.default_rng(0).permutation(len(store.patch("face")))[:n]
    figure, axes = plt.subplots(1, len(names), figsize=(1.7 * len(names), 2), layout="constrained")
    for axis, name in zip(axes, names, strict=True):
        axis.imshow(store.patch(name)[np.sort(rows)].mean(0).astype(np.uint8))
        axis.set_title(name.replace("_", " "), fontsize="small")
        axis.set_axis_off()
    return figure
