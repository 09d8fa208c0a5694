"""Pixels: reading an image, finding landmarks, aligning a face, cutting patches (Sec. 4.1.2)."""
