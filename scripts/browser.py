"""Find a Chromium for the browser journeys; as root on Debian, install the distribution's own.

Prints its path. Without one, a laptop skips the journeys loudly and CI fails: see tests/journeys/conftest.py.
"""

import os
import shutil
import subprocess

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """The browser's path, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def install() -> None:
    """Debian's chromium, quietly; whatever goes wrong is said by apt itself."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", "chromium"]):
        subprocess.run(["apt-get", *command], env=environment, stdout=subprocess.DEVNULL, check=False)


if __name__ == "__main__":
    if find() is None and shutil.which("apt-get") and os.geteuid() == 0:
        install()
    print(find() or "no Chromium here: the browser journeys will be skipped, or fail where CI=true")
