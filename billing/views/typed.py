from django.http import HttpResponse
from django.shortcuts import redirect, render

from billing import typed
from staff.access import StaffRequest, needs_sign_in


@needs_sign_in
def again(request: StaffRequest) -> HttpResponse:
    """After signing in again: what was about to be sent, to be sent now or thrown away."""
    found = typed.kept(request)
    if found is None:
        return redirect("home")
    said = [value for name, value in found.fields if value.strip() and not value.isdecimal() and name != "key"]
    return render(request, "billing/typed.html", {"typed": found, "said": said})
