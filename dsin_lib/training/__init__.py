"""Algorithm 1: its five steps as data, the one learner that runs them, and the runs on disk."""
