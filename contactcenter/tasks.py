from celery import shared_task

from contactcenter.sweep import sweep


@shared_task
def sweep_once() -> None:
    sweep()
