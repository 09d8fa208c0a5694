"""Small AVI files of numbered frames, and what capture programs do to them."""

import struct
from pathlib import Path

import cv2
import numpy as np

N, STEP = 20, 10
NOT_CODED = b"\x00\x00\x01\xb6"  # the start of an MPEG-4 picture


def write(path: Path, codec: str = "MJPG", n: int = N, fps: float = 20) -> Path:
    """Frame k has a grey of STEP * k, and a red of 40 more."""
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter_fourcc(*codec), fps, (64, 64))
    for k in range(n):
        writer.write(np.full((64, 64, 3), [STEP * k, STEP * k, STEP * k + 40], np.uint8))
    writer.release()
    return path


def number(image: np.ndarray) -> int:
    return round((float(image[..., 0].mean()) - 40) / STEP)


def chunks(data: bytes) -> list[tuple[int, int]]:
    """Where each picture of an AVI begins, and its bytes."""
    at = data.find(b"movi")
    end = at + struct.unpack_from("<I", data, at - 4)[0]
    at, found = at + 4, []
    while at < end:
        size = struct.unpack_from("<I", data, at + 4)[0]
        if data[at : at + 4] == b"00dc":
            found.append((at + 8, size))
        at += 8 + size + size % 2
    return found


def drop(path: Path, places: list[int]) -> Path:
    """Empty some places: a chunk of length 0, in the index too, and filling where it was."""
    data = bytearray(path.read_bytes())
    index = data.find(b"idx1", chunks(data)[-1][0]) + 8
    for place, (at, size) in enumerate(chunks(data)):
        if place in places:
            data[at - 4 : at + 8] = struct.pack("<I4sI", 0, b"JUNK", size - 8)
            struct.pack_into("<I", data, index + 16 * place + 12, 0)
    path.write_bytes(data)
    return path


def not_coded(path: Path, place: int) -> Path:
    """Say in a picture of an MPEG-4 video of 20 frames a second that it is not coded."""
    data = bytearray(path.read_bytes())
    at, size = chunks(data)[place]
    at = data.index(NOT_CODED, at, at + size) + len(NOT_CODED)
    bits = "".join(f"{byte:08b}" for byte in data[at : at + 8])
    coded = bits.index("0", 2) + 1 + 1 + 5 + 1  # kind, seconds, mark, time of 20, mark
    assert bits[coded] == "1"
    kept = (bits[:coded] + "0").ljust(64, "0")
    data[at : at + 8] = int(kept, 2).to_bytes(8, "big")
    path.write_bytes(data)
    return path
