from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from common.http import render_page
from contacts.models import Outcome, Topic
from firstline import people as first_line
from firstline import people_contacts, permissions, queries
from staff.access import StaffRequest, needs

PER_PAGE = 20
SHOWN = 200


@needs(permissions.SEE_PEOPLE)
def people(request: StaffRequest) -> HttpResponse:
    """The first line's people: who is there, who talks, what they did today and what has no outcome yet."""
    return render_page(request, "firstline/people.html", {"workers": first_line.workers(request.user)}, parts=("rows",))


@require_safe
@needs(permissions.SEE_PEOPLE)
def contacts(request: StaffRequest) -> HttpResponse:
    """What these people answered: `?who=&day=&topic=&outcome=` narrow it."""
    said = {name: request.GET.get(name, "").strip()[:40] for name in ("who", "day", "topic", "outcome")}
    people, topics = list(people_contacts.people()), list(Topic.objects.select_related("group"))
    try:
        day = parse_date(said["day"])
    except ValueError:
        day = None
    outcome = said["outcome"] if said["outcome"] in {*Outcome.values, people_contacts.NONE} else ""
    asked = people_contacts.Asked(
        who=next((one for one in people if str(one.pk) == said["who"]), None),
        day=day,
        topic=next((one for one in topics if one.code == said["topic"]), None),
        outcome=outcome,
    )
    page = Paginator(people_contacts.contacts_of(request.user, asked), PER_PAGE).get_page(request.GET.get("page"))
    chosen = {
        "who": asked.who.pk if asked.who else "",
        "day": day.isoformat() if day else "",
        "topic": asked.topic.code if asked.topic else "",
        "outcome": outcome,
    }
    context = {
        "page": page,
        "lines": people_contacts.lines(list(page)),
        "asked": asked,
        "chosen": chosen,
        "query": urlencode({name: value for name, value in chosen.items() if value}),
        "people": people,
        "topics": topics,
        "outcomes": [(people_contacts.NONE, _("Without an outcome")), *Outcome.choices],
    }
    return render_page(request, "firstline/people_contacts.html", context, parts=("rows",))


@needs(permissions.SEE_PEOPLE)
def unfinished(request: StaffRequest) -> HttpResponse:
    """Calls that are over and that nobody has wrapped up, of any day: whose they are, and how to open each."""
    found = queries.without_outcome(request.user)
    context = {"contacts": found[:SHOWN], "total": found.count()}
    return render_page(request, "firstline/unfinished.html", context, parts=("rows",))
