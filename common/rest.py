"""What every REST list shares."""

from datetime import UTC, tzinfo

from rest_framework import pagination, serializers


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
