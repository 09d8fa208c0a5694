"""Who somebody is: the shape of the head, and all that grows, is painted or worn on it."""
