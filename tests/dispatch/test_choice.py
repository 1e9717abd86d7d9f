"""Who goes, as a pure question."""

from datetime import UTC, datetime, timedelta

from dispatch.choice import Booking, Candidate, choose, distance_m, first_gap

NOON = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
EVENING = NOON + 8 * HOUR
HERE, NEAR, FAR = (59.720, 30.410), (59.721, 30.412), (59.750, 30.500)


def visit(start: float, hours: float = 2, *, gives_way: bool = False, pk: int = 1) -> Booking:
    return Booking(pk, NOON + start * HOUR, NOON + (start + hours) * HOUR, gives_way, HERE)


def test_the_free_master_goes_not_the_busy_one() -> None:
    busy = Candidate(1, EVENING, [visit(-0.5)], NEAR)
    free = Candidate(2, EVENING, [], FAR)
    choice = choose([busy, free], place=HERE, now=NOON, length=2 * HOUR)
    assert choice is not None
    assert (choice.master_id, choice.start) == (2, NOON)


def test_of_two_free_masters_the_nearer_goes() -> None:
    near, far = Candidate(2, EVENING, [], NEAR), Candidate(1, EVENING, [], FAR)
    choice = choose([far, near], place=HERE, now=NOON, length=2 * HOUR)
    assert choice is not None
    assert choice.master_id == 2


def test_of_two_free_masters_the_one_who_breaks_no_promise_goes() -> None:
    promised = Candidate(1, EVENING, [visit(1, gives_way=True)], NEAR)
    idle = Candidate(2, EVENING, [], FAR)
    choice = choose([promised, idle], place=HERE, now=NOON, length=2 * HOUR)
    assert choice is not None
    assert (choice.master_id, choice.displaced) == (2, ())


def test_a_planned_visit_gives_way_when_nobody_is_idle() -> None:
    promised = Candidate(1, EVENING, [visit(0.5, gives_way=True, pk=7)], NEAR)
    choice = choose([promised], place=HERE, now=NOON, length=2 * HOUR)
    assert choice is not None
    assert (choice.start, choice.displaced) == (NOON, (7,))


def test_a_started_visit_is_waited_for() -> None:
    working = Candidate(1, EVENING, [visit(-1)], NEAR)
    choice = choose([working], place=HERE, now=NOON, length=2 * HOUR)
    assert choice is not None
    assert choice.start == NOON + HOUR


def test_nobody_goes_after_the_end_of_his_shift() -> None:
    leaving = Candidate(1, NOON + HOUR, [visit(-1)], NEAR)
    assert choose([leaving], place=HERE, now=NOON, length=2 * HOUR) is None
    assert choose([], place=HERE, now=NOON, length=2 * HOUR) is None


def test_distance_is_in_metres() -> None:
    assert abs(distance_m((59.72, 30.41), (59.73, 30.41)) - 1112) < 2


def test_first_gap_steps_over_what_is_taken() -> None:
    busy = [(NOON, NOON + HOUR), (NOON + 2 * HOUR, NOON + 3 * HOUR)]
    found = first_gap(busy, after=NOON, until=EVENING, length=2 * HOUR, step=HOUR / 2)
    assert found == NOON + 3 * HOUR
    assert first_gap(busy, after=NOON, until=NOON + 4 * HOUR, length=2 * HOUR, step=HOUR / 2) is None
