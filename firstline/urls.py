from django.urls import path

from firstline import views
from firstline.views import call_backs, people

urlpatterns = [
    path("", views.calls, name="calls"),
    path("by-hand/", views.by_hand, name="by_hand"),
    path("bar/", views.bar, name="bar"),
    path("people/", people.people, name="people"),
    path("call-backs/", call_backs.call_backs, name="call_backs"),
    path("call-backs/<int:pk>/take/", call_backs.take, name="take_call_back"),
    path("call-backs/<int:pk>/release/", call_backs.release, name="release_call_back"),
    path("call-backs/<int:pk>/nobody/", call_backs.nobody, name="nobody_answered"),
    path("call-backs/<int:pk>/finish/", call_backs.finish, name="finish_call_back"),
    path("call-backs/<int:pk>/put-off/", call_backs.put_off, name="put_off_call_back"),
    path("<int:contact_id>/", views.calls, name="contact"),
    path("<int:contact_id>/identify/", views.identify, name="identify"),
    path("<int:contact_id>/verify/", views.verify, name="verify"),
    path("<int:contact_id>/open-card/", views.open_card, name="open_card"),
    path("<int:contact_id>/topic/", views.set_topic, name="topic"),
    path("<int:contact_id>/close/", views.close, name="close"),
    path("<int:contact_id>/ticket/", views.open_ticket, name="ticket"),
    path("<int:contact_id>/let-go/", views.let_go, name="let_go"),
    path("<int:contact_id>/incident/", views.tell_incident, name="incident"),
]
