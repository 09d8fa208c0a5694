"""Predictions become the tables and figures of the book; nothing here trains."""
