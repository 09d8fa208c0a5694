"""What makes training fast: each choice beside its alternative, by turns, in one run."""
