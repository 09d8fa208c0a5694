"""What skin, lips, brows, beard and hair of one subject look like: everything painted once."""

from dataclasses import dataclass

import numpy as np

from data_prep.synth import brows, garment, hair, skin
from data_prep.synth.canvas import canvas, smoothstep
from data_prep.synth.identity import Identity, identity
from data_prep.synth.seeds import stream
from data_prep.synth.worn import GLASSES_SHARE, Worn, curtain, glasses
from data_prep.synth.wrinkles import Furrows, furrows, resting


@dataclass(frozen=True)
class Appearance:
    """One subject, ready to be drawn.

    Attributes:
        person: who it is.
        vertices: (V 3) neutral face with the hair's volume, dm.
        paint: (H W 5) linear red, green, blue; gloss; share of hair.
        relief: (H W 3) slope across, slope up, shade at rest.
        side: (H W) 1 on the subject's left, 0 on the right.
        furrows: what AUs fold.
        iris: (3) linear colour.
        skin_tone: (3) linear colour of plain skin.
        hair: style and colour.
        strands: (h w) brightness of long hair by texel.
        worn: long hair, glasses.
    """

    person: Identity
    vertices: np.ndarray
    paint: np.ndarray
    relief: np.ndarray
    side: np.ndarray
    furrows: Furrows
    iris: np.ndarray
    skin_tone: np.ndarray
    hair: hair.Hair
    strands: np.ndarray
    worn: tuple[Worn, ...]


def appearance(subject: str, seed: int) -> Appearance:
    """Returns the subject that this name and seed stand for (about 0.3 s)."""
    person = identity(subject, seed)
    rng = stream(seed, "appearance", subject)
    tone = skin.tone(person, rng)
    style = hair.draw(person, rng)
    albedo, gloss, height = skin.paint(person, tone, style.colour, rng)
    albedo = brows.paint(albedo, person, style.colour, rng)
    alpha, strands = hair.cover(style, rng)
    albedo = garment.dress(albedo, rng)
    albedo = albedo * (1 - alpha[..., None]) + alpha[..., None] * strands
    gloss = gloss * (1 - alpha)
    lines = furrows(person, rng)
    relief = np.dstack([height * (1 - alpha)[..., None], np.zeros_like(alpha)])
    resting(lines, person, rng, relief)
    own = stream(seed, "worn", subject)
    vertices = hair.grow(person.vertices, alpha, style, own)
    worn = (curtain(vertices, style, own),) if style.long else ()
    if own.random() < GLASSES_SHARE:
        worn += (glasses(person.vertices, own),)
    return Appearance(
        person=person,
        vertices=vertices,
        paint=np.dstack([albedo, gloss, alpha]).astype(np.float32),
        relief=relief.astype(np.float32),
        side=smoothstep(-0.06, 0.06, canvas().x).astype(np.float32),
        furrows=lines,
        iris=skin.iris(person, rng),
        skin_tone=tone.astype(np.float32),
        hair=style,
        strands=hair.strand_tone(style, own).astype(np.float32),
        worn=worn,
    )
