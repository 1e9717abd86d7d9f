import os
from typing import Any

from celery import Celery, signals

from common import origin

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contactcenter.settings")

app = Celery("contactcenter")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    # `expires`: ticks that piled up while no worker ran are thrown away, not replayed.
    "sweep": {"task": "contactcenter.tasks.sweep_once", "schedule": 5.0, "options": {"expires": 5}},
    "finance-sweep": {
        "task": "billing.tasks.finance_sweep_once",
        "schedule": 15.0,
        "options": {"expires": 15},
    },
}


@signals.task_prerun.connect
def _say_where(task: Any, **_: Any) -> None:
    origin.start(origin.Via.WORKER, task.name.rpartition(".")[2])


@signals.task_postrun.connect
def _forget_where(**_: Any) -> None:
    origin.stop()
