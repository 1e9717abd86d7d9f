"""Where a command started by hand finds the servers that `make run` started."""

import json
import os
from pathlib import Path


def load(data_dir: Path) -> None:
    """Take addresses and the secret key from `environment.json` in the data folder, where the environment has none."""
    path = data_dir / "environment.json"
    if path.exists():
        for name, value in json.loads(path.read_text()).items():
            os.environ.setdefault(name, value)
