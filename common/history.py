"""History = event = live hint, in one call.

`record(thing, fact, by=...)` inserts an undeletable row into the thing's own history table, tells the listeners
inside the same transaction (a listener's failure rolls everything back) and, after the commit, hints to open
pages. Reports are computed from these rows.
"""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction
from django.dispatch import Signal

from common import clock, live

if TYPE_CHECKING:
    from django.contrib.auth.models import AbstractBaseUser


class System(models.TextChoices):
    """Who acted when no person did."""

    PBX = "pbx"
    DETECTOR = "detector"
    SWEEP = "sweep"
    IMPORT = "import"
    SETUP = "setup"
    PUBLIC = "public"


class Fact(Signal):
    """Something that has happened to a thing, in the past tense; `code` is what history rows say.

    Listeners get `thing`, `event` (the history row), `by` and the data that `record` was given.
    """

    def __init__(self, code: str) -> None:
        super().__init__()
        self.code = code


class Event(models.Model):
    """A history row. Concrete ones add `thing = ForeignKey(..., related_name="history")`."""

    at = models.DateTimeField(default=clock.now, editable=False)
    kind = models.CharField(max_length=40, editable=False)
    by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    by_system = models.CharField(max_length=20, null=True, choices=System.choices, editable=False)
    data = models.JSONField(default=dict, editable=False)

    # `common.grants` gives `app` INSERT and SELECT only.
    append_only = True

    class Meta:
        abstract = True
        ordering = ("at", "id")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(by_user__isnull=True, by_system__isnull=False)
                | models.Q(by_user__isnull=False, by_system__isnull=True),
                name="%(app_label)s_%(class)s_one_actor",
            ),
        )


def record(thing: Any, fact: Fact, *, by: "AbstractBaseUser | System", **data: Any) -> Event:
    """Write down that `fact` happened to `thing`, tell the listeners, hint to open pages after the commit.

    Must run inside the action's transaction. `data` holds JSON values: what changed, ids, never secrets.
    """
    assert transaction.get_connection().in_atomic_block, "history.record belongs inside the action's transaction"
    is_system = isinstance(by, System)
    event: Event = thing.history.create(
        kind=fact.code, by_system=by if is_system else None, by_user=None if is_system else by, data=data
    )
    tell(thing, fact, event, by=by, **data)
    return event


def tell(thing: Any, fact: Fact, event: Event, *, by: "AbstractBaseUser | System", **data: Any) -> None:
    """The rest of `record`, for whoever inserted the row himself."""
    fact.send(sender=type(thing), thing=thing, event=event, by=by, **data)
    live.hint(*thing.live_topics())
