from django.urls import path

from firstline.views import call_backs, calls, endings, people

urlpatterns = [
    path("", calls.calls, name="calls"),
    path("by-hand/", calls.by_hand, name="by_hand"),
    path("bar/", calls.bar, name="bar"),
    path("people/", people.people, name="people"),
    path("people/contacts/", people.contacts, name="people_contacts"),
    path("unfinished/", people.unfinished, name="unfinished"),
    path("call-backs/", call_backs.call_backs, name="call_backs"),
    path("call-backs/<int:pk>/take/", call_backs.take, name="take_call_back"),
    path("call-backs/<int:pk>/release/", call_backs.release, name="release_call_back"),
    path("call-backs/<int:pk>/nobody/", call_backs.nobody, name="nobody_answered"),
    path("call-backs/<int:pk>/reached/", call_backs.reached, name="reached"),
    path("call-backs/<int:pk>/finish/", call_backs.finish, name="finish_call_back"),
    path("call-backs/<int:pk>/put-off/", call_backs.put_off, name="put_off_call_back"),
    path("<int:contact_id>/", calls.calls, name="contact"),
    path("<int:contact_id>/viewers/", calls.viewers, name="viewers"),
    path("<int:contact_id>/leave/", calls.leave, name="leave"),
    path("<int:contact_id>/note/", calls.keep_note, name="note"),
    path("<int:contact_id>/identify/", calls.identify, name="identify"),
    path("<int:contact_id>/verify/", calls.verify, name="verify"),
    path("<int:contact_id>/open-card/", calls.open_card, name="open_card"),
    path("<int:contact_id>/topic/", endings.set_topic, name="topic"),
    path("<int:contact_id>/close/", endings.close, name="close"),
    path("<int:contact_id>/ticket/", endings.open_ticket, name="ticket"),
    path("<int:contact_id>/let-go/", endings.let_go, name="let_go"),
    path("<int:contact_id>/hand-again/", endings.hand_again, name="hand_again"),
    path("<int:contact_id>/incident/", endings.tell_incident, name="incident"),
    path("<int:contact_id>/apart/", endings.set_apart, name="set_apart"),
]
