"""Algorithm 1: its five steps as data, the one learner that runs them, what they leave behind."""
