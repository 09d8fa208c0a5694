"""The corpora that this replication can read, as data: one line of a table each.

Everything that differs from one corpus to the next and is no choice of the user's stands here;
the config names a line, and paths, folds, readers and the privacy guard look it up.
"""

from dataclasses import dataclass

from dsin_lib.facs import BP4D_AUS, DISFA_REPORTED_AUS


@dataclass(frozen=True)
class Source:
    """One corpus.

    Attributes:
        layout: How it lies on disk, and whose subjects' names it bears: the name of a licensed
            corpus, a key of :data:`dsin_lib.data.readers.LAYOUTS` and of the fold lists.
        aus: The Action Units that are trained and scored.
        n_subjects: Its subjects, all of them.
        root_variable: The environment variable that names the folder of a licensed corpus; none
            for an open one, which is rendered.
    """

    layout: str
    aus: tuple[int, ...]
    n_subjects: int
    root_variable: str | None = None

    @property
    def licensed(self) -> bool:
        """Whether the corpus is lent under an agreement, and its images may not be shown."""
        return self.root_variable is not None


CORPORA = {
    "synau_b": Source("bp4d", BP4D_AUS, 41),
    "synau_d": Source("disfa", DISFA_REPORTED_AUS, 27),
    "bp4d": Source("bp4d", BP4D_AUS, 41, "DSIN_BP4D_ROOT"),
    "bp4d_plus": Source("bp4d_plus", BP4D_AUS, 140, "DSIN_BP4D_PLUS_ROOT"),
    "disfa": Source("disfa", DISFA_REPORTED_AUS, 27, "DSIN_DISFA_ROOT"),
}
