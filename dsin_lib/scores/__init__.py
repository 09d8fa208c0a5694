"""From predictions to scores: counts, F1, ranking, thresholds, intervals. Paper: Sec. 4.1.4."""
