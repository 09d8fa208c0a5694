"""What a face does: Action Units on the mesh, and performances over time."""
