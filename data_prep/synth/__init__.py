"""SynAU-B: an open corpus of rendered faces with Action Units, in the layout of BP4D."""

from data_prep.synth.corpus import CORPUS_VERSION, write_corpus
from data_prep.synth.filming import render_face

__all__ = ["CORPUS_VERSION", "render_face", "write_corpus"]
