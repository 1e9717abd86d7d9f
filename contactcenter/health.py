"""`/healthz`: the process lives. `/readyz`: what it stands on works, and how far behind the work is."""

from typing import Any

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models import Max, Min
from django.http import HttpRequest, JsonResponse

from calls.models import Line
from common import clock, redis
from common.models import Heartbeat
from contacts.models import Contact
from messaging.queries import oldest_due
from staff.access import public

_HEART = "finance-sweep" if settings.IS_FINANCE else "sweep"  # each web answers for the rounds of its own side


@public
def healthz(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@public
def readyz(request: HttpRequest) -> JsonResponse:
    """503 only without the database: with Redis down contacts are still taken."""
    checks: dict[str, Any] = {"database": "ok", "redis": _redis()}
    try:
        connection.ensure_connection()
        checks["sweep_age_s"] = _age(Heartbeat.objects.filter(name=_HEART).aggregate(at=Min("at"))["at"])
        oldest = Contact.objects.not_evaluated().aggregate(at=Min("created_at"))["at"]
        checks["oldest_unprocessed_contact_s"] = _age(oldest)
        checks["oldest_outbox_s"] = _age(oldest_due())
        checks["phone_silent_s"] = _age(Line.objects.filter(is_active=True).aggregate(at=Max("heard_at"))["at"])
    except DatabaseError:
        checks["database"] = "away"
        return JsonResponse({"status": "down", "checks": checks}, status=503)
    degraded = checks["redis"] != "ok"
    return JsonResponse({"status": "degraded" if degraded else "ok", "checks": checks})


def _age(at: Any) -> float | None:
    return None if at is None else round((clock.now() - at).total_seconds(), 1)


def _redis() -> str:
    try:
        redis.client().ping()
    except Exception as error:  # whatever is wrong with it, the answer is the same
        return type(error).__name__
    return "ok"
