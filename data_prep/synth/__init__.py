"""SynAU-B and SynAU-D: open corpora of rendered faces with Action Units, like BP4D and DISFA."""

from data_prep.synth.corpus.recipe import CORPUS_VERSION
from data_prep.synth.corpus.write import write_corpus

__all__ = ["CORPUS_VERSION", "render_face", "write_corpus"]


def __getattr__(name: str) -> object:
    """The renderer is imported, and compiled, when it is asked for."""
    if name == "render_face":
        from data_prep.synth.render.filming import render_face

        return render_face
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
