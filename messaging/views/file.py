from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404

from messaging import files, permissions
from messaging.models import Attachment
from staff.access import StaffRequest, needs


@needs(permissions.READ)
def file(request: StaffRequest, pk: int) -> HttpResponse:
    """A file as a download, for those who may see what it went with."""
    found = get_object_or_404(Attachment, pk=pk)
    if not files.may_see(request.user, found):
        raise Http404
    return files.response(found)
