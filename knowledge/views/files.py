"""Articles and places in and out as files."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from common import clock
from knowledge import actions, filing, permissions
from knowledge.files import MOST_FILES, Problem, read
from knowledge.forms import FilesForm
from staff.access import StaffRequest, needs

SHOWN = 100
MOST_UPLOADED = 10_000_000
WHY = {
    "the_same_code_as_in": gettext_lazy("has the same code as another"),
    "too_many_files": gettext_lazy("too many files"),
    "too_long": gettext_lazy("the file is too long"),
    "not_text": gettext_lazy("a NUL or another character that is no text"),
    "no_header": gettext_lazy("no header between two lines of ---"),
    "unknown_key": gettext_lazy("the header has an unknown line"),
    "twice": gettext_lazy("stands there twice"),
    "bad_code": gettext_lazy("a code has small Latin letters, digits and hyphens"),
    "unknown_value": gettext_lazy("no such value"),
    "empty": gettext_lazy("is empty"),
    "longer_than": gettext_lazy("is longer than allowed"),
    "no_date": gettext_lazy("is no date like 2027-01-31"),
    "no_csv": gettext_lazy("cannot be read as CSV"),
    "unknown_column": gettext_lazy("unknown columns"),
    "lacks_column": gettext_lazy("columns are lacking"),
    "cells": gettext_lazy("too few or too many cells"),
    "half_a_point": gettext_lazy("latitude and longitude go together"),
    "no_number": gettext_lazy("is no number of degrees"),
    "no_such_topic": gettext_lazy("no such topic"),
    "no_such_outcome": gettext_lazy("no such outcome"),
    "no_such_person": gettext_lazy("nobody has this login"),
    "refused": gettext_lazy("refused"),
}


def told(problem: Problem) -> tuple[str, str]:
    return problem.source, f"{WHY[problem.code]}{f': {problem.part}' if problem.part else ''}"


@require_http_methods(["GET", "POST"])
@needs(permissions.EDIT)
def files(request: StaffRequest) -> HttpResponse:
    """Load files: all of them or nothing; or only say what would change."""
    form = FilesForm(request.POST, request.FILES) if request.method == "POST" else FilesForm()
    context: dict[str, object] = {"form": form}
    if request.method == "POST" and form.is_valid():
        pairs: list[tuple[str, bytes]] = []
        uploads = request.FILES.getlist("uploads")
        try:
            if sum(one.size or 0 for one in uploads) > MOST_UPLOADED or len(uploads) > MOST_FILES:
                raise filing.BadArchive("too long")
            for one in uploads:
                pairs += filing.unpacked(one.name or "file", one.read())
        except filing.BadArchive:
            form.add_error("uploads", _("This archive is damaged or too long: 20 MB unpacked, 2,000 files."))
        else:
            dry_run = form.cleaned_data["dry_run"]
            done = actions.load(read=read(pairs), by=request.user, dry_run=dry_run)
            context |= {"done": done, "dry_run": dry_run, "problems": [told(one) for one in done.problems[:SHOWN]]}
            if done.problems:
                return render(request, "knowledge/settings/files.html", context, status=422)
    return render(request, "knowledge/settings/files.html", context, status=422 if form.errors else 200)


@require_safe
@needs(permissions.EDIT)
def export(request: StaffRequest) -> HttpResponse:
    """Everything as one archive."""
    day = timezone.localdate(clock.now())
    return HttpResponse(
        filing.archive(),
        content_type="application/zip",
        headers={"Content-Disposition": f'attachment; filename="knowledge-{day:%Y-%m-%d}.zip"'},
    )
