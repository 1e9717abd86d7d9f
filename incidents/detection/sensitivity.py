"""How keen the detector is, in five steps, and what each of them costs and brings.

The figures are those of `python -m benchmarks.spikes --seeds 101-120 sensitivity`, towns that nothing was tuned on:
measure them again when the model changes.
"""

from typing import NamedTuple


class Measured(NamedTuple):
    """A town of 60,000: false openings a week, outages of an address with three callers that are found (share), and
    minutes of an outage of an address that pass before it opens, or all of them if it never does (mean)."""

    false_a_week: float
    found: float
    lost_min: int


class Step(NamedTuple):
    """Limits on the score (see `fold`)."""

    suspect_limit: float
    open_limit: float
    measured: Measured


STEPS: dict[str, Step] = {
    "calm": Step(0.8, 2.5, Measured(0.06, 0.824, 220)),
    "careful": Step(-0.2, 1.5, Measured(0.19, 0.848, 213)),
    "balanced": Step(-1.0, 0.7, Measured(0.40, 0.876, 206)),
    "watchful": Step(-1.5, 0.2, Measured(0.68, 0.893, 201)),
    "keen": Step(-2.0, -0.3, Measured(1.12, 0.914, 196)),
}
USUAL = "balanced"
