import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "contactcenter.settings")

app = Celery("contactcenter")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    # `expires`: ticks that piled up while no worker ran are thrown away, not replayed.
    "sweep": {"task": "contactcenter.tasks.sweep_once", "schedule": 5.0, "options": {"expires": 5}},
}
