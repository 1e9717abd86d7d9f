"""What nobody needs any more."""

import logging
import random
from datetime import timedelta

from django.db import transaction
from django.db.models import ProtectedError

from common import clock
from messaging import files
from messaging.models import Attachment

log = logging.getLogger(__name__)
KEPT = timedelta(hours=24)
AT_ONCE = 100


def remove_orphans() -> None:
    """Remove files that were uploaded and never went with anything. For the sweep.

    What another table keeps (a draft, a note) it holds with PROTECT, so the database itself refuses.
    """
    old = clock.now() - KEPT
    newest = old - 30 * KEPT  # what is still kept after a month is kept for good: not tried for ever
    for one in Attachment.objects.filter(message=None, at__lt=old, at__gt=newest).order_by("at")[:AT_ONCE]:
        try:
            with transaction.atomic():
                one.delete()
        except ProtectedError:
            continue
        files.path_of(one).unlink(missing_ok=True)


def remove_strays() -> None:
    """Remove files on the disk that no row names: their transaction never came to an end.

    For the sweep: looks into one folder of the 256 at a time, all of them within a quarter of an hour or so.
    """
    now = clock.now().timestamp()
    for path in (files.folder() / f"{random.randrange(256):02x}").glob("*"):
        if now - path.stat().st_mtime < files.ORPHAN_S:
            continue
        if not Attachment.objects.filter(path=f"{path.parent.name}/{path.name}").exists():
            path.unlink(missing_ok=True)
            log.info("a stray file removed")
