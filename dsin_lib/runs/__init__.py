"""What is trained, named by all that its numbers depend on: rows, runs, sweeps, chapters, files."""
