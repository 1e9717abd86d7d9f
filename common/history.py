"""History = event = live hint, in one call.

`record(thing, fact, by=...)` inserts an undeletable row into the thing's own history table, tells the listeners
inside the same transaction (a listener's failure rolls everything back) and, after the commit, hints to open
pages. Reports are computed from these rows.
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models, transaction
from django.dispatch import Signal
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from common import changes, clock, live, origin

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
    RULES = "rules"


class Fact(Signal):
    """Something that has happened to a thing, in the past tense: `code` for rows, `label` for people, after a name.

    `about`: the field whose `old` and `new` its data holds, for `common.changes`.

    Listeners get `thing`, `event` (the history row), `by` and the data that `record` was given.
    """

    def __init__(self, code: str, label: Promise, *, about: str = "") -> None:
        super().__init__()
        self.code, self.label, self.about = code, label, about


@cache
def facts(app_label: str) -> dict[str, Fact]:
    """The facts of an app by the code that its history rows hold."""
    return {fact.code: fact for fact in vars(import_module(f"{app_label}.events")).values() if isinstance(fact, Fact)}


# Outside the choices: a label in a field's choices would be a migration of every history table.
_ACTORS = {
    System.PBX: _("Telephone exchange"),
    System.DETECTOR: _("Detector"),
    System.SWEEP: _("Automation"),
    System.IMPORT: _("Import"),
    System.SETUP: _("Set-up"),
    System.PUBLIC: _("Subscriber"),
    System.RULES: _("Rules"),
}
# Frozen for the same reason: the newer actors are known to the code alone.
_CHOICES = [(one.value, one.label) for one in System if one is not System.RULES]


def actor_name(system: str) -> str:
    """What people call a system that acted."""
    return str(_ACTORS[System(system)])


class Event(models.Model):
    """A history row. Concrete ones add `thing = ForeignKey(..., related_name="history")`."""

    at = models.DateTimeField(default=clock.now, editable=False)
    kind = models.CharField(max_length=40, editable=False)
    by_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", editable=False
    )
    by_system = models.CharField(max_length=20, null=True, choices=_CHOICES, editable=False)
    data = models.JSONField(default=dict, editable=False)
    # `field: [old, new]` of the thing's tracked fields: `common.changes`.
    changed = models.JSONField(null=True, editable=False)
    # From where: `common.origin`. Rows older than these columns have none.
    via = models.CharField(max_length=origin.LONGEST, null=True, editable=False)
    address = models.GenericIPAddressField(null=True, editable=False)

    # Filled by `common.changes.told`: what changed, and from where, in words.
    changes: "list[changes.Change]"
    way: str

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

    @property
    def actor(self) -> str:
        """Who did it, by name. Costs a query unless `by_user` is loaded."""
        return self.by_user.title if self.by_user else actor_name(str(self.by_system))

    @property
    def label(self) -> str:
        """What happened, in words that follow the actor's name."""
        fact = facts(self._meta.app_label).get(self.kind)
        return str(fact.label) if fact else self.kind

    @property
    def about(self) -> str:
        """The field whose `old` and `new` the data holds; empty where there is none."""
        fact = facts(self._meta.app_label).get(self.kind)
        return fact.about if fact else ""

    @property
    def text(self) -> str:
        """What somebody wrote about it."""
        return str(next((said for key in ("text", "reason", "why") if (said := self.data.get(key))), ""))


# Who hears every fact, whatever its app: `(thing, fact, event, by, data)`, inside its transaction. Filled in `apps.py`.
listeners: list[Callable[[Any, Fact, "Event", "AbstractBaseUser | System", dict[str, Any]], None]] = []


def record(thing: Any, fact: Fact, *, by: "AbstractBaseUser | System", **data: Any) -> Event:
    """Write down that `fact` happened to `thing`, tell the listeners, hint to open pages after the commit.

    Must run inside the action's transaction. `data` holds JSON values: what changed, ids, never secrets. What differs
    in the thing's tracked fields since `changes.remember` is noted in `changed`.
    """
    assert transaction.get_connection().in_atomic_block, "history.record belongs inside the action's transaction"
    is_system = isinstance(by, System)
    came = origin.current()
    event: Event = thing.history.create(
        kind=fact.code,
        by_system=by if is_system else None,
        by_user=None if is_system else by,
        data=data,
        changed=changes.since(thing) or None,
        via=came.via if came else None,
        address=came.address if came and not is_system else None,
    )
    tell(thing, fact, event, by=by, **data)
    return event


def tell(thing: Any, fact: Fact, event: Event, *, by: "AbstractBaseUser | System", **data: Any) -> None:
    """The rest of `record`, for whoever inserted the row himself."""
    fact.send(sender=type(thing), thing=thing, event=event, by=by, **data)
    for listener in listeners:
        listener(thing, fact, event, by, data)
    live.hint(*thing.live_topics())
