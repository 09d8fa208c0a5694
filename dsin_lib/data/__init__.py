"""One frames table whatever the corpus; folds; the store of patches; mini-batches."""
