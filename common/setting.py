"""Rows of settings: written with what changed of them."""

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, transaction

from common import history
from common.errors import DomainError


def save_setting(
    thing: Any, fact: history.Fact, taken: DomainError, *, by: Any, topics: Iterable[Any] | None = None, **values: Any
) -> None:
    """Write a setting's row and what changed of it; a name that another row has raises `taken`.

    In the caller's transaction, the row locked by him.
    """
    is_new = thing.pk is None
    differs = {name: value for name, value in values.items() if getattr(thing, name, None) != value}
    changed = {name: [None if is_new else _plain(getattr(thing, name)), _plain(new)] for name, new in differs.items()}
    for name, value in values.items():
        setattr(thing, name, value)
    try:
        with transaction.atomic():
            thing.save()
    except IntegrityError as error:
        if "unique" not in str(error).lower():
            raise
        raise taken from error
    if topics is not None:
        thing.topics.set(topics)
    if is_new or differs:
        history.record(thing, fact, by=by, **changed)


def _plain(value: Any) -> Any:
    return value if value is None or isinstance(value, str | int | list | dict) else str(value)
