"""Corpora as one frames table, prepared corpora on disk, folds and data sets (Sec. 4.1.1)."""
