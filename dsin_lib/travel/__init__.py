"""Runs that travel: to a machine without a network, and back as archives of what they left."""
