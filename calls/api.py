"""The PBX's door (docs/integrations/cti.md) and REST for calls."""

import hashlib
import hmac
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, JsonResponse, QueryDict
from django.views.decorators.csrf import csrf_exempt
from django_filters import rest_framework as filters
from rest_framework import mixins, serializers, viewsets

from calls import actions, permissions, queries, report
from calls.models import Call, Line, token_hash
from calls.report import BadReport
from common import clock, origin
from common.errors import unavailable
from common.http import BadInput, clean_text, strict_json
from common.rest import CursorPagination, MomentFilter
from staff.access import public
from staff.authentication import caller

MAX_BATCH = 1000
MAX_BODY = 2 * 1024 * 1024
LINE_CACHE_S = 30
HEARD_EVERY_S = 5


def _refuse(status: int, error: str, field: str | None = None) -> JsonResponse:
    return JsonResponse({"error": error, "field": field}, status=status)


def _line(token: str) -> Line | None:
    """The line of a token, remembered for half a minute: each event would else pay a statement for it."""
    digest = token_hash(token)
    line: Line | None = cache.get(f"line:{digest}")
    if line is None:
        line = Line.objects.filter(token_hash=digest, is_active=True).first()
        if line is not None:
            cache.set(f"line:{digest}", line, LINE_CACHE_S)
    return line


def _signed(line: Line, request: HttpRequest) -> bool:
    if not line.secret:
        return True
    expected = "sha256=" + hmac.new(line.secret.encode(), request.body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), request.headers.get("X-Signature", "").encode())


def _door(view: Callable[[HttpRequest, Line], JsonResponse]) -> Any:
    """What the three CTI addresses share: the token, the signature, the body's size, a database that is away."""

    def inner(request: HttpRequest, token: str) -> Any:
        try:
            line = _line(token)
            if line is None:
                return _refuse(401, "unknown token")
            if int(request.META.get("CONTENT_LENGTH") or 0) > MAX_BODY:
                return _refuse(413, f"body is larger than {MAX_BODY} bytes")
            if request.method == "POST" and not _signed(line, request):
                return _refuse(401, "wrong signature", "X-Signature")
            if cache.add(f"heard:{line.pk}", True, HEARD_EVERY_S):  # not a statement for each event
                actions.note_heard(line=line)
            with origin.coming(origin.Via.PBX, line.pk):
                return view(request, line)
        except (OperationalError, InterfaceError):
            return unavailable(request)

    return public(csrf_exempt(inner))


def _form(data: QueryDict) -> dict[str, Any]:
    return {key: data.getlist(key) if key.endswith("[]") else data[key] for key in data}


def _body(request: HttpRequest) -> Any:
    """The request's JSON or form. Raises BadInput."""
    if request.content_type in {"application/x-www-form-urlencoded", "multipart/form-data"}:
        return _form(request.POST)
    return strict_json(request.body)


@_door
def cti_event(request: HttpRequest, line: Line) -> JsonResponse:
    """One event: 200 with what the PBX should do; 400 unparsable, 422 well-formed but wrong."""
    if request.method != "POST":
        return _refuse(405, "POST only")
    try:
        body = _body(request)
    except BadInput as error:
        return _refuse(400, str(error))
    if not isinstance(body, dict):
        return _refuse(422, "an event is an object")
    try:
        parsed = report.parse(body, now=clock.now(), may_replay=line.may_replay)
    except BadReport as error:
        return _refuse(422, error.error, error.field)
    return JsonResponse(actions.take_in(line=line, report=parsed).reply)


@_door
def cti_batch(request: HttpRequest, line: Line) -> JsonResponse:
    """Up to 1,000 events; each stands alone, a wrong one does not stop the rest."""
    if request.method != "POST":
        return _refuse(405, "POST only")
    try:
        events = strict_json(request.body)
    except BadInput as error:
        return _refuse(400, str(error))
    if not isinstance(events, list):
        return _refuse(422, "a batch is a list")
    if len(events) > MAX_BATCH:
        return _refuse(422, f"a batch holds at most {MAX_BATCH} events")
    accepted, rejected = 0, []
    for index, body in enumerate(events):
        try:
            if not isinstance(body, dict):
                raise BadReport("an event is an object", None)
            parsed = report.parse(body, now=clock.now(), may_replay=line.may_replay)
        except BadReport as error:
            rejected.append({"index": index, "error": error.error, "field": error.field})
            continue
        accepted += actions.take_in(line=line, report=parsed).is_new
    duplicates = len(events) - accepted - len(rejected)
    return JsonResponse({"accepted": accepted, "duplicates": duplicates, "rejected": rejected})


@_door
def cti_lookup(request: HttpRequest, line: Line) -> JsonResponse:
    """`?from=`: who calls, for a voice menu that decides where the call goes. Nobody is guessed among several."""
    if request.method != "GET":
        return _refuse(405, "GET only")
    try:
        number = report.number(clean_text(request.GET.get("from", ""), where="from"))
    except BadInput as error:
        return _refuse(422, str(error), "from")
    if len(number) > 40:
        return _refuse(422, "from is longer than 40 characters", "from")
    found = queries.callers(number)
    only = found[0] if len(found) == 1 else None
    incident = next((caller.announcement for caller in found if caller.announcement), None)
    return JsonResponse(
        {
            "subscriber_id": only.subscriber_id if only else None,
            "name_short": only.name_short if only else None,
            "incident": incident,
            "route": "support" if incident or (only and only.open_ticket) else "first_line",
            "open_ticket": only.open_ticket if only else None,
        }
    )


# ------------------------------------------------------------------------------------------------ REST
class CallOut(serializers.ModelSerializer[Call]):
    class Meta:
        model = Call
        fields = [
            "id",
            "call_id",
            "queue",
            "from",
            "state",
            "direction",
            "offered_at",
            "answered_at",
            "ended_at",
            "wait_s",
            "talk_s",
            "cause",
            "operator",
            "contact",
        ]

    locals()["from"] = serializers.SerializerMethodField()  # a keyword of Python, a field of the interface
    wait_s = serializers.FloatField()
    talk_s = serializers.FloatField()

    def get_from(self, call: Call) -> str:
        return queries.number_for(self.context["request"].user, call.caller)


class CallFilter(filters.FilterSet):
    since = MomentFilter(field_name="first_at", lookup_expr="gte")


class CallViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[Call]):
    permissions_by_method = {"GET": permissions.READ}
    queryset = Call.objects.none()
    serializer_class = CallOut
    filterset_class = CallFilter
    pagination_class = CursorPagination

    def get_queryset(self) -> Any:
        return Call.objects.visible_to(caller(self.request))


routes = [("calls", CallViewSet)]
