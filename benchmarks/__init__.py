"""Ratios measured side by side in one run; say ``python -m benchmarks.NAME`` in the checkout."""
