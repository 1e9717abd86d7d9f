"""What every REST list shares."""

from datetime import UTC, tzinfo
from typing import Any

from rest_framework import pagination, serializers
from rest_framework.parsers import JSONParser

from common import cards


class CardlessParser(JSONParser):
    """JSON without card numbers: they are masked before anything of the body is stored."""

    def parse(self, *args: Any, **kwargs: Any) -> Any:
        return cards.masked(super().parse(*args, **kwargs))


class CursorPagination(pagination.CursorPagination):
    """`{"next", "previous", "results"}`; newest first; `?page_size=` up to 200."""

    ordering = "-id"
    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200


def speak_utc() -> None:
    """Machines read and write UTC, whatever zone people's pages are shown in. Called once, at start."""

    def default_timezone(_: serializers.DateTimeField) -> tzinfo:
        return UTC

    serializers.DateTimeField.default_timezone = default_timezone  # type: ignore[assignment,method-assign]
