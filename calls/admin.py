from datetime import timedelta
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from calls import actions
from calls.models import BlockedCaller, Line
from common import clock

SILENT_AFTER = timedelta(minutes=10)


@admin.register(Line)
class LineAdmin(admin.ModelAdmin[Line]):
    """Let PBXs report calls. A token is shown once, when it is made; a line is switched off, not deleted."""

    list_display = ("name", "heard", "caller_id", "may_replay", "is_active")
    fields = ("name", "caller_id", "secret", "may_replay", "is_active")
    actions = ("roll_token",)

    def save_model(self, request: HttpRequest, obj: Line, form: Any, change: bool) -> None:
        if change:
            super().save_model(request, obj, form, change)
        else:
            self._show(request, obj, actions.issue_token(line=obj))

    @admin.action(description=gettext_lazy("Give a new token; the old one stops working within half a minute"))
    def roll_token(self, request: HttpRequest, queryset: QuerySet[Line]) -> None:
        for line in queryset:
            self._show(request, line, actions.issue_token(line=line))

    @staticmethod
    def _show(request: HttpRequest, line: Line, token: str) -> None:
        address = request.build_absolute_uri(f"/api/v1/cti/{token}")
        text = _("%(line)s reports to %(address)s. Copy the address now: it is not shown again.")
        messages.warning(request, text % {"line": line.name, "address": address})

    @admin.display(description=gettext_lazy("Last event"), ordering="heard_at")
    def heard(self, line: Line) -> str:
        """When the line spoke last: a silent one is the first thing to look at when no calls come."""
        if line.heard_at is None:
            return _("never")
        silence = clock.now() - line.heard_at
        if silence < SILENT_AFTER:
            return _("%(seconds)d s ago") % {"seconds": silence.total_seconds()}
        return _("silent since %(moment)s") % {"moment": f"{timezone.localtime(line.heard_at):%d.%m.%Y %H:%M}"}

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(BlockedCaller)
class BlockedCallerAdmin(admin.ModelAdmin[BlockedCaller]):
    list_display = ("number", "reason", "by", "at")
    fields = ("number", "reason")
    search_fields = ("number",)

    def save_model(self, request: HttpRequest, obj: BlockedCaller, form: Any, change: bool) -> None:
        obj.by_id = request.user.pk or 0
        super().save_model(request, obj, form, change)
