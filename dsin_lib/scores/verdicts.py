"""What an interval says, in fixed words; or why it is not asked."""

SUPPORTED, NOT_SUPPORTED, UNDECIDED = "supported", "not supported", "undecided"
NOT_RUN = "not run here"
UNTESTABLE = "cannot be tested here"
"""Of what would use a unit that never learned though it had frames to learn from."""
VERDICTS = (SUPPORTED, NOT_SUPPORTED, UNDECIDED, UNTESTABLE, NOT_RUN)


def verdict(low: float, high: float) -> str:
    """What an interval says of a claim that its middle be above zero.

    One that ends at zero, as where two rows never find a unit, is above zero in no resampling.
    """
    if low > 0:
        return SUPPORTED
    return NOT_SUPPORTED if high <= 0 else UNDECIDED


def against_zero(low: float, high: float) -> str:
    """Where the interval of a difference lies.

    >>> [against_zero(*ends) for ends in ((1.0, 2.0), (-2.0, -1.0), (-1.0, 1.0), (0.0, 0.0))]
    ['above zero', 'below zero', 'spans zero: undecided', 'zero in every resampling']
    """
    if low == high == 0:
        return "zero in every resampling"
    if low <= 0 <= high:
        return "spans zero: undecided"
    return "above zero" if low > 0 else "below zero"
