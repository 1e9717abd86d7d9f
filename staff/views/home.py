from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse

from staff.access import StaffRequest, needs_sign_in
from staff.models import Role

# Every role lands on the page where its work is.
_HOME = {
    Role.OPERATOR: "firstline:calls",
    Role.LEAD: "firstline:calls",
    Role.SUPPORT: "techsupport:incidents",
    Role.ACCOUNTANT: "billing:accounts",
    Role.DISPATCHER: "dispatch:board",
    Role.MASTER: "dispatch:today",
    Role.SUPERVISOR: "supervision:overview",
    Role.ADMIN: "supervision:overview",
}


@needs_sign_in
def home(request: StaffRequest) -> HttpResponse:
    """The page where this role's work is. An accountant's is in the finance desk's own process."""
    try:
        return redirect(reverse(_HOME[Role(request.user.role)]))
    except NoReverseMatch:
        return render(request, "staff/elsewhere.html", status=200)
