"""Words that every page says alike."""

import pytest

from common.templatetags.ui import lasted


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (None, "—"),
        (0, "0 с"),
        (20.4, "20 с"),
        (99.4, "99 с"),
        (99.6, "1:40"),
        (1590, "26:30"),
        (3599.7, "1:00:00"),
        (3845, "1:04:05"),
    ],
)
def test_how_long_somebody_waited_is_read_at_a_glance(seconds: float | None, words: str) -> None:
    assert lasted(seconds) == words
