"""Pictures of an executed notebook as files beside it, small enough for a repository.

In the notebook a reference, ``images/fusion-1.png``, takes the place of the encoded picture, so
that the picture can be put back; the output's metadata and the cell's alt text stay as they are.
"""

import base64
import io
import re
from collections.abc import Iterator
from pathlib import Path

from nbformat import NotebookNode
from PIL import Image
from PIL.PngImagePlugin import PngImageFile

LIMIT = 1_000_000
"""Bytes that a published file may have at most."""

REFERENCE = re.compile(r"images/[\w-]+\.png")


def take_out(notebook: NotebookNode, name: str, folder: Path, limit: int = LIMIT) -> None:
    """Write every PNG output to ``folder/images`` and leave a reference in its place.

    Args:
        notebook: An executed notebook; it is changed.
        name: What the files' names begin with.
        folder: Where the notebook will lie; its ``images`` must exist.
        limit: Bytes of a file.
    """
    for number, (data, kind) in enumerate(png_outputs(notebook), 1):
        reference = f"images/{name}-{number}.png"
        (folder / reference).write_bytes(fitted(base64.b64decode(data[kind]), limit))
        data[kind] = reference


def put_back(notebook: NotebookNode, folder: Path) -> None:
    """Undo :func:`take_out`: every reference becomes the encoded picture again.

    Raises:
        FileNotFoundError: A file that the notebook refers to is not there.
    """
    for data, kind in png_outputs(notebook):
        if REFERENCE.fullmatch(data[kind]):
            path = folder / data[kind]
            if not path.is_file():
                raise FileNotFoundError(f"{path}: expected a picture of the page, found none")
            data[kind] = base64.b64encode(path.read_bytes()).decode("ascii")


def referred(notebook: NotebookNode) -> list[str]:
    """The references that :func:`take_out` left in a notebook, in reading order."""
    return [data[kind] for data, kind in png_outputs(notebook) if REFERENCE.fullmatch(data[kind])]


def png_outputs(notebook: NotebookNode) -> Iterator[tuple[NotebookNode, str]]:
    """The data of every PNG output, in reading order, and the key of the picture in it.

    A glued picture has a key of its own that ends in the same words.
    """
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            for kind in [kind for kind in data if kind.endswith("image/png")]:
                yield data, kind


def fitted(png: bytes, limit: int = LIMIT) -> bytes:
    """The same picture in at most so many bytes, with as little loss as that takes.

    First encoded again without loss and without the writer's notes; if that is too large, with 256
    colours; if that is too large, half as wide and high, until it fits.
    """
    image = opaque(PngImageFile(io.BytesIO(png)))
    data = encoded(image)
    if len(data) > limit:
        data = encoded(in_256_colours(image))
    while len(data) > limit and min(image.size) > 1:
        image = image.reduce(2)
        data = encoded(in_256_colours(image))
    return data


def opaque(image: Image.Image) -> Image.Image:
    """RGB if no pixel is transparent, which loses nothing; RGBA otherwise."""
    image = image.convert("RGBA")
    lowest, _ = image.getchannel("A").getextrema()
    return image.convert("RGB") if lowest == 255 else image


def in_256_colours(image: Image.Image) -> Image.Image:
    """The picture with a palette of its own, dithered where it has no transparency."""
    if image.mode == "RGBA":
        return image.quantize(256, Image.Quantize.FASTOCTREE)
    palette = image.quantize(256, Image.Quantize.MEDIANCUT, kmeans=1)
    return image.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)


def encoded(image: Image.Image) -> bytes:
    """PNG, as small as Pillow makes it, and nothing in it but the pixels."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG", optimize=True)
    return buffer.getvalue()
