"""What a topic says: how much commoner it is in an outage than on an ordinary day, by topic code."""

# "No internet" is most of what an outage brings and a quarter of an ordinary day; "slow" is the other way round.
LIKENESS = {"no_internet": 2.5, "no_tv": 1.25, "slow_internet": 0.6}
OTHER_FAULT = 1.8  # any other fault: half of an ordinary day is about faults, nearly all of an outage
UNKNOWN = 1.0


def likeness(code: str | None) -> float:
    """Of a fault topic's code, or of a contact whose topic is not chosen yet."""
    return UNKNOWN if code is None else LIKENESS.get(code, OTHER_FAULT)
