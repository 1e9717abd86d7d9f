"""What nobody needs any more."""

import logging
import random
from datetime import timedelta

from django.db.models import Exists, ForeignObjectRel, OuterRef

from common import clock
from messaging import files
from messaging.models import Attachment

log = logging.getLogger(__name__)
KEPT = timedelta(hours=24)
AT_ONCE = 100


def remove_orphans() -> None:
    """Remove files that were uploaded and never went with anything. For the sweep.

    Whatever other table points to a file keeps it (a draft, a note), however its key is declared.
    """
    loose = Attachment.objects.filter(message=None, at__lt=clock.now() - KEPT)
    for link in Attachment._meta.get_fields(include_hidden=True):
        if isinstance(link, ForeignObjectRel):
            loose = loose.exclude(
                Exists(link.related_model._default_manager.filter(**{link.field.name: OuterRef("pk")}))
            )
    paths = {one.pk: files.path_of(one) for one in loose.order_by("at")[:AT_ONCE]}
    for pk, path in paths.items():
        if loose.filter(pk=pk).delete()[0]:
            path.unlink(missing_ok=True)


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
