"""What every REST list shares."""

from datetime import UTC, datetime, tzinfo
from typing import Any

from django.core.exceptions import ValidationError
from django_filters import IsoDateTimeFilter
from django_filters.fields import IsoDateTimeField
from rest_framework import pagination, serializers
from rest_framework.parsers import JSONParser
from rest_framework.request import Request

from common import cards


class CardlessParser(JSONParser):
    """JSON without card numbers: they are masked before anything of the body is stored."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        return cards.masked(super().parse(*args, **kwargs))


class MomentField(IsoDateTimeField):  # type: ignore[misc]
    """A moment, turned to UTC: PostgreSQL refuses offsets of more than 16 hours, which ISO 8601 allows."""

    def to_python(self, value: Any) -> datetime | None:
        try:
            at: datetime | None = super().to_python(value)
            return at and at.astimezone(UTC)
        except OverflowError as error:  # the first or last day of the calendar
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error


class MomentFilter(IsoDateTimeFilter):  # type: ignore[misc]
    field_class = MomentField


class CursorPagination(pagination.CursorPagination):
    """`{"next", "previous", "results"}`; newest first; `?page_size=` up to 200, to 20 for the outsourcer's people."""

    ordering = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    most_outsourced = 20

    def get_page_size(self, request: Request) -> int | None:
        size = super().get_page_size(request)
        is_outsourced = getattr(request.user, "is_outsourced", False)
        return min(size, self.most_outsourced) if size and is_outsourced else size


def speak_utc() -> None:
    """Machines read and write UTC, whatever zone people's pages are shown in. Called once, at start."""

    def default_timezone(_: serializers.DateTimeField) -> tzinfo:
        return UTC

    serializers.DateTimeField.default_timezone = default_timezone  # type: ignore[assignment,method-assign]
