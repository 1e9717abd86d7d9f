from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from common.errors import into_form
from contacts import actions, permissions
from contacts.forms import GroupForm, TopicForm
from contacts.models import Topic, TopicGroup
from staff.access import StaffRequest, needs
from staff.listed import Listed, listed

PAGE = "contacts/topics.html"


def _list() -> dict[str, Any]:
    topics = list(Topic.objects.select_related("group"))
    groups = [(group, [one for one in topics if one.group_id == group.pk]) for group in TopicGroup.objects.all()]
    in_use = sum(one.is_active for one in topics)
    return {"groups": groups, "in_use": in_use, "most": actions.MOST_TOPICS}


@needs(permissions.CONFIGURE)
def topics(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """What contacts are about: all topics in their groups beside a form for one or for a new one."""
    chosen = get_object_or_404(Topic, pk=pk) if pk else None
    form = TopicForm(request.POST or None, instance=chosen, initial={"group": request.GET.get("group")})
    page = Listed(
        template=PAGE,
        form=form,
        chosen=chosen,
        rows=Topic.objects.none(),
        url_name="contacts:topic",
        write=lambda data: actions.save_topic(by=request.user, topic=chosen, **data),
        more=_list(),
    )
    return listed(request, page, into_form)


@needs(permissions.CONFIGURE)
def group(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """A group of topics, new or known."""
    chosen = get_object_or_404(TopicGroup, pk=pk) if pk else None
    form = GroupForm(request.POST or None, instance=chosen)
    page = Listed(
        template=PAGE,
        form=form,
        chosen=chosen,
        rows=TopicGroup.objects.none(),
        url_name="contacts:group",
        write=lambda data: actions.save_group(by=request.user, group=chosen, **data),
        more={**_list(), "is_group": True},
    )
    return listed(request, page, into_form)
