"""How close labels come to their reference, and how they were brought there; draws nothing."""
