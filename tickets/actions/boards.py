"""Saved views: one's own, or shared with a desk by those who lead it."""

from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from common import clock
from common.errors import DomainError
from staff.access import may
from staff.models import User
from tickets import permissions
from tickets.actions.common import required
from tickets.boards import Filters
from tickets.models import TICKET_DESKS, Board, Export

MOST = 50


class NotYourBoard(DomainError):
    code = "not_your_board"
    status = 409


class BoardNameTaken(DomainError):
    code = "board_name_taken"
    status = 422


class TooManyBoards(DomainError):
    code = "too_many_boards"
    status = 422


def _may_share(user: User, desk: str) -> bool:
    return may(user, permissions.SHARE_BOARDS) and (user.desk == desk or may(user, permissions.SEE_ALL_DESKS))


def may_change(user: User, board: Board) -> bool:
    """One's own; a shared one by whoever may share with that desk."""
    return _may_share(user, board.desk) if board.desk else board.owner_id == user.pk


def save_board(*, name: str, query: str, by: User, desk: str = "", board: Board | None = None) -> Board:
    """Keep a view under a name, or give a kept one another name or query. Raises what is wrong with either."""
    name = required(name, "name", _("Give the view a name."))[:60]
    if desk and (desk not in TICKET_DESKS or not _may_share(by, desk)):
        raise NotYourBoard(_("Only those who lead a desk share views with it."))
    if board is not None and not may_change(by, board):
        raise NotYourBoard(_("This view is a colleague's."))
    if board is None:
        if Board.objects.filter(owner=by, deleted_at=None).count() >= MOST:
            raise TooManyBoards(_("You have %(n)s views already: remove one first.") % {"n": MOST})
        position = Board.objects.visible_to(by).filter(deleted_at=None).count()
        board = Board(owner=by, desk=desk, position=position)
    board.name, board.query = name, Filters.of(QueryDict(query)).query()[:2000]
    try:
        with transaction.atomic():
            board.save()
    except IntegrityError as error:
        if "tickets_board_name_once" not in str(error):
            raise
        taken = _("There is a view with this name already.")
        raise BoardNameTaken(taken, fields={"name": taken})
    return board


def remove_board(*, board: Board, by: User) -> None:
    """Take it from the list; `restore_board` brings it back."""
    if not may_change(by, board):
        raise NotYourBoard(_("This view is a colleague's."))
    board.deleted_at = clock.now()
    board.save(update_fields=["deleted_at"])


def restore_board(*, board: Board, by: User) -> Board:
    if not may_change(by, board):
        raise NotYourBoard(_("This view is a colleague's."))
    board.deleted_at = None
    try:
        with transaction.atomic():
            board.save(update_fields=["deleted_at"])
    except IntegrityError:
        raise BoardNameTaken(_("There is a view with this name already."))
    return board


@transaction.atomic
def move_board(*, board: Board, up: bool, by: User) -> None:
    """Change places with its neighbour in the list of whoever asks."""
    if not may_change(by, board):
        raise NotYourBoard(_("This view is a colleague's."))
    all_of_them = list(Board.objects.visible_to(by).filter(deleted_at=None).select_for_update(of=("self",)))
    places = [one.pk for one in all_of_them]
    at = places.index(board.pk)
    other = at - 1 if up else at + 1
    if not 0 <= other < len(all_of_them) or not may_change(by, all_of_them[other]):
        return
    all_of_them[at], all_of_them[other] = all_of_them[other], all_of_them[at]
    for position, one in enumerate(all_of_them):
        one.position = position
    Board.objects.bulk_update(all_of_them, ["position"])


def note_export(*, kind: str, query: str, rows: int, by: User) -> None:
    """Write down who takes rows away, before the first of them leaves."""
    Export.objects.bulk_create([Export(kind=kind, query=query[:2000], rows=rows, by=by)])
