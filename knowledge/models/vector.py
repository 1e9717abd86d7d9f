"""The words by which PostgreSQL finds a row: kept by the server itself, so they are never behind the text."""

from typing import Any

from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db.models import CharField, F, Func, GeneratedField, Value
from django.db.models.expressions import Combinable, Expression


def vector(**weights: str) -> "GeneratedField":
    """A stored column: each named text field with its weight ("A" counts most). "ё" is "е" there, as in a query."""
    expression: Combinable | None = None
    for name, weight in weights.items():
        part = SearchVector(_plain(name), weight=weight, config="russian")
        expression = part if expression is None else expression + part
    field: dict[str, Any] = {"expression": expression, "output_field": SearchVectorField(), "db_persist": True}
    return GeneratedField(**field)


def _plain(name: str) -> Expression:
    return Func(F(name), Value("ёЁ"), Value("еЕ"), function="translate", output_field=CharField())
