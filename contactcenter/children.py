"""A child process that is started again when it dies, sooner or later. No Django at import."""

import subprocess
import time
from collections.abc import Callable

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.5, 30.0
LIVED_WELL_S = 60.0  # who ran for so long has earned a quick start


class Child:
    """Running from the start. `revive`, called often, starts it again; the pause doubles with each early death."""

    def __init__(self, name: str, start: "Callable[[], subprocess.Popen[bytes]]") -> None:
        self.name, self._start = name, start
        self.process = start()
        self._began = time.monotonic()
        self._pause = FIRST_PAUSE_S
        self._due: float | None = None

    def revive(self) -> str | None:
        """Look after it; what there is to say about it, if anything."""
        code = self.process.poll()
        if code is None:
            return None
        now = time.monotonic()
        if self._due is None:
            self._pause = FIRST_PAUSE_S if now - self._began > LIVED_WELL_S else min(self._pause * 2, LONGEST_PAUSE_S)
            self._due = now + self._pause
            return f"{self.name} ended with {code}; starting it again in {self._pause:g} s"
        if now >= self._due:
            self.process, self._began, self._due = self._start(), now, None
        return None
