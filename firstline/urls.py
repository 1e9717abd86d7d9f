from django.urls import path

from firstline import views

urlpatterns = [
    path("", views.calls, name="calls"),
    path("bar/", views.bar, name="bar"),
    path("<int:contact_id>/", views.calls, name="contact"),
    path("<int:contact_id>/identify/", views.identify, name="identify"),
    path("<int:contact_id>/verify/", views.verify, name="verify"),
    path("<int:contact_id>/open-card/", views.open_card, name="open_card"),
    path("<int:contact_id>/topic/", views.set_topic, name="topic"),
    path("<int:contact_id>/close/", views.close, name="close"),
    path("<int:contact_id>/ticket/", views.open_ticket, name="ticket"),
    path("<int:contact_id>/incident/", views.tell_incident, name="incident"),
]
