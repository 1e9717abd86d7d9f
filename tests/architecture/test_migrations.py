import pytest
from django.core.management import call_command

from tests.database import as_owner


@pytest.mark.django_db(transaction=True)
def test_models_and_migrations_agree() -> None:
    with as_owner():
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)
