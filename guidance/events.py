from django.utils.translation import gettext_lazy as _

from common.changes import Field, text
from common.history import Fact

script_saved = Fact("script_saved", _("changed the script"))
"""A script was written, renamed or switched. Data: the changed fields, each `[old, new]`."""

draft_changed = Fact("draft_changed", _("changed the draft"))
"""A node of the draft was written or removed, or the whole draft replaced. Data: `node`, or `version`."""

script_published = Fact("published", _("published a version"))
"""The draft became what is walked. Data: `version`."""

walk_begun = Fact("begun", _("began the script"))
"""Somebody began to walk the script with a caller. Data: `script`, `version`."""

walk_answered = Fact("answered", _("wrote down an answer"))
"""Data: `node`, `answer`."""

walk_taken_back = Fact("taken_back", _("went back"))
"""The last answer was taken back; it stays readable. Data: `node`."""

walk_ended = Fact("ended", _("came to the end of the script"))
"""Data: `leaf`, its kind."""

walk_resumed = Fact("resumed", _("went on with the script"))
"""The receiving desk goes on where the first line ended. Data: `node`."""

phrase_saved = Fact("phrase_saved", _("changed the phrase"))
"""A calming phrase was written, changed or switched. Data: the changed fields, each `[old, new]`."""


def _yes_no(on: object) -> str:
    return str(_("Yes") if on else _("No"))


FIELDS = {
    "title_ru": text(_("Name in Russian")),
    "title_en": text(_("Name in English")),
    "text_ru": text(_("Text in Russian")),
    "text_en": text(_("Text in English")),
    "version": text(_("Version")),
    "node": text(_("Question")),
    "is_active": Field(_("In use"), _yes_no),
}
