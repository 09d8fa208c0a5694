"""Where on the face a prediction comes from: Grad-CAM of one patch network and of DSIN (Fig. 8c).

Grad-CAM weighs the maps of a convolutional layer by the mean gradient of an output and adds them
up. The last block of every network here is one pixel, which has no place, so the layer is the
deepest block of at least :data:`CELLS` x :data:`CELLS` pixels. Of DSIN there are six maps under one
output, each put where its patch lies on the aligned face.

Source: Selvaraju et al., *Grad-CAM*, ICCV 2017, as in captum.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import pandas as pd
from captum.attr import LayerGradCam
from jaxtyping import Float, Float32
from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from torch import Tensor

from dsin_lib.config import Preprocessing
from dsin_lib.data.dataset import as_input, split_data
from dsin_lib.faces.patches import window
from dsin_lib.model.dsin import DSIN
from dsin_lib.model.patch_prediction import KERNEL, STRIDE
from dsin_lib.reporting.chapters.structure_seen.examples import active_frames
from dsin_lib.reporting.page.faces import Gallery
from dsin_lib.runs.predictions import KEYS
from dsin_lib.runs.run import Run
from dsin_lib.runs.split import split_of
from dsin_lib.shapes import ALIGNED_PX, PATCHES
from dsin_lib.training.modules import model_of

CELLS = 5
OUTPUTS = {
    "p": lambda out: out["p"].mean(1),  # of one patch, the patch's own
    "f": lambda out: out["f"],
    "ŷ": lambda out: out["y_hat"],
}
"""Symbol of an output (batch au) and where a model has it."""
MAPPED = (("PP(mouth)", "p"), ("PP+F", "f"), ("DSIN_10", "f"), ("DSIN_10", "ŷ"))
"""Runs, by the paper's label, and which of their outputs are explained."""
DRAWN = {"PP(mouth), p": "the mouth network alone", "DSIN_10, ŷ": "the whole DSIN"}
SHOWN = 3
HALF = "half lies on (% of the face)"

Window = tuple[float, float, float]
"""x and y of the centre and the side of a square, pixels on the aligned face."""
Maps = Mapping[str, Float[np.ndarray, "frame cell cell"]]
"""Patch name to the signed Grad-CAM of its network."""


@dataclass(frozen=True)
class Seen:
    """What some outputs of a unit see on some test frames.

    Attributes:
        unit: Column name of the Action Unit.
        frames: The frames, with ``y_hat`` and their ``row`` in the store.
        maps: ``"DSIN_10, ŷ"`` to its maps; keys from :data:`MAPPED`.
        faces: ``"DSIN_10, ŷ"`` to its evidence on the aligned face, which adds up to 1 a frame.
    """

    unit: str
    frames: pd.DataFrame
    maps: dict[str, Maps]
    faces: dict[str, Float[np.ndarray, "frame height width"]]


def seen(gallery: Gallery, runs: Sequence[Run], unit: str, n: int = 12) -> Seen:
    """Grad-CAM of a unit under every output of :data:`MAPPED`, on the frames of DSIN_10's rule."""
    by_label, store = {run.row.label: run for run in runs}, gallery.store
    dsin = by_label["DSIN_10"]
    frames, images = _inputs(gallery, dsin, unit, n)
    j, cams = dsin.corpus.aus.index(unit), {}
    for label, output in MAPPED:
        model = model_of(by_label[label], store)
        of_model = {name: images[name] for name in model.pi.nets}
        cams[f"{label}, {output}"] = grad_cam(model, of_model, j, output)
    windows = [
        {
            name: _window(store.aligned_landmarks[int(row)], name, gallery.preprocessing)
            for name in images
        }
        for row in frames["row"]
    ]
    sizes = {name: image.shape[-1] for name, image in images.items()}
    faces = {
        key: np.stack(
            [
                evidence({name: m[i] for name, m in maps.items()}, where, sizes)
                for i, where in enumerate(windows)
            ]
        )
        for key, maps in cams.items()
    }
    return Seen(unit, frames, cams, faces)


def blocks_down(px: int) -> int:
    """How many blocks an input goes through until one more would leave less than CELLS pixels.

    >>> [blocks_down(px) for px in (56, 112, 224)]
    [3, 4, 5]
    """
    blocks = 0
    while (smaller := (px - KERNEL) // STRIDE + 1) >= CELLS:
        px, blocks = smaller, blocks + 1
    return blocks


def grad_cam(
    model: DSIN, images: Mapping[str, Float[Tensor, "frame 3 _ _"]], au: int, output: str
) -> dict[str, Float[np.ndarray, "frame cell cell"]]:
    """Signed Grad-CAM of one output on every patch network of a model.

    Args:
        model: In evaluation mode, with a network for every image.
        images: Patch name to pixels 0..1.
        au: Place of the Action Unit.
        output: A key of :data:`OUTPUTS`.
    """
    names = list(images)

    def forward(*patches: Tensor) -> Tensor:
        return OUTPUTS[output](model(dict(zip(names, patches, strict=True))))

    cams = {}
    for name in names:
        layer = model.pi.nets[name].convolutions[blocks_down(images[name].shape[-1]) - 1]
        maps = LayerGradCam(forward, layer).attribute(tuple(images.values()), target=au)
        cams[name] = maps.detach()[:, 0].numpy()
    return cams


def shares(maps: Maps) -> pd.Series:
    """Percent of the absolute Grad-CAM that falls on each patch network, the mean over frames.

    A frame without any counts for nothing.
    """
    total = pd.DataFrame({name: np.abs(m).sum(axis=(1, 2)) for name, m in maps.items()})
    return (100 * total.div(total.sum(axis=1).replace(0, np.nan), axis=0)).mean()


def extent(on_face: Float[np.ndarray, "height width"]) -> float:
    """Percent of the aligned face on which the densest half of the evidence lies."""
    densest = np.sort(on_face, axis=None)[::-1].cumsum()
    if not densest[-1] > 0:
        return float("nan")
    return float(100 * (np.searchsorted(densest, densest[-1] / 2) + 1) / on_face.size)


def share_table(views: Seen) -> pd.DataFrame:
    """:func:`shares` of every output, a line each, and :func:`extent` of its mean evidence."""
    lines = {
        key: {
            **{name.replace("_", " "): shares(maps).get(name, np.nan) for name in PATCHES},
            HALF: extent(views.faces[key].mean(axis=0)),
        }
        for key, maps in views.maps.items()
    }
    return pd.DataFrame(lines).T


def evidence(
    cells: Mapping[str, Float[np.ndarray, "cell cell"]],
    windows: Mapping[str, Window],
    sizes: Mapping[str, int],
) -> Float[np.ndarray, "224 224"]:
    """What speaks for a unit on the aligned face: all patches' positive Grad-CAM, adding up to 1.

    Args:
        cells: Patch name to its signed map.
        windows: Patch name to its place on the aligned face.
        sizes: Patch name to the width of the network's input in pixels.
    """
    whole = np.zeros((ALIGNED_PX, ALIGNED_PX))
    for name, signed in cells.items():
        positive = np.maximum(signed, 0).astype(np.float64)
        placed = _placed(positive, windows[name], sizes[name])
        if placed.sum() > 0:  # a density: as much on the face as in the map
            whole += placed * (positive.sum() / placed.sum())
    return whole / whole.sum() if whole.sum() > 0 else whole


def drawn(gallery: Gallery, views: Seen) -> Figure:
    """Evidence over faces: the mouth network on the left, DSIN on the right; first the mean.

    Each picture is scaled to its own maximum, as class activation maps are.
    """
    pictures = [gallery.patch(frame, "face") for _, frame in views.frames.iterrows()]
    faces = [np.mean(pictures, axis=0).astype(np.uint8), *pictures[:SHOWN]]
    names = [f"mean of {len(pictures)}", *views.frames["subject"].iloc[:SHOWN]]
    size = (5.2, 0.3 + 2.4 * len(faces))
    figure, axes = plt.subplots(len(faces), 2, figsize=size, squeeze=False, layout="constrained")
    for column, (key, title) in zip(axes.T, DRAWN.items(), strict=True):
        maps = [views.faces[key].mean(axis=0), *views.faces[key][:SHOWN]]
        column[0].set_title(title, fontsize="small")
        for axis, face, values in zip(column, faces, maps, strict=True):
            axis.imshow(face, extent=(-0.5, ALIGNED_PX - 0.5, ALIGNED_PX - 0.5, -0.5))
            height = values / values.max() if values.any() else values
            axis.imshow(height, cmap="viridis", vmin=0, vmax=1, alpha=0.75 * np.sqrt(height))
            axis.set(xticks=[], yticks=[], xlabel="" if values.any() else "nothing speaks for it")
            axis.spines[:].set_visible(False)
    for axis, name in zip(axes[:, 0], names, strict=True):
        axis.set_ylabel(name, fontsize="small")
    return figure


def _inputs(
    gallery: Gallery, run: Run, unit: str, n: int
) -> tuple[pd.DataFrame, dict[str, Tensor]]:
    """The frames of the rule, with their rows, and their patches as a model takes them."""
    store = gallery.store
    test = split_data(store, split_of(run, store), PATCHES, run.corpus.aus)["test"]
    places = test.frames[[*KEYS, "row"]].reset_index(names="item")
    frames = active_frames(unit, run, n).merge(places, on=KEYS, how="left", validate="one_to_one")
    images, _ = test.batch(frames["item"].tolist())
    return frames, as_input(images)


def _window(points: Float32[np.ndarray, "68 2"], name: str, chosen: Preprocessing) -> Window:
    if name == "face":
        return (ALIGNED_PX - 1) / 2, (ALIGNED_PX - 1) / 2, float(ALIGNED_PX)
    return window(points, name, patch_crop=chosen.patch_crop)


def _placed(
    cells: Float[np.ndarray, "cell cell"], where: Window, px: int
) -> Float[np.ndarray, "224 224"]:
    """A map in its patch's window: each cell at the middle of what its neurons see."""
    x, y, side = where
    jump = STRIDE ** blocks_down(px)
    first = (KERNEL - 1) / 2 * (jump - 1)  # the input pixel that the first cell is centred on
    step, start = jump * side / px, (first - (px - 1) / 2) * side / px
    matrix = np.array([[step, 0.0, x + start], [0.0, step, y + start]])
    canvas = cv2.warpAffine(
        cells, matrix, (ALIGNED_PX, ALIGNED_PX),
        flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE,
    )  # fmt: skip
    rows, columns = np.mgrid[:ALIGNED_PX, :ALIGNED_PX]
    inside = (np.abs(columns - x) <= side / 2) & (np.abs(rows - y) <= side / 2)
    return canvas * inside
