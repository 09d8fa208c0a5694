"""Every place where skin folds, and which Action Units fold it."""

from data_prep.synth.people.places import Pits
from data_prep.synth.people.places_lower import LOWER
from data_prep.synth.people.places_upper import UPPER

PLACES = UPPER | LOWER
"""Name -> lines of a place."""
PITS = {17: Pits(0.0040, (0.0, -0.975), (0.17, 0.085), (0.8, 1.1))}
"""AU -> pits where fibres enter the skin, at any age (FA)."""
UNITS = tuple(sorted({au for place in PLACES.values() for au in place.units} | set(PITS)))
"""Units that fold skin."""
