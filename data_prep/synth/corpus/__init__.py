"""A corpus on disk: its recipe, its sequences, its record, and the version that it is of."""
