"""The head as geometry: baked, unrolled to be painted, and seen triangle by triangle."""
