"""Folders of numbered images, of which no reader looks at a pixel."""

from pathlib import Path


def write_numbered(folder: Path, frames, padding: int = 4, suffix: str = ".jpg") -> Path:
    """The folder, with an image of each number."""
    folder.mkdir(parents=True, exist_ok=True)
    for frame in frames:
        (folder / f"{frame:0{padding}d}{suffix}").write_bytes(b"pixels")
    return folder
