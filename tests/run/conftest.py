import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from contactcenter import embedded
from tests.run.server import Server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    data_dir = Path(tempfile.mkdtemp(prefix="cc-"))
    with pytest.MonkeyPatch.context() as environment:
        environment.delenv("DATABASE_URL", raising=False)
        environment.setenv("REDIS_URL", "redis://unused")
        servers = embedded.start(data_dir, fast=True)
    yield Server(data_dir, servers.urls)
    servers.stop()
    shutil.rmtree(data_dir)
