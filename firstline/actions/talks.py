"""A call-back that reached somebody is a conversation like any other: with a topic and an outcome of its own."""

from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _

from contacts import actions as contacts
from contacts.models import Contact
from firstline.actions.by_hand import note_call
from firstline.actions.call_backs import AlreadyTaken, finish
from firstline.models import CallBack
from staff.models import User


@transaction.atomic
def begin_talk(*, call_back: CallBack, by: User) -> Contact:
    """He has been reached: the contact in which the conversation is written up; an impatient hand gets the same one.

    Also after the exchange has reported the answer and the call-back is done. Raises AlreadyTaken for a colleague's.
    """
    call_back = (
        CallBack.objects.select_for_update(of=("self",)).select_related("owner", "ended_by").get(pk=call_back.pk)
    )
    if call_back.owner is not None and call_back.owner_id != by.pk:
        raise AlreadyTaken(_("%(who)s is calling already.") % {"who": call_back.owner.title})
    talk = call_back.ended_by
    if talk is not None and (call_back.done_at is not None or talk.closed_at is None):
        return talk
    talk = note_call(phone=call_back.phone, key=f"call-back:{uuid4().hex}", by=by)
    if call_back.subscriber_id is not None and talk.subscriber_id != call_back.subscriber_id:
        talk = contacts.identify(contact=talk, subscriber=call_back.subscriber, by=by)
    call_back.ended_by = talk
    call_back.save(update_fields=["ended_by"])
    return talk


def settle_by(*, talk: Contact, by: User) -> None:
    """The conversation has its outcome: nobody is to be called any more."""
    for call_back in CallBack.objects.open().filter(ended_by=talk):
        finish(call_back=call_back, result=CallBack.Result.REACHED, by=by, contact=talk)
