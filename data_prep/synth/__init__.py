"""SynAU-B: an open corpus of rendered faces with Action Units, in the layout of BP4D."""

from data_prep.synth.corpus import write_corpus
from data_prep.synth.filming import render_face
from data_prep.synth.recipe import CORPUS_VERSION

__all__ = ["CORPUS_VERSION", "render_face", "write_corpus"]
