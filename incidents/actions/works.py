"""Planned works: announced, they keep the detector quiet where they go on."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from common import clock, history
from common.errors import DomainError
from incidents import events
from incidents.models import PlannedWorks, ScopeKind
from staff.models import User

if TYPE_CHECKING:
    from network.models import Building, Node


class WrongWorks(DomainError):
    code = "wrong_works"
    status = 422


@transaction.atomic
def announce_works(
    *,
    starts_at: datetime,
    ends_at: datetime,
    text: str,
    by: User,
    buildings: "Sequence[Building]" = (),
    node: "Node | None" = None,
) -> PlannedWorks:
    """Announce works on some buildings, or on a switch or node with everything below it."""
    if not buildings and node is None:
        raise WrongWorks(_("Choose where the works are."), fields={"place": _("Required.")})
    if ends_at <= starts_at:
        raise WrongWorks(_("The works end before they begin."), fields={"ends_at": _("Choose a later time.")})
    if ends_at <= clock.now():
        raise WrongWorks(_("These works are already over."), fields={"ends_at": _("Choose a later time.")})
    kind = ScopeKind.BUILDING if node is None else ScopeKind.SWITCH if node.kind == "switch" else ScopeKind.NODE
    works = PlannedWorks.objects.create(
        scope_kind=kind, node=node, starts_at=starts_at, ends_at=ends_at, text=text.strip(), announced_by=by
    )
    if node is None:
        works.buildings.set(buildings)
    history.record(works, events.works_announced, by=by)
    return works


@transaction.atomic
def cancel_works(*, works: PlannedWorks, by: User) -> PlannedWorks:
    """The works will not happen, or are over early: the detector listens again."""
    works = PlannedWorks.objects.select_for_update().get(pk=works.pk)
    if works.cancelled_at is None:
        works.cancelled_at = clock.now()
        works.save(update_fields=["cancelled_at"])
        history.record(works, events.works_cancelled, by=by)
    return works
