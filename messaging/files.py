"""Files that people send. What they are is read from their content, never from their name."""

import hashlib
import logging
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from common.errors import DomainError
from messaging import kinds
from messaging.models import Attachment
from staff.models import User

log = logging.getLogger(__name__)
LONGEST_BYTES = 10 * 1024 * 1024
MOST_FILES = 10
ORPHAN_S = 24 * 3600

_owners: list[Callable[[User, Attachment], bool]] = []


class BadFile(DomainError):
    code = "bad_file"
    status = 422


def register_owner(may_see: Callable[[User, Attachment], bool]) -> None:
    """Let a package above show files to whoever may see its row that holds them. Repeats count once."""
    if may_see not in _owners:
        _owners.append(may_see)


def may_see(user: User, attachment: Attachment) -> bool:
    """Whoever uploaded a file sees it until it went with something; then its owners decide. Asks each of them."""
    if attachment.message_id is None and attachment.uploaded_by_id == user.pk:
        return True
    return any(owner(user, attachment) for owner in _owners)


def folder() -> Path:
    return Path(settings.FILES_DIR)


def path_of(attachment: Attachment) -> Path:
    return folder() / attachment.path


def accept(upload: "UploadedFile[Any]", *, by: User | None) -> Attachment:
    """Check a file and keep it: nobody's yet, until a message or a note takes it. Raises BadFile, which says why."""
    name = kinds.clean_name(upload.name or "")
    if (upload.size or 0) > LONGEST_BYTES:
        raise BadFile(_("%(name)s is larger than 10 MB. Make it smaller or send it in parts.") % {"name": name})
    body = upload.read(LONGEST_BYTES + 1)
    if len(body) > LONGEST_BYTES:
        raise BadFile(_("%(name)s is larger than 10 MB. Make it smaller or send it in parts.") % {"name": name})
    try:
        kept = kinds.examine(body)
    except kinds.NotAllowed as reason:
        raise BadFile(_reasons()[reason.code] % {"name": name}) from None
    path = _write(kept.body)
    return Attachment.objects.create(
        name=kinds.with_extension(name, kept.content_type),
        content_type=kept.content_type,
        size=len(kept.body),
        sha256=hashlib.sha256(kept.body).hexdigest(),
        path=path,
        width=kept.width,
        height=kept.height,
        uploaded_by=by,
    )


def _reasons() -> dict[str, str]:
    return {
        "empty": _("%(name)s is empty."),
        "unknown": _("%(name)s: this kind of file is not accepted. Images, PDF, text and office documents are."),
        "broken": _("%(name)s is damaged and can't be opened. Save it again or send a PDF."),
        "bomb": _("%(name)s would be huge when opened. Make it smaller or send a PDF."),
        "macros": _("%(name)s holds macros or a program. Send it without them or as a PDF."),
    }


def _write(body: bytes) -> str:
    """Store under a random name, before the row: a file without a row is swept, a row without a file would lie."""
    name = secrets.token_hex(16)
    path = folder() / name[:2] / name
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_bytes(body)
    path.chmod(0o600)
    return f"{name[:2]}/{name}"


def response(attachment: Attachment) -> HttpResponse:
    """The file as a download that no browser opens by itself or takes for something else. Http404 when it is lost."""
    try:
        body = path_of(attachment).read_bytes()
    except FileNotFoundError:
        log.error("file %s is not on the disk", attachment.pk)
        raise Http404 from None
    reply = HttpResponse(body, content_type=attachment.content_type)
    reply["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=attachment.name)
    reply["X-Content-Type-Options"] = "nosniff"
    reply["Content-Security-Policy"] = "sandbox; default-src 'none'"
    reply["Cross-Origin-Resource-Policy"] = "same-origin"
    return reply
