"""Financial data stays behind its own database role and its own process."""

import os

import psycopg2
import pytest
from django.apps import apps
from django.db import ProgrammingError, connection, transaction
from django.db.models import Model
from django.http import HttpResponse
from django.test import RequestFactory

from billing.middleware import OfficeOnlyMiddleware
from customers.models import ServiceState
from tests.factories.town import house

ROLES = ["owner", "app", "finance"]
pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("model", list(apps.get_app_config("billing").get_models()))
def test_the_ordinary_role_is_denied_loudly(model: type[Model]) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        model._default_manager.first()


@pytest.mark.parametrize(
    "attack",
    [
        "SELECT count(*) FROM billing_account",
        "SET ROLE finance; SELECT count(*) FROM billing_account",
        "SELECT set_config('role', 'finance', true); SELECT count(*) FROM billing_account",
        "ALTER TABLE billing_account OWNER TO app",
        "GRANT SELECT ON billing_account TO app",
        "SELECT 1 UNION SELECT balance FROM billing_account",
        "SELECT query_to_xml('SELECT amount FROM billing_entry', true, true, '')",
        "COPY billing_entry TO STDOUT",
        "CREATE FUNCTION peek() RETURNS numeric LANGUAGE sql AS 'SELECT sum(amount) FROM billing_entry'",
        "UPDATE customers_subscriber SET name = (SELECT text FROM billing_letter LIMIT 1)",
        "DO $$ BEGIN PERFORM amount FROM billing_dispute; END $$",
        "INSERT INTO billing_financereading (user_id, page, of, method) VALUES (1, '', '', '')",
    ],
)
def test_injected_sql_does_not_open_it(attack: str) -> None:
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(attack)


def test_everybody_else_sees_paid_or_suspended_and_nothing_more() -> None:
    someone = house().subscribers[0]
    assert ServiceState.objects.get(pk=someone.pk).state == "paid"
    assert [f.name for f in ServiceState._meta.get_fields()] == ["subscriber", "state"]


def test_no_role_is_a_superuser() -> None:
    with psycopg2.connect(os.environ["FINANCE_DATABASE_URL"]) as finance, finance.cursor() as cursor:
        cursor.execute(
            "SELECT rolname FROM pg_roles WHERE rolname IN ('owner', 'app', 'finance') AND (rolsuper OR rolbypassrls)"
        )
        assert cursor.fetchall() == []
    finance.close()


@pytest.mark.parametrize(("address", "status"), [("10.1.2.3", 200), ("203.0.113.9", 404), ("", 404), ("evil", 404)])
def test_only_the_office_gets_in_and_no_header_helps(address: str, status: int, settings: object) -> None:
    settings.OFFICE_NETWORKS = ["10.0.0.0/8"]  # type: ignore[attr-defined]

    class Session(dict[str, str]):
        def flush(self) -> None:
            self.clear()

    request = RequestFactory().get("/accounts/", REMOTE_ADDR=address, HTTP_X_FORWARDED_FOR="10.1.2.3")
    request.session = Session()  # type: ignore[assignment]
    reply = OfficeOnlyMiddleware(lambda _request: HttpResponse("in"))(request)
    assert reply.status_code == status
