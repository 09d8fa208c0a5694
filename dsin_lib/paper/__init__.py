"""The paper as data: its printed tables, each number as it stands there (arXiv:1803.05873)."""
