from urllib.parse import urlsplit

import segno
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from billing import actions, application_pdf, permissions
from billing.models import Application, ApplicationScan, Letter
from billing.models.applications import ApplicationQuerySet
from billing.shown import shows
from common import clock
from common.errors import DomainError
from common.http import go, render_page
from staff.access import StaffRequest, needs, public

PER_PAGE = 50
SHORT = 7  # days that are left when a deadline turns amber


def _seen(request: StaffRequest) -> ApplicationQuerySet:
    return Application.objects.visible_to(request.user).select_related(
        "account__subscriber__premise__building__street", "dispute__reason", "made_by", "answered_by"
    )


def _found(request: StaffRequest, pk: int) -> Application:
    found = get_object_or_404(_seen(request), pk=pk)
    shows(request, found.account.subscriber.account)
    return found


@needs(permissions.READ)
def register(request: StaffRequest) -> HttpResponse:
    """Every application: those to be answered first, the most overdue on top."""
    state = request.GET.get("state", "")
    rows = _seen(request).by_deadline()
    if state in Application.State.values:
        rows = rows.filter(state=state)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    today = timezone.localdate(clock.now())
    for one in page:
        due_on = one.due_on if one.state == Application.State.SIGNED else None
        one.days_left = (due_on - today).days if due_on else None
    shows(request, *(one.account.subscriber.account for one in page))
    context = {"rows": page, "state": state, "states": Application.State.choices, "short": SHORT}
    return render_page(request, "billing/applications.html", context, parts=("list",))


@needs(permissions.READ)
def application(request: StaffRequest, pk: int) -> HttpResponse:
    found = _found(request, pk)
    context = {
        "application": found,
        "scans": found.scans.standing().defer("body").select_related("by_user"),
        "events": found.history.select_related("by_user").order_by("-at", "-pk"),
        "letters": Letter.objects.about(f"dispute:{found.dispute_id}"),
    }
    return render_page(request, "billing/application.html", context, parts=("paper",))


@needs(permissions.READ)
def paper(request: StaffRequest, pk: int) -> HttpResponse:
    """The form to be printed and signed. In Russian, whatever the accountant reads."""
    found = _found(request, pk)
    who, dispute = found.account.subscriber, found.dispute
    place = who.premise
    address = f"{place.building.title}, кв. {place.number}" if place else ""
    with translation.override("ru"):
        body = application_pdf.pdf(
            application_pdf.Form(
                provider=settings.PROVIDER_NAME,
                number=found.number,
                name=who.name,
                account=who.account,
                address=address,
                asks=_asks(dispute.amount < 0),
                about=f"{dispute.reason.title_ru}. {dispute.note}".strip(),
                amount=abs(dispute.amount),
                is_refund=dispute.amount < 0,
                basis=dispute.reason.legal_basis,
                on=timezone.localdate(found.made_at),
            )
        )
    reply = HttpResponse(body, content_type="application/pdf")
    reply["Content-Disposition"] = f'inline; filename="{found.number}.pdf"'
    return reply


def _asks(is_refund: bool) -> str:
    return "вернуть остаток аванса с лицевого счёта" if is_refund else "пересмотреть начисления по лицевому счёту"


@require_POST
@needs(permissions.POST)
def link(request: StaffRequest, pk: int) -> HttpResponse:
    """A code for a phone's camera: until it is done, or fifteen minutes."""
    token = actions.make_link(application=_found(request, pk), by=request.user)
    base = settings.FINANCE_BASE_URL or request.build_absolute_uri("/")
    url = f"{base.rstrip('/')}/applications/scan/{token}/"
    code = segno.make(url, error="m").svg_data_uri(scale=5, border=2, dark="#000", light="#fff")
    return render(request, "billing/_scan_code.html", {"url": url, "code": code, "is_here": _is_here(url)})


def _is_here(url: str) -> bool:
    """Does the address lead to this very computer, wherever it is opened?"""
    host = urlsplit(url).hostname or ""
    return host in {"localhost", "::1"} or host.startswith("127.")


@require_POST
@needs(permissions.POST)
def attach(request: StaffRequest, pk: int) -> HttpResponse:
    actions.add_scans(application=_found(request, pk), bodies=_bodies(request), by=request.user)
    return go(request, f"/applications/{pk}/")


@require_POST
@needs(permissions.POST)
def sign(request: StaffRequest, pk: int) -> HttpResponse:
    """The signed page is here: the sum is posted, the contact closed."""
    actions.paper_signed(dispute=_found(request, pk).dispute, by=request.user)
    messages.success(request, _("Posted by the signed application."))
    return go(request, f"/applications/{pk}/")


@require_POST
@needs(permissions.POST)
def answer(request: StaffRequest, pk: int) -> HttpResponse:
    actions.answer(application=_found(request, pk), text=request.POST.get("answer", ""), by=request.user)
    messages.success(request, _("The answer is in the register."))
    return go(request, f"/applications/{pk}/")


@needs(permissions.READ)
def scan(request: StaffRequest, pk: int, page: int) -> HttpResponse:
    """A page of the signed paper, as a picture or a download; no browser runs what is inside."""
    found = ApplicationScan.objects.filter(application=_found(request, pk), pk=page).first()
    if found is None:
        raise Http404
    reply = HttpResponse(bytes(found.body), content_type=found.content_type)
    how = "inline" if found.content_type.startswith("image/") else "attachment"
    reply["Content-Disposition"] = f'{how}; filename="{found.pk}"'
    reply["X-Content-Type-Options"] = "nosniff"
    reply["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return reply


@public
def phone(request: HttpRequest, token: str) -> HttpResponse:
    """The phone's page: nothing about the subscriber stands on it but the number of the paper."""
    if request.method not in {"GET", "HEAD", "POST"}:
        return HttpResponseNotAllowed(["GET", "POST"])
    context: dict[str, object] = {}
    status = 200
    try:
        link = actions.link_of(token)
        context["number"] = link.application.number
        context["done"] = request.method == "POST" and _from_phone(request, token)
    except actions.LinkOver as error:
        return render(request, "billing/scan.html", {"error": error.text}, status=error.status)
    except DomainError as error:
        context["error"], status = error.text, error.status
    context["pages"] = ApplicationScan.objects.standing().filter(by_link=link).only("pk", "at")
    return render(request, "billing/scan.html", context, status=status)


def _from_phone(request: HttpRequest, token: str) -> bool:
    """One deed of the phone; True when it was the last."""
    if request.POST.get("deed") == "done":
        actions.finish_link(token=token)
        return True
    page = request.POST.get("remove", "")
    if page.isdecimal() and len(page) < 19:
        actions.remove_scan(token=token, scan_id=int(page))
    else:
        actions.take_scans(token=token, bodies=_bodies(request))
    return False


def _bodies(request: HttpRequest) -> list[bytes]:
    """The files of a form; one byte more than is allowed is read, so that the deed can refuse."""
    return [one.read(actions.LARGEST_SCAN + 1) for one in request.FILES.getlist("pages")[: actions.MOST_PAGES + 1]]
