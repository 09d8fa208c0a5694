"""From a model to predictions, from predictions to scores. Paper: Sec. 4.1.4."""
