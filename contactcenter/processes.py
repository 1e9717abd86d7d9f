"""The processes of the product: one table, run by `make run` and named by docker-compose.yml."""

from typing import NamedTuple


class Process(NamedTuple):
    """`kind` becomes the PROCESS variable; `command` follows the Python interpreter."""

    name: str
    kind: str
    command: tuple[str, ...]


def web(name: str, kind: str, host: str, port: str) -> Process:
    serve = ("-m", "uvicorn", "contactcenter.asgi:application", "--host", host, "--port", port, "--lifespan", "off")
    return Process(name, kind, (*serve, "--timeout-graceful-shutdown", "3", "--no-access-log", "--no-server-header"))


def processes(*, host: str, port: str, finance_port: str) -> tuple[Process, ...]:
    """Everything that runs, in the order of starting."""
    celery = ("-m", "celery", "-A", "contactcenter")
    worker = (*celery, "worker", "-c", "2", "--loglevel", "WARNING", "--without-gossip", "--without-mingle")
    return (
        web("web", "web", host, port),
        web("finance", "finance", host, finance_port),
        Process("worker", "worker", (*worker, "-n", "worker@%h")),
        Process("finance-worker", "finance-worker", (*worker, "-Q", "finance", "-n", "finance@%h")),
        # Its memory is enough, for both ticks come every few seconds; an image that is read only takes no file of it.
        Process("beat", "beat", (*celery, "beat", "--loglevel", "WARNING", "--scheduler", "celery.beat:Scheduler")),
        Process("sweep", "sweep", ("manage.py", "sweep", "--loop")),
        Process("finance-sweep", "finance-sweep", ("manage.py", "finance_sweep", "--loop")),
    )
