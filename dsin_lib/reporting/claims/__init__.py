"""Sentences of the paper, each held against what was measured."""
