"""Wiring only: settings, URLs, servers, Celery, embedded databases."""

from contactcenter.celery import app as celery_app

__all__ = ["celery_app"]
