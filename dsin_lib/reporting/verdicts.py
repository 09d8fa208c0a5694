"""What an interval says: four words, and nothing else decides them."""

SUPPORTED, NOT_SUPPORTED, UNDECIDED = "supported", "not supported", "undecided"
NOT_RUN = "not run here"
VERDICTS = (SUPPORTED, NOT_SUPPORTED, UNDECIDED, NOT_RUN)
AGAINST_ZERO = {
    SUPPORTED: "above zero",
    NOT_SUPPORTED: "below zero",
    UNDECIDED: "spans zero: undecided",
}
"""Where the interval of a difference lies."""


def verdict(low: float, high: float) -> str:
    """What an interval says of a claim that its middle be above zero."""
    if low > 0:
        return SUPPORTED
    return NOT_SUPPORTED if high < 0 else UNDECIDED
