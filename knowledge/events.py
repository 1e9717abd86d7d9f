from django.utils.translation import gettext_lazy as _

from common.changes import Field, choice, named, people, rows, text
from common.history import Fact
from contacts.models import Outcome, Topic
from knowledge.models import Audience, Language, PlaceKind, State
from network.models import Building

article_saved = Fact("article_saved", _("changed the article"))
"""An article was written or changed. Data: `number`, `content`."""

article_reviewed = Fact("article_reviewed", _("looked the article through: it still holds"))
"""It was found to be true still. Data as above."""

article_restored = Fact("article_restored", _("brought back an earlier version"))
"""An earlier version holds again. Data as above, and `version`, the number that came back."""

article_imported = Fact("article_imported", _("loaded the article from a file"))
"""It came from a file. Data as above."""

place_saved = Fact("place_saved", _("changed the card"))
"""A place was written or changed; what changed is in `changed`."""

place_imported = Fact("place_imported", _("loaded the card from a file"))
"""It came from a file."""

place_checked = Fact("place_checked", _("checked the place"))
"""Somebody made sure that the card is true."""

synonyms_saved = Fact("synonyms_saved", _("changed the synonyms"))
"""A row of synonyms was written, changed or switched. Data: the changed fields, each `[old, new]`."""

answer_missed = Fact("answer_missed", _("did not find the answer"))
"""Somebody said that the answer is missing. Data: `contact` (id or null)."""

answer_given = Fact("answer_given", _("pointed to the article"))
"""An article answers it now. Data: `article` (id)."""

answer_dropped = Fact("answer_dropped", _("set it aside"))
"""It needs no article."""

FIELDS = {
    "title": text(_("Title")),
    "spoken": text(_("Said first")),
    "language": choice(_("Language"), Language),
    "audience": choice(_("Who reads it"), Audience),
    "state": choice(_("State"), State),
    "outcome": choice(_("Outcome"), Outcome),
    "owner": named(_("Owner"), people),
    "expires_on": text(_("Look through by")),
    "version": text(_("Version")),
    "kind": choice(_("Kind"), PlaceKind),
    "building": named(_("House"), rows(Building, lambda one: one.title, "street")),
    "address": text(_("Address")),
    "latitude": text(_("Latitude")),
    "longitude": text(_("Longitude")),
    "how_to_find": text(_("How to find it")),
    "hours": text(_("Opening hours")),
    "exceptions": text(_("Days with other hours")),
    "commission": text(_("Commission")),
    "services": text(_("What one can do there")),
    "topic": named(_("Topic"), rows(Topic)),
    "is_active": Field(_("In use"), lambda on: str(_("Yes") if on else _("No"))),
    "checked_on": text(_("Checked on")),
    "phrases": text(_("Phrases that mean the same")),
}
