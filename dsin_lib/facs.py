"""Facial Action Units: numbers, names, muscles, and which corpus codes which of them.

Source: Ekman, Friesen & Hager, *FACS, the manual*, 2002 (names and muscles); Sec. 4.1.1 and
Fig. 5 of the paper (the targeted units).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class ActionUnit:
    """One Action Unit: its FACS number, name, muscle and the half of the face that it moves."""

    number: int
    name: str
    muscle: str
    region: Literal["upper", "lower"]


ACTION_UNITS = {
    unit.number: unit
    for unit in (
        ActionUnit(1, "Inner brow raiser", "Frontalis, pars medialis", "upper"),
        ActionUnit(2, "Outer brow raiser", "Frontalis, pars lateralis", "upper"),
        ActionUnit(4, "Brow lowerer", "Corrugator supercilii, depressor supercilii", "upper"),
        ActionUnit(5, "Upper lid raiser", "Levator palpebrae superioris", "upper"),
        ActionUnit(6, "Cheek raiser", "Orbicularis oculi, pars orbitalis", "upper"),
        ActionUnit(7, "Lid tightener", "Orbicularis oculi, pars palpebralis", "upper"),
        ActionUnit(9, "Nose wrinkler", "Levator labii superioris alaeque nasi", "lower"),
        ActionUnit(10, "Upper lip raiser", "Levator labii superioris", "lower"),
        ActionUnit(12, "Lip corner puller", "Zygomaticus major", "lower"),
        ActionUnit(14, "Dimpler", "Buccinator", "lower"),
        ActionUnit(15, "Lip corner depressor", "Depressor anguli oris", "lower"),
        ActionUnit(17, "Chin raiser", "Mentalis", "lower"),
        ActionUnit(20, "Lip stretcher", "Risorius", "lower"),
        ActionUnit(23, "Lip tightener", "Orbicularis oris", "lower"),
        ActionUnit(24, "Lip pressor", "Orbicularis oris", "lower"),
        ActionUnit(25, "Lips part", "Depressor labii inferioris, or relaxed mentalis", "lower"),
        ActionUnit(26, "Jaw drop", "Masseter, relaxed temporalis and pterygoid", "lower"),
    )
}

BP4D_AUS = (1, 2, 4, 6, 7, 10, 12, 14, 15, 17, 23, 24)
DISFA_AUS = (1, 2, 4, 5, 6, 9, 12, 15, 17, 20, 25, 26)
DISFA_REPORTED_AUS = (1, 2, 4, 6, 9, 12, 25, 26)
"""The eight of DISFA's twelve that Table 4 reports. Reading: disfa-aus."""


def au_name(number: int) -> str:
    """The column name of an Action Unit.

    >>> au_name(6)
    'AU06'
    """
    return f"AU{number:02d}"


def au_names(numbers: Iterable[int]) -> list[str]:
    """Column names, in the order given.

    >>> au_names((1, 12))
    ['AU01', 'AU12']
    """
    return [au_name(number) for number in numbers]
