"""Paper, from the printed form to the answer."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import date, timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from billing import events
from billing.models import Application, ApplicationScan, Dispute, ScanLink, ScanRemoval
from common import clock, history, live
from common.errors import DomainError
from common.history import System
from messaging import kinds
from staff.actions import notify
from staff.models import Role, User

State = Application.State
MOST_PAGES = 10
LARGEST_SCAN = 10 * 1024 * 1024
LARGEST_UPLOAD = 30 * 1024 * 1024  # deploy/Caddyfile lets that much through at the office, and no more
ACCEPTED = {"image/jpeg", "image/png", "image/webp", "application/pdf"}
_DUE = gettext_noop("Application No. %(number)s is to be answered by %(day)s.")
_OVERDUE = gettext_noop("Application No. %(number)s is overdue: it was to be answered by %(day)s.")
_NUMBERS = 5_005  # the advisory lock that numbers of applications are given under


class BadScan(DomainError):
    code = "bad_scan"
    status = 422


class LinkOver(DomainError):
    code = "link_over"
    status = 410


class ApplicationMoved(DomainError):
    code = "application_moved"


class ScanNeeded(DomainError):
    code = "scan_needed"
    status = 422


class AnswerMissing(DomainError):
    code = "answer_missing"
    status = 422


@transaction.atomic
def open_application(*, dispute: Dispute, by: User) -> Application:
    """The form for a question whose reason asks for paper; the same question again is the same application."""
    known = Application.objects.filter(dispute=dispute).first()
    if known:
        return known
    made = Application.objects.create(number=_number(), dispute=dispute, account=dispute.account, made_by=by)
    history.record(made, events.application_made, by=by, number=made.number)
    return made


def _number() -> str:
    """ "2026-0001": numbers of a year without gaps, so they are given one after another until the commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_NUMBERS])
    year = timezone.localdate(clock.now()).year
    last = Application.objects.filter(number__startswith=f"{year}-").order_by("-number").first()
    return f"{year}-{int(last.number[5:]) + 1 if last else 1:04}"


@transaction.atomic
def make_link(*, application: Application, by: User) -> str:
    """A token for one phone and fifteen minutes; links made before are over. Raises ApplicationMoved."""
    application = _locked(application, State.PRINTED, State.SIGNED)
    now = clock.now()
    ScanLink.objects.filter(application=application, used_at=None, expires_at__gt=now).update(expires_at=now)
    token = secrets.token_urlsafe(24)
    ScanLink.objects.create(
        application=application, token_hash=_hash(token), made_at=now, made_by=by, expires_at=now + ScanLink.LASTS
    )
    return token


def link_of(token: str) -> ScanLink:
    """The link that a token opens. Raises LinkOver: unknown, used and expired look alike."""
    found = ScanLink.objects.select_related("application", "made_by").filter(token_hash=_hash(token)).first()
    if found is None or not found.is_open:
        raise LinkOver(_("This link is over. Ask the accountant for a new code."))
    return found


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def take_scans(*, token: str, bodies: Sequence[bytes]) -> Application:
    """Pages from a phone, all of them or none; more may follow. Raises LinkOver, BadScan, ApplicationMoved."""
    link = _open_link(token)
    _keep(link.application, bodies, link=link)
    return link.application


@transaction.atomic
def remove_scan(*, token: str, scan_id: int) -> None:
    """Take back a page that came by this link. Another's, or one removed already, changes nothing. Raises LinkOver."""
    link = _open_link(token)
    scan = ApplicationScan.objects.standing().filter(by_link=link, pk=scan_id).first()
    if scan is None:
        return
    ScanRemoval.objects.create(scan=scan)
    history.record(link.application, events.application_scan_removed, by=link.made_by)


@transaction.atomic
def finish_link(*, token: str) -> Application:
    """The person at the phone is done: the link opens nothing any more. Raises LinkOver, ScanNeeded."""
    link = _open_link(token)
    if not ApplicationScan.objects.standing().filter(by_link=link).exists():
        raise ScanNeeded(_("Choose a photo of the signed page."))
    link.used_at = clock.now()
    link.save(update_fields=["used_at"])
    return link.application


def _open_link(token: str) -> ScanLink:
    """The application first, then the link: whoever makes a new link takes them in this order too. While we waited
    for either, the link may have ended."""
    known = link_of(token)
    application = _locked(known.application, State.PRINTED, State.SIGNED)
    link = ScanLink.objects.select_for_update(of=("self",)).select_related("made_by").get(pk=known.pk)
    if not link.is_open:
        raise LinkOver(_("This link is over. Ask the accountant for a new code."))
    link.application = application
    return link


@transaction.atomic
def add_scans(*, application: Application, bodies: Sequence[bytes], by: User) -> Application:
    """Pages from the accountant's own computer. Raises BadScan, ApplicationMoved."""
    _keep(application, bodies, user=by)
    return application


def _keep(
    application: Application, bodies: Sequence[bytes], *, link: ScanLink | None = None, user: User | None = None
) -> None:
    application = _locked(application, State.PRINTED, State.SIGNED)
    if not bodies:
        raise BadScan(_("Choose a photo of the signed page."))
    if sum(map(len, bodies)) > LARGEST_UPLOAD:
        raise BadScan(_("Together they are larger than 30 MB: send fewer pages at a time."))
    if application.scans.standing().count() + len(bodies) > MOST_PAGES:
        raise BadScan(_("At most %(n)s pages belong to an application.") % {"n": MOST_PAGES})
    pages = 0
    for body in bodies:
        kept = _examined(body)
        scan, is_new = ApplicationScan.objects.get_or_create(
            application=application,
            sha256=hashlib.sha256(kept.body).hexdigest(),
            defaults={"content_type": kept.content_type, "body": kept.body, "by_link": link, "by_user": user},
        )
        if ScanRemoval.objects.filter(scan=scan).exists():
            raise BadScan(_("This very photo was removed: take another."))
        pages += is_new
    if pages:
        by = user or (link.made_by if link else application.made_by)
        history.record(application, events.application_scanned, by=by, pages=pages)


def _examined(body: bytes) -> kinds.Kept:
    if len(body) > LARGEST_SCAN:
        raise BadScan(_("A page is larger than 10 MB: take the photo again in a smaller size."))
    try:
        kept = kinds.examine(body)
    except kinds.NotAllowed:
        raise BadScan(_("This is neither a photo nor a PDF, or it is damaged: take it again.")) from None
    if kept.content_type not in ACCEPTED:
        raise BadScan(_("This is neither a photo nor a PDF, or it is damaged: take it again."))
    return kept


@transaction.atomic
def mark_signed(*, application: Application, by: User) -> Application:
    """The signed paper is here: the deadline of the answer begins, if its reason has one.

    Raises ScanNeeded, ApplicationMoved.
    """
    application = _locked(application, State.PRINTED)
    if not application.scans.standing().exists():
        raise ScanNeeded(_("First attach the signed page: by a phone or from a file."))
    now = clock.now()
    application.state, application.signed_at = State.SIGNED, now
    days = application.dispute.reason.answer_days
    application.due_on = timezone.localdate(now) + timedelta(days=days) if days else None
    application.save(update_fields=["state", "signed_at", "due_on"])
    due_on = application.due_on.isoformat() if application.due_on else None
    history.record(application, events.application_signed, by=by, due_on=due_on)
    return application


@transaction.atomic
def answer(*, application: Application, text: str, by: User) -> Application:
    """What was answered in writing. Raises AnswerMissing, ApplicationMoved."""
    if not text.strip():
        raise AnswerMissing(_("Write what was answered."), fields={"answer": _("Required.")})
    application = _locked(application, State.SIGNED)
    application.state, application.answer = State.ANSWERED, text.strip()[:4000]
    application.answered_at, application.answered_by = clock.now(), by
    application.save(update_fields=["state", "answer", "answered_at", "answered_by"])
    history.record(application, events.application_answered, by=by)
    return application


def withdraw_application(*, dispute: Dispute, by: User) -> None:
    """Its question was withdrawn."""
    for one in Application.objects.select_for_update(of=("self",)).filter(dispute=dispute, state=State.PRINTED):
        one.state = State.WITHDRAWN
        one.save(update_fields=["state"])
        history.record(one, events.application_withdrawn, by=by)


def warn_of_deadlines() -> int:
    """Tell the accountants five days before a deadline, one day before, and when it has passed; each once. How many."""
    today = timezone.localdate(clock.now())
    return sum(_warn(one, today) for one in Application.objects.pressing(today).order_by("due_on", "pk"))


@transaction.atomic
def _warn(application: Application, today: date) -> bool:
    stage = application.stage(today)
    before = Application.objects.filter(pk=application.pk, state=State.SIGNED, warned=application.warned)
    if stage == application.warned or not before.update(warned=stage):
        return False  # told already, answered meanwhile, or another sweep was first
    assert application.due_on is not None
    words = {"number": application.number, "day": f"{application.due_on:%d.%m.%Y}"}
    for one in User.objects.filter(role=Role.ACCOUNTANT, is_active=True):
        notify(user=one, text=_OVERDUE if stage == -1 else _DUE, by=System.SWEEP, **words)
    live.hint("applications:all")
    return True


def _locked(application: Application, *states: str) -> Application:
    locked = Application.objects.select_for_update(of=("self",)).get(pk=application.pk)
    if locked.state not in states:
        text = _("It has moved on meanwhile: %(state)s.") % {"state": locked.get_state_display().lower()}
        raise ApplicationMoved(text)
    return locked
