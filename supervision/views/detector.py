from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from incidents import actions
from incidents.models import DetectorSettings
from staff.access import StaffRequest, needs
from supervision import permissions
from supervision.forms import DetectorForm


@require_http_methods(["GET", "POST"])
@needs(permissions.CONFIGURE)
def detector(request: StaffRequest) -> HttpResponse:
    """How sensitive spike detection is."""
    settings = DetectorSettings.objects.filter(pk=1).first() or DetectorSettings(pk=1)
    form = DetectorForm(request.POST or None, instance=settings)
    if request.method == "POST" and form.is_valid():
        actions.change_settings(by=request.user, **form.cleaned_data)
        messages.success(request, _("Saved. It takes effect with the next contact."))
        return redirect("supervision:detector")
    return render(request, "supervision/detector.html", {"form": form}, status=422 if form.errors else 200)
