import hashlib
from typing import Any

from django.http import HttpResponse

from messaging.models import Attachment


def accept(upload: Any, *, by: Any) -> Attachment:
    body = upload.read()
    return Attachment.objects.create(name=upload.name, content_type=upload.content_type, size=len(body), sha256=hashlib.sha256(body).hexdigest(), path="x", uploaded_by=by)


def response(attachment: Attachment) -> HttpResponse:
    return HttpResponse(b"", content_type=attachment.content_type, headers={"Content-Disposition": "attachment"})
