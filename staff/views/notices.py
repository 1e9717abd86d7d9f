from urllib.parse import urlsplit

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import is_valid_path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from common.http import go, render_page
from staff import actions
from staff.access import StaffRequest, needs_sign_in
from staff.models import Notice

PER_PAGE = 50


@needs_sign_in
def notices(request: StaffRequest) -> HttpResponse:
    """What I was told, the newest first."""
    page = Paginator(Notice.objects.filter(user=request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render_page(request, "staff/notices.html", {"page": page}, parts=("notices",))


@needs_sign_in
def bell(request: StaffRequest) -> HttpResponse:
    """The bell in the bar, for whoever hears of a new notice."""
    return render(request, "staff/_bell.html")


@require_POST
@needs_sign_in
def see_notices(request: StaffRequest) -> HttpResponse:
    actions.see_notices(by=request.user)
    return redirect("staff:notices")


@require_POST
@needs_sign_in
def open_notice(request: StaffRequest, notice_id: int) -> HttpResponse:
    """Seen, and on to what it is about; the finance desk's pages open at its own address only."""
    notice = get_object_or_404(Notice, pk=notice_id, user=request.user)
    actions.see_notices(by=request.user, only=notice.pk)
    if notice.url and not is_valid_path(urlsplit(notice.url).path):
        messages.error(request, _("Open this at the finance desk's own address in the office."))
        return go(request, "/notices/")
    return go(request, notice.url or "/notices/")
