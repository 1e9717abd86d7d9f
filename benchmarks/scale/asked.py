"""Prints, as JSON: a session of somebody, tickets he may open, and the SQL statements of each page.

python -m benchmarks.scale.asked <username>
"""

import json
import sys
from typing import Any
from urllib.parse import quote

import django


def main() -> None:
    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test import Client

    from benchmarks.scale.fill import COMMON, RARE
    from staff.models import User
    from tickets.models import Ticket

    user = User.objects.get(username=sys.argv[1])
    seen = Ticket.objects.visible_to(user).unresolved().filter(desk="support")
    numbers = list(seen.order_by("-pk").values_list("number", flat=True)[:200])
    client = Client(headers={"host": "localhost"})
    client.force_login(user)
    statements: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        statements.append(sql)
        return execute(sql, params, many, context)

    paths = {
        "floor": f"/floor/{numbers[0]}/",
        "home": "/tickets/home/",
        "list of 50": "/tickets/",
        "ticket": f"/tickets/{numbers[0]}/",
        "search, rare": f"/tickets/?q={quote(RARE)}",
        "search, common": f"/tickets/?q={quote(COMMON)}",
    }
    found = {}
    for name, path in paths.items():
        client.get(path)
        statements.clear()
        with connection.execute_wrapper(note):
            reply = client.get(path)
        assert reply.status_code == 200, f"{path}: {reply.status_code}"
        if name == "search, rare":
            assert reply.content.decode().count("data-row=") in {4, 5}, "the rare word is not where it should be"
        found[name] = len(statements)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    print(json.dumps({"session": session, "numbers": numbers, "statements": found}))


if __name__ == "__main__":
    main()
