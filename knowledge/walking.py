"""How far it is on foot. Pure.

Distance on the sphere (haversine formula, mean Earth radius 6,371,009 m of the IUGG), times a detour factor: streets go
round blocks. In grid-like towns the ratio of way to straight line lies between 1.2 and 1.4; 1.3 is taken. A guess for a
sentence ("about 350 metres"), never for a promise.
"""

import math

EARTH_M = 6_371_009
DETOUR = 1.3
METRES_A_MINUTE = 75  # 4.5 km/h
Point = tuple[float, float]  # latitude, longitude in degrees


def straight_m(a: Point, b: Point) -> float:
    """Metres along the great circle."""
    (lat_a, lon_a), (lat_b, lon_b) = ((math.radians(x), math.radians(y)) for x, y in (a, b))
    h = math.sin((lat_b - lat_a) / 2) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_M * math.asin(math.sqrt(min(1.0, h)))


def walking_m(a: Point, b: Point) -> int:
    """Metres on foot, to the next ten."""
    return round(straight_m(a, b) * DETOUR / 10) * 10


def metres_to(here: Point | None, there: Point | None) -> int | None:
    """Metres on foot; None where either is not known."""
    return walking_m(here, there) if here and there else None


def minutes(metres: int) -> int:
    """Whole minutes, at least one."""
    return max(1, round(metres / METRES_A_MINUTE))
