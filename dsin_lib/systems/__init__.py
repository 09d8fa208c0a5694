"""The systems that are compared, one file each, and the door by which they come in."""
