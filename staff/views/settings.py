from django.http import HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from common.panels import Panel, panels
from staff import permissions
from staff.access import StaffRequest, may, needs


def _url(panel: Panel) -> str | None:
    """None where this process does not serve the page."""
    try:
        return reverse(panel.url_name)
    except NoReverseMatch:
        return None


@needs(permissions.SEE_SETTINGS)
def settings(request: StaffRequest) -> HttpResponse:
    """Every settings page that this person may open, as the apps registered them."""
    mine = (panel for panel in panels("settings") if may(request.user, panel.permission))
    return render(request, "staff/settings.html", {"panels": [(url, one) for one in mine if (url := _url(one))]})
