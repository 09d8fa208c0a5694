"""Who is trained on, held out and tested in a run."""

from dsin_lib.data.folds import Split, split_subjects
from dsin_lib.data.store import Store
from dsin_lib.runs.run import Run


def store_of(run: Run) -> Store:
    """The patches that a run sees, with what counts as active for it."""
    return Store.open(run.store, run.corpus.active_from)


def split_of(run: Run, store: Store) -> Split:
    """Train, held-out and test subjects of a run, of those that its store has."""
    return split_subjects(
        store.frames["subject"].unique(),
        corpus=run.corpus.name,
        fold=run.fold,
        lists=run.config.evaluation.fold_lists,
        valid_fraction=run.config.training.valid_fraction,
        seed=run.seed,
    )
