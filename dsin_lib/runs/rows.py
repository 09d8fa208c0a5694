"""The rows of the paper's tables as data: each is a small change to a config.

A row names the corpus that it is measured on, the steps of Algorithm 1 that it trains, the rows
whose weights it starts from, and the parameters that it changes. Rows that share a beginning share
its weights: the five DSIN rows of Table 3 start from the same fused network, and that from the same
six patch networks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

from dsin_lib.config import Place
from dsin_lib.facs import au_names
from dsin_lib.shapes import PATCHES

ALGORITHM_1 = "algorithm_1"
NO_CHANGE: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True)
class Row:
    """One row of a table.

    Attributes:
        id: Name of its folder and of its Snakemake jobs.
        label: As printed in the paper.
        shown: As shown in the book (MyST).
        system: What is fitted: a file of :mod:`dsin_lib.systems`.
        corpus: The corpus that it is trained and measured on, by its place in the paper.
        steps: Steps of Algorithm 1 that it trains; none for a row of another system, and for one
            that only reads predictions again.
        patches: Patches that it sees.
        starts_from: Ids of the rows whose weights (or predictions) it takes.
        change: Dotted config parameters and their values.
        thresholds: ``"fixed"``: tau of the config; ``"tuned"``: one tau an Action Unit, chosen on
            whom ``evaluation.thresholds_from`` names.
        aus: The Action Units that it predicts; none for all of its corpus.
        network: What predicts from a patch: the patch CNN of Fig. 3a, one such CNN an Action Unit
            (``ind``), or VGG-16.
        filters_from: Rows of Table 3 whose convolutional filters it takes. Paper: Sec. 4.1.3,
            DISFA.
        fixed_filters: Whether the convolutional filters stand still in all its steps.
    """

    id: str
    label: str
    shown: str
    steps: tuple[int, ...] = ()
    patches: tuple[str, ...] = PATCHES
    starts_from: tuple[str, ...] = ()
    change: Mapping[str, object] = field(default_factory=lambda: NO_CHANGE)
    thresholds: str = "fixed"
    aus: tuple[str, ...] = ()
    network: Literal["patch", "one_per_au", "vgg"] = "patch"
    filters_from: tuple[str, ...] = ()
    fixed_filters: bool = False
    corpus: Place = "table_3"
    system: str = ALGORITHM_1

    @property
    def fits(self) -> bool:
        """Whether something is fitted; if not, it reads the predictions that it starts from."""
        return bool(self.steps) or self.system != ALGORITHM_1


PATCH_LABELS = {
    "right_eye": "right eye",
    "between_eyes": "between eye",
    "mouth": "mouth",
    "right_cheek": "right cheek",
    "nose": "nose",
    "face": "face",
}
PATCH_ROWS = tuple(f"pp_{patch}" for patch in PATCH_LABELS)
ALONE = {"right_eye": (1, 2, 4, 6, 7), "mouth": (10, 12, 14, 15, 17, 23, 24)}
"""Action Units that have a network of their own in the rows marked ``ind``, as Table 3 has them."""

TABLE_3 = (
    Row("vgg_face", "VGG(face)^ft", "VGG(face)<sup>ft</sup>", (1,), ("face",), network="vgg"),
    Row(
        "pp_face_ncb", "PP(face)^ncb", "PP(face)<sup>ncb</sup>", (1,), ("face",),
        change={"patch_prediction.class_balancing": False},
    ),
    *(
        Row(
            f"pp_{patch}_ind", f"PP({PATCH_LABELS[patch]})^ind",
            f"PP({PATCH_LABELS[patch]})<sup>ind</sup>", (1,), (patch,),
            aus=tuple(au_names(numbers)), network="one_per_au",
        )
        for patch, numbers in ALONE.items()
    ),
    *(
        Row(f"pp_{patch}", f"PP({name})", f"PP({name})", (1,), (patch,))
        for patch, name in PATCH_LABELS.items()
    ),
    Row("pp_f", "PP+F", "PP+F", (2, 3), starts_from=PATCH_ROWS),
    Row(
        "dsin_2_ncf", "DSIN_2^ncf", "DSIN<sub>2</sub><sup>ncf</sup>", (4, 5), starts_from=("pp_f",),
        change={"structure_inference.n_iter": 2, "structure_inference.correction_factors": False},
    ),
    *(
        Row(
            f"dsin_{n}", f"DSIN_{n}", f"DSIN<sub>{n}</sub>", (4, 5), starts_from=("pp_f",),
            change={"structure_inference.n_iter": n},
        )
        for n in (2, 5, 10)
    ),
    Row(
        "dsin_10_tt", "DSIN_10^ft", "DSIN<sub>10</sub><sup>tt</sup>", starts_from=("dsin_10",),
        thresholds="tuned",
    ),
)  # fmt: skip
"""Table 3. Paper: Sec. 4.2.1, measured on BP4D."""

TABLE_4 = (
    *(
        Row(
            f"t4_pp_{patch}", f"PP({name})", f"PP({name})", (1,), (patch,),
            filters_from=(f"pp_{patch}",), fixed_filters=True, corpus="table_4",
        )
        for patch, name in PATCH_LABELS.items()
    ),
    Row(
        "t4_pp_f", "PP+F", "PP+F", (2, 3), fixed_filters=True, corpus="table_4",
        starts_from=tuple(f"t4_{row}" for row in PATCH_ROWS),
    ),
    Row(
        "t4_dsin_10", "DSIN_10", "DSIN<sub>10</sub>", (4, 5), fixed_filters=True, corpus="table_4",
        starts_from=("t4_pp_f",), change={"structure_inference.n_iter": 10},
    ),
    Row(
        "t4_dsin_10_tt", "DSIN_10^tt", "DSIN<sub>10</sub><sup>tt</sup>",
        starts_from=("t4_dsin_10",), thresholds="tuned", corpus="table_4",
    ),
)  # fmt: skip
"""Table 4, measured on DISFA: convolutional filters of Table 3's corpus, then fixed.

Sec. 4.2.1 says that the table shows tuned thresholds; it prints no such row: the last one is ours.
"""

PARTS = (
    Row("phi", "F", "F", (2,), starts_from=PATCH_ROWS),
    Row(  # Reading: fused-patches
        "phi_without_face", "F", "F without the face", (2,), PATCHES[:-1],
        starts_from=PATCH_ROWS[:-1],
    ),
    Row("omega", "SI", "SI", (4,), starts_from=("pp_f",)),
)  # fmt: skip
"""Steps 2 and 4 alone, the rest frozen: cheap enough to be trained again for every choice that they
depend on. No table shows them."""

ROWS = {row.id: row for row in (*TABLE_3, *TABLE_4, *PARTS)}
TRAINED = tuple(row.id for row in TABLE_3 if row.fits)
TABLE_4_TRAINED = tuple(row.id for row in TABLE_4 if row.fits)


def row_named(row_id: str) -> Row:
    """The row of an id.

    Raises:
        ValueError: No such row; names those that there are.
    """
    if row_id not in ROWS:
        raise ValueError(f"row: expected one of {sorted(ROWS)}, got {row_id!r}")
    return ROWS[row_id]
