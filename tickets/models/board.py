"""What boards keep: saved views, kept counts, the words of each ticket, and who took rows away."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common import clock
from staff.models import Desk, User
from tickets.models.ticket import TICKET_DESKS, Status, Ticket


class TicketText(models.Model):
    """The words of a ticket: subject, opening, notes, messages, resolution, number.

    Beside the ticket and not in it: pages that list tickets never read it, and a ticket's update does not touch the
    word index. Triggers write it (migration `boards`), so that no deed can forget to.
    """

    ticket = models.OneToOneField(Ticket, primary_key=True, on_delete=models.CASCADE, related_name="words")
    words = SearchVectorField()

    class Meta:
        indexes = (GinIndex(fields=["words"], name="tickets_words", fastupdate=False),)

    def __str__(self) -> str:
        return str(self.pk)


class Tally(models.Model):
    """So many tickets more or fewer of this desk, state and owner: what a deed changed, or the sum of many such rows.

    A count is the sum of its rows. Deeds only add rows (by a trigger), so they never wait for one another; a sweep
    replaces rows by their sum. Merged tickets are not counted; a resolved one counts as nobody's.
    """

    desk = models.CharField(max_length=20)
    status = models.CharField(max_length=10, choices=Status.choices)
    assignee = models.BigIntegerField(null=True)
    tickets = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.desk} {self.status} {self.assignee}: {self.tickets:+d}"


class BoardQuerySet(models.QuerySet["Board"]):
    def visible_to(self, user: User) -> "BoardQuerySet":
        """One's own, and those shared with one's desk; whoever sees all desks sees what is shared with any."""
        if user.desk in TICKET_DESKS:
            return self.filter(Q(owner=user) | Q(desk=user.desk))
        return self.filter(Q(owner=user) | ~Q(desk=""))


class Board(models.Model):
    """A saved view: a name, and the query string of the board it opens. `desk` is whom it is shared with."""

    name = models.CharField(_("name"), max_length=60)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    desk = models.CharField(max_length=20, blank=True, choices=[(d.value, d.label) for d in TICKET_DESKS])
    query = models.CharField(max_length=2000, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = BoardQuerySet.as_manager()

    class Meta:
        ordering = ("position", "id")
        constraints = (
            models.CheckConstraint(condition=~Q(name=""), name="tickets_board_has_name"),
            models.CheckConstraint(condition=Q(desk="") | Q(desk__in=TICKET_DESKS), name="tickets_board_desk"),
            models.CheckConstraint(condition=Q(owner__isnull=False) | ~Q(desk=""), name="tickets_board_whose"),
            models.UniqueConstraint(
                fields=["owner", "desk", "name"],
                condition=Q(deleted_at=None),
                nulls_distinct=False,
                name="tickets_board_name_once",
            ),
        )

    def __str__(self) -> str:
        return self.name


class Export(models.Model):
    """Somebody took rows away in a file. Kept for good."""

    at = models.DateTimeField(default=clock.now, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", editable=False)
    kind = models.CharField(max_length=4, choices=[("csv", "CSV"), ("xlsx", "XLSX")], editable=False)
    query = models.CharField(max_length=2000, blank=True, editable=False)
    rows = models.PositiveIntegerField(editable=False)

    append_only: ClassVar[bool] = True

    class Meta:
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return f"{self.kind}: {self.rows}"


def seed_boards(**_kwargs: object) -> None:
    """The first shared views of each desk; what people renamed or removed is never written again."""
    if Board.objects.exists():
        return
    names = {
        "Без ответственного": "assignee=none&state=open",
        "Просроченные": "late=1",
        "Ждут абонента": "status=waiting",
    }
    Board.objects.bulk_create(
        [
            Board(name=name, desk=desk, query=f"desk={desk}&{query}", position=n)
            for desk in (Desk(one) for one in TICKET_DESKS)
            for n, (name, query) in enumerate(names.items())
        ],
        ignore_conflicts=True,
    )
