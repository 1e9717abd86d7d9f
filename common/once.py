"""Idempotency-Key: a client that lost the answer sends the same request again, and it happens once."""

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from common import clock
from common.errors import DomainError
from common.models import StoredAnswer

P = ParamSpec("P")
View = TypeVar("View")
KEPT = timedelta(hours=24)
LONGEST = 200


class BadKey(DomainError):
    code = "bad_idempotency_key"
    status = 400


class KeyReused(DomainError):
    code = "idempotency_key_reused"


def once(
    handler: Callable[Concatenate[View, Request, P], Response],
) -> Callable[Concatenate[View, Request, P], Response]:
    """Make an unsafe REST handler one transaction, and with an `Idempotency-Key` one deed for a day.

    The answer is stored in the deed's own transaction: both stand or fall. A copy that comes while the first is still
    at work waits for it at the unique key. The same key with another request is refused: 409 `idempotency_key_reused`.
    """

    @wraps(handler)
    def inner(self: View, request: Request, /, *args: P.args, **kwargs: P.kwargs) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if len(key) > LONGEST:
            raise BadKey(_("An Idempotency-Key has at most %(most)d characters.") % {"most": LONGEST})
        with transaction.atomic():
            if not key:
                return handler(self, request, *args, **kwargs)
            digest, sender = _digest(request), int(request.user.pk or 0)  # no stranger comes as far as a handler
            kept, is_new = StoredAnswer.objects.get_or_create(user_id=sender, key=key, defaults={"digest": digest})
            if is_new:
                response = handler(self, request, *args, **kwargs)
                kept.status, kept.body = response.status_code, json.loads(JSONRenderer().render(response.data))
                kept.save(update_fields=["status", "body"])
                return response
        if kept.digest != digest:
            raise KeyReused(_("This Idempotency-Key belongs to another request."))
        return Response(kept.body, status=kept.status)

    return inner


def _digest(request: Request) -> str:
    return hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode() + request.body).hexdigest()


def forget_answers() -> None:
    """Drop what nobody sends again. For the sweep."""
    StoredAnswer.objects.filter(at__lt=clock.now() - KEPT).delete()
