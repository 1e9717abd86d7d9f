"""The named people of the demo, and their keys."""

from secrets import token_urlsafe
from typing import Any

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db import transaction

from staff import actions
from staff.models import Role, User

# Role -> people (login, first name, last name, extension). The first of each role is the one `make run` prints.
PEOPLE: dict[str, list[tuple[str, str, str, str]]] = {
    Role.OPERATOR: [("olga", "Ольга", "Белова", "101"), ("irina", "Ирина", "Ковалёва", "102")],
    Role.LEAD: [("larisa", "Лариса", "Громова", "100")],
    Role.SUPPORT: [("sergey", "Сергей", "Титов", "201"), ("nikita", "Никита", "Орлов", "202")],
    Role.ACCOUNTANT: [("anna", "Анна", "Седова", "301")],
    Role.DISPATCHER: [("dmitry", "Дмитрий", "Лапин", "401")],
    Role.MASTER: [
        ("maxim", "Максим", "Жуков", ""),
        ("pavel", "Павел", "Сорокин", ""),
        ("timur", "Тимур", "Галиев", ""),
        ("egor", "Егор", "Власов", ""),
    ],
    Role.SUPERVISOR: [("vera", "Вера", "Никитина", "500"), ("kirill", "Кирилл", "Дорохов", "501")],
    Role.ADMIN: [("admin", "Администратор", "", "")],
}
# They work at the finance desk's pages; Kirill confirms there, Vera leads the rest from anywhere.
HAVE_SECOND_FACTOR = {"anna", "kirill"}


@transaction.atomic
def load() -> dict[str, Any]:
    """Create the people; their logins for demo.json: `{role: {username, password, totp_secret}}` and `api_keys`."""
    logins: dict[str, Any] = {}
    for role, people in PEOPLE.items():
        for username, first, last, extension in people:
            password = token_urlsafe(9)
            user = User.objects.create_user(
                username,
                password=password,
                first_name=first,
                last_name=last,
                extension=extension,
                role=role,
                is_staff=role == Role.ADMIN,
                is_superuser=role == Role.ADMIN,
            )
            secret = _second_factor(user) if username in HAVE_SECOND_FACTOR else None
            name = role if role not in logins else f"{role}_{username}"
            logins[name] = {"username": username, "password": password, "totp_secret": secret}
    keys = {
        name: actions.issue_api_key(user=User.objects.get(username=username), name=f"demo {name}")
        for name, username in {"admin": "admin", "pbx": "vera"}.items()
    }
    return {"users": logins, "api_keys": keys}


def _second_factor(user: User) -> str:
    secret = str(generate_totp_secret())
    TOTP.activate(user, secret)
    return secret
