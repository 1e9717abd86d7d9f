from django.http import HttpResponse

from common.http import render_page
from firstline import people as first_line
from firstline import permissions, queries
from staff.access import StaffRequest, needs

SHOWN = 200


@needs(permissions.SEE_PEOPLE)
def people(request: StaffRequest) -> HttpResponse:
    """The first line's people: who is there, who talks, what they did today and what has no outcome yet."""
    return render_page(request, "firstline/people.html", {"workers": first_line.workers(request.user)}, parts=("rows",))


@needs(permissions.SEE_PEOPLE)
def unfinished(request: StaffRequest) -> HttpResponse:
    """Calls that are over and that nobody has wrapped up, of any day: whose they are, and how to open each."""
    found = queries.without_outcome(request.user)
    context = {"contacts": found[:SHOWN], "total": found.count()}
    return render_page(request, "firstline/unfinished.html", context, parts=("rows",))
