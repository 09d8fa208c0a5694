"""DSIN: a reproducible replication of Deep Structure Inference Network for Facial AU Recognition.

Faces become aligned patches, patches become predictions in three stages, predictions become the
paper's tables and figures. Paper: Corneanu, Madadi, Escalera, ECCV 2018 (arXiv:1803.05873).
"""

__version__ = "0.1.0"
