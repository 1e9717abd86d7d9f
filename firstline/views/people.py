from django.http import HttpResponse

from common.http import render_page
from firstline import people as first_line
from firstline import permissions
from staff.access import StaffRequest, needs


@needs(permissions.SEE_PEOPLE)
def people(request: StaffRequest) -> HttpResponse:
    """The first line's people: who is there, who talks, what they did today and what has no outcome yet."""
    return render_page(request, "firstline/people.html", {"workers": first_line.workers(request.user)}, parts=("rows",))
