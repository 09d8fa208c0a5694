"""SynAU-B and SynAU-D: open corpora of rendered faces with Action Units, like BP4D and DISFA."""

from data_prep.synth.corpus import write_corpus
from data_prep.synth.filming import render_face
from data_prep.synth.recipe import CORPUS_VERSION

__all__ = ["CORPUS_VERSION", "render_face", "write_corpus"]
