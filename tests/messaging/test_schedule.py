from datetime import timedelta

from messaging import schedule


def test_pauses_double_to_an_hour_and_end_after_about_a_day() -> None:
    plain = [schedule.pause(n, lambda: 0.5) for n in range(1, 60)]
    waits = [one for one in plain if one is not None]
    assert waits[:4] == [timedelta(seconds=s) for s in (5, 10, 20, 40)]
    assert max(waits) == timedelta(hours=1)
    assert timedelta(hours=22) < sum(waits, timedelta()) < timedelta(hours=26)
    assert plain[len(waits) :] == [None] * (59 - len(waits))


def test_what_failed_together_does_not_come_back_together() -> None:
    assert schedule.pause(1, lambda: 0.0) == timedelta(seconds=4)
    assert timedelta(seconds=5.9) < (schedule.pause(1, lambda: 0.999) or timedelta()) < timedelta(seconds=6)
