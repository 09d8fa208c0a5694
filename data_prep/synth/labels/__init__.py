"""Which Action Units a sequence shows: the label process and the statistics that it has."""
