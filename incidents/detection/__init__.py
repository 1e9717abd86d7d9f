"""When does a flood of contacts mean that a place is out? Pure modules: no framework, no clock, no database.

`town` names places, `ordinary` knows how an ordinary day sounds, `outage` how an outage sounds, and `fold` compares
the two as reports come in. docs/decisions/0002 tells why it is built so and what it reaches.
"""

from incidents.detection.fold import HORIZON_S, Detector, Finding, Level, Report, Settings, evaluate
from incidents.detection.ordinary import HOURS_A_WEEK, Ordinary, hour_of_week
from incidents.detection.town import CITY, Place, Scope, Town

__all__ = [
    "CITY",
    "HORIZON_S",
    "HOURS_A_WEEK",
    "Detector",
    "Finding",
    "Level",
    "Ordinary",
    "Place",
    "Report",
    "Scope",
    "Settings",
    "Town",
    "evaluate",
    "hour_of_week",
]
