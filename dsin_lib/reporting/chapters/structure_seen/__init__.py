"""What structure inference does to single frames, to correlations, and where a network looks."""
