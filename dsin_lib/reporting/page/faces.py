"""Figures of pixels: the chain from a photograph to its patches, and sheets of faces.

Every picture of a corpus' face in the book is drawn here, through :mod:`.privacy`.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import pandas as pd
from jaxtyping import Float, Float32, UInt8
from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from dsin_lib.config import Corpus, Preprocessing
from dsin_lib.config.places import corpus_dir, store_dir
from dsin_lib.config.sections import Reporting
from dsin_lib.data.frames import au_columns
from dsin_lib.data.store import Store
from dsin_lib.faces.align import align, anchors_of
from dsin_lib.faces.landmarks import landmarks
from dsin_lib.faces.patches import PATCH_POINTS, crop, resize, window
from dsin_lib.faces.stills import read_image
from dsin_lib.faces.videos import read_video_frame
from dsin_lib.reporting.page.privacy import as_landmarks, publishable
from dsin_lib.shapes import ALIGNED_PX, PATCHES

GREEN, WHITE = "#37c871", "#ffffff"
MOSAIC = [
    ["photo", "photo", "aligned", "aligned", "right_eye", "between_eyes"],
    ["photo", "photo", "aligned", "aligned", "mouth", "right_cheek"],
    [".", ".", ".", ".", "nose", "."],
]


@dataclass(frozen=True)
class Gallery:
    """The faces of a prepared corpus, as far as they may be shown.

    Attributes:
        store: The prepared corpus.
        corpus: Where its images are, and whether it is licensed.
        preprocessing: How it was prepared.
        listed: Subjects of a licensed corpus whose images may be shown.
    """

    store: Store
    corpus: Corpus
    preprocessing: Preprocessing
    listed: tuple[str, ...] = ()

    @classmethod
    def of(
        cls, corpus: Corpus, preprocessing: Preprocessing, reporting: Reporting | None = None
    ) -> "Gallery":
        """The faces of a corpus, prepared in this way.

        Args:
            corpus: The corpus; its store must be there.
            preprocessing: How it was prepared.
            reporting: Lists the licensed subjects whose images may be shown; none: nobody's.
        """
        store = Store.open(store_dir(corpus, preprocessing), corpus.active_from)
        listed = () if reporting is None else reporting.publishable_subjects
        return cls(store, corpus, preprocessing, listed)

    def may_show(self, subject: str) -> bool:
        """Whether the pixels of a subject may be shown."""
        return publishable(self.corpus, subject, self.listed)

    def image(self, frame: pd.Series) -> UInt8[np.ndarray, "height width 3"]:
        """The whole image of a frame, or its landmarks where the subject may not be shown.

        Args:
            frame: A line of the store's frames.
        """
        path, index = corpus_dir(self.corpus) / frame["source"], frame.get("video_index")
        image = read_image(path) if pd.isna(index) else read_video_frame(path, int(index))
        if self.may_show(frame["subject"]):
            return image
        return as_landmarks(image, self.store.landmarks[int(frame["row"])])

    def patch(self, frame: pd.Series, name: str) -> UInt8[np.ndarray, "height width 3"]:
        """A patch of a frame, or its landmarks where the subject may not be shown.

        Args:
            frame: A line of the store's frames: ``subject`` and ``row``.
            name: Of the patch.
        """
        row, px = int(frame["row"]), self.store.patch(name).shape[1]
        if self.may_show(frame["subject"]):
            return self.store.patch(name)[row]
        points = self.store.aligned_landmarks[row]
        drawn = as_landmarks(np.zeros((ALIGNED_PX, ALIGNED_PX, 3), np.uint8), points)
        if name == "face":
            return resize(drawn, px)
        return crop(drawn, points, name, patch_crop=self.preprocessing.patch_crop)


def photo_chain(
    image: UInt8[np.ndarray, "height width 3"],
    anchors: Float[np.ndarray, "3 2"],
    chosen: Preprocessing,
) -> Figure:
    """Any photograph through the whole of Sec. 4.1.2: detected, aligned, cropped (Fig. 4).

    Raises:
        ValueError: The detector sees no face in the image.
    """
    face = landmarks(image, upsample=chosen.upsample)
    if face is None:
        raise ValueError("image: expected a face that the detector finds, found none")
    return _chain(image, face.box, face.points, anchors, chosen)


def frame_chain(gallery: Gallery, frame: pd.Series) -> Figure:
    """A frame of the corpus through the same chain, with the landmarks of the store."""
    store, points = gallery.store, gallery.store.landmarks[int(frame["row"])]
    box = tuple(int(frame[f"box_{side}"]) for side in ("left", "top", "right", "bottom"))
    return _chain(gallery.image(frame), box, points, store.anchors, gallery.preprocessing)


def one_a_subject(store: Store, n: int, seed: int = 0) -> pd.DataFrame:
    """Usable frames of different subjects, drawn at random; as many as there are, at most ``n``."""
    usable = store.frames[store.frames["row"].notna()]
    frames = usable.groupby("subject").sample(1, random_state=seed)
    return frames.sample(min(n, len(frames)), random_state=seed).sort_values("subject")


def sheet(gallery: Gallery, frames: pd.DataFrame, columns: int = 6) -> Figure:
    """Whole images of the corpus with their subjects and active Action Units."""
    aus = au_columns(frames)
    frames = frames.fillna(dict.fromkeys(aus, 0))  # a unit that is not coded is not named
    lines = -(-len(frames) // columns)
    size = (1.7 * columns, 2.05 * lines)
    figure, axes = plt.subplots(lines, columns, figsize=size, squeeze=False, layout="constrained")
    for axis in axes.flat:
        axis.set_axis_off()
    for axis, (_, frame) in zip(axes.flat, frames.iterrows(), strict=False):
        axis.imshow(gallery.image(frame))
        active = [au.removeprefix("AU") for au in aus if frame[au] == 1]
        title = f"{frame['subject']}\n{' '.join(active) or 'neutral'}"
        axis.set_title(title, fontsize=8)
    return figure


def grid(
    pictures: UInt8[np.ndarray, "line column height width 3"],
    lines: list[str],
    columns: list[str],
    inches: float = 1.35,
    dpi: int = 100,
) -> Figure:
    """Pictures of nobody's face as a table, with the names of its lines and columns.

    Args:
        pictures: Line by line.
        lines: Names.
        columns: Names.
        inches: Width of one picture.
        dpi: Pixels of an inch.
    """
    height, width = pictures.shape[2:4]
    size = inches * len(columns), inches * height / width * len(lines) + 0.3
    figure, axes = plt.subplots(
        len(lines), len(columns), figsize=size, squeeze=False, dpi=dpi,
        gridspec_kw={"wspace": 0, "hspace": 0},
    )  # fmt: skip
    for of_line, of_pictures, name in zip(axes, pictures, lines, strict=True):
        for axis, picture in zip(of_line, of_pictures, strict=True):
            axis.imshow(picture)
            axis.set(xticks=[], yticks=[])
            axis.spines[:].set_visible(False)
        of_line[0].set_ylabel(name, rotation=0, ha="right", va="center", fontsize="small")
    for axis, column in zip(axes[0], columns, strict=True):
        axis.set_title(column, fontsize="small")
    return figure


def patch_strip(gallery: Gallery, frames: pd.DataFrame) -> Figure:
    """The five patches and the face of some frames, one line a frame, as the networks see them."""
    size = (1.3 * len(PATCHES), 1.3 * len(frames))
    figure, axes = plt.subplots(
        len(frames), len(PATCHES), figsize=size, squeeze=False, layout="constrained"
    )
    for line, (_, frame) in zip(axes, frames.iterrows(), strict=True):
        for axis, name in zip(line, PATCHES, strict=True):
            pixels = gallery.patch(frame, name)
            axis.imshow(cv2.resize(pixels, (112, 112), interpolation=cv2.INTER_AREA))
            axis.set_axis_off()
    for axis, name in zip(axes[0], PATCHES, strict=True):
        axis.set_title(name.replace("_", " "), fontsize="small")
    return figure


def mean_patches(gallery: Gallery, n: int = 400) -> Figure:
    """The mean of every patch over some frames: sharp where alignment holds."""
    usable = gallery.store.frames[gallery.store.frames["row"].notna()]
    frames = usable.sample(min(n, len(usable)), random_state=0)
    size = (1.7 * len(PATCHES), 2)
    figure, axes = plt.subplots(1, len(PATCHES), figsize=size, layout="constrained")
    for axis, name in zip(axes, PATCHES, strict=True):
        pixels = [gallery.patch(frame, name) for _, frame in frames.iterrows()]
        axis.imshow(np.mean(pixels, axis=0).astype(np.uint8))
        axis.set_title(name.replace("_", " "), fontsize="small")
        axis.set_axis_off()
    return figure


def _chain(
    image: UInt8[np.ndarray, "height width 3"],
    box: tuple[int, int, int, int],
    points: Float32[np.ndarray, "68 2"],
    anchors: Float[np.ndarray, "3 2"],
    chosen: Preprocessing,
) -> Figure:
    aligned, on_canvas, _ = align(image, points, anchors, alignment=chosen.alignment)
    figure, axes = plt.subplot_mosaic(MOSAIC, figsize=(10, 5.2), layout="constrained")
    left, top, right, bottom = box
    frame = plt.Rectangle((left, top), right - left, bottom - top, fill=False, ec=WHITE)
    axes["photo"].imshow(image)
    axes["photo"].add_patch(frame)
    axes["photo"].plot(*points.T, ".", color=GREEN, markersize=3)
    axes["photo"].set_title("detector and 68 landmarks")
    axes["aligned"].imshow(aligned)
    axes["aligned"].plot(*anchors.T, "+", color=WHITE, markersize=12, markeredgewidth=2)
    axes["aligned"].plot(*anchors_of(on_canvas).T, "x", color=GREEN, markersize=7)
    axes["aligned"].set_title(f"aligned to the anchors (+), {ALIGNED_PX} px")
    for name in PATCH_POINTS:
        x, y, side = window(on_canvas, name, patch_crop=chosen.patch_crop)
        corner = (x - side / 2, y - side / 2)
        axes["aligned"].add_patch(plt.Rectangle(corner, side, side, fill=False, ec=WHITE, lw=0.8))
        axes[name].imshow(crop(aligned, on_canvas, name, patch_crop=chosen.patch_crop))
        axes[name].set_title(name.replace("_", " "), fontsize="small")
    for axis in axes.values():
        axis.set_axis_off()
    return figure
