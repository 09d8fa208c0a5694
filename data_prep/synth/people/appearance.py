"""What skin, lips, brows, beard and hair of one subject look like: everything painted once."""

from dataclasses import dataclass

import numpy as np

from data_prep.synth.mesh.asset import GLASSES
from data_prep.synth.mesh.canvas import canvas, smoothstep
from data_prep.synth.people import beard, brows, garment, hair, makeup, skin
from data_prep.synth.people.glasses import GLASSES_SHARE, glasses, shade_of
from data_prep.synth.people.identity import Identity, identity
from data_prep.synth.people.long_hair import bun, curtain, strays
from data_prep.synth.people.worn import Worn
from data_prep.synth.people.wrinkles import Furrows, bare, furrows, resting
from data_prep.synth.plan.seeds import stream


@dataclass(frozen=True)
class Appearance:
    """One subject, ready to be drawn.

    Attributes:
        person: who it is.
        vertices: (V 3) neutral face with the hair's volume, dm.
        skin: (H W 8) linear red, green, blue; gloss, or the brightness of a strand where there is
            hair; share of hair; slope across, slope up and shade at rest.
        side: (H W) 1 on the subject's left, 0 on the right.
        furrows: what AUs fold.
        iris: (3) linear colour.
        skin_tone: (3) linear colour of plain skin.
        hair: style and colour.
        lashes: opacity of the lashes, 1 plain.
        strands: (h w) brightness of long hair by texel.
        worn: long hair, glasses.
    """

    person: Identity
    vertices: np.ndarray
    skin: np.ndarray
    side: np.ndarray
    furrows: Furrows
    iris: np.ndarray
    skin_tone: np.ndarray
    hair: hair.Hair
    lashes: float
    strands: np.ndarray
    worn: tuple[Worn, ...]


def appearance(subject: str, seed: int) -> Appearance:
    """Returns the subject that this name and seed stand for (about 0.3 s)."""
    person = identity(subject, seed)
    rng, own = stream(seed, "appearance", subject), stream(seed, "worn", subject)
    tone, style = skin.tone(person, rng), hair.draw(person, rng)
    whiskers = beard.draw(person, stream(seed, "beard", subject))
    cosmetics = makeup.draw(person, stream(seed, "make-up", subject))
    alpha, shine = hair.cover(style, rng)
    albedo, gloss, pores = skin.paint(person, tone, rng)
    albedo = makeup.apply(albedo, cosmetics)
    albedo = _over(albedo, whiskers.cover, style.colour * whiskers.tone[..., None])
    albedo = brows.paint(albedo, person, style.colour, rng)
    albedo = _over(garment.dress(albedo, rng), alpha, style.colour * shine[..., None])
    gloss = gloss * (1 - 0.7 * whiskers.cover) * (1 - alpha) + alpha * shine
    lines = bare(furrows(person, stream(seed, "folds", subject)), alpha)
    slopes = pores * (1 - alpha)[..., None] + hair.slopes(shine) * alpha[..., None]
    relief = np.dstack([slopes, hair.contact(alpha)])
    resting(lines, relief)
    lashes = stream(seed, "lashes", subject).uniform(0.45, 0.85) * (1 - 0.2 * person.male)
    vertices = hair.grow(person.vertices, alpha, whiskers.volume, style, own)
    worn = _worn(person, vertices, hair.grows(alpha), style, own)
    for part in worn:
        if part.region == GLASSES:
            relief[..., 2] += shade_of(part)
    return Appearance(
        person=person,
        vertices=vertices,
        skin=np.dstack([albedo, gloss, alpha, relief]).astype(np.float32),
        side=smoothstep(-0.06, 0.06, canvas().x).astype(np.float32),
        furrows=lines,
        iris=skin.iris(person, rng),
        skin_tone=tone.astype(np.float32),
        hair=style,
        lashes=lashes + 0.5 * cosmetics.liner,
        strands=hair.strand_tone(style, own).astype(np.float32),
        worn=worn,
    )


def _over(under: np.ndarray, cover: np.ndarray, colour: np.ndarray) -> np.ndarray:
    """Returns `colour` laid over `under` (H W 3) with opacity `cover` (H W)."""
    return under + cover[..., None] * (colour - under)


def _worn(
    person: Identity,
    vertices: np.ndarray,
    hairy: np.ndarray,
    style: hair.Hair,
    rng: np.random.Generator,
) -> tuple[Worn, ...]:
    """Returns loose hair, long hair and glasses, as this subject wears them."""
    worn = [strays(vertices, hairy, style, rng)]
    if style.long:
        worn.append(curtain(vertices, style, rng))
    if style.style == "tied":
        worn.append(bun(vertices, rng))
    if rng.random() < GLASSES_SHARE:
        worn.extend(glasses(person.vertices, rng))
    return tuple(worn)
