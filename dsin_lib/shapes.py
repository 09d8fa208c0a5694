"""The axis words of every array in this library, in one place.

Shapes in signatures are jaxtyping annotations over these words, never single letters: the paper
uses *p* for a prediction and *P* for two other things.

==========  =======================================================================
word        meaning
==========  =======================================================================
batch       frames of one mini-batch, or of a whole split
patch       face patches, in the order of :data:`PATCHES`
au          Action Units, in the order of the corpus (``dsin_lib.facs``)
iter        time steps t = 1..T of structure inference
channel     red, green, blue
height      pixels, from the top
width       pixels, from the left of the image
==========  =======================================================================
"""

PATCHES = ("right_eye", "between_eyes", "mouth", "right_cheek", "nose", "face")
"""The five 56-pixel patches of Fig. 4 and the whole face; right is the subject's own right."""

ALIGNED_PX = 224
"""Width and height of the aligned face in pixels. Paper: Sec. 4.1.2."""
