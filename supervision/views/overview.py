from django.http import HttpResponse

from common import clock
from common.http import render_page
from staff.access import StaffRequest, needs
from supervision import permissions, queries

PAGE = "supervision/overview.html"


@needs(permissions.READ)
def overview(request: StaffRequest) -> HttpResponse:
    """Today on one page: the line, the people, the promises, what needs me."""
    context = {"overview": queries.overview(request.user), "now": clock.now()}
    return render_page(request, PAGE, context, parts=("overview",))
