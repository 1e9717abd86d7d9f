from django.urls import path

from dispatch import views

urlpatterns = [
    path("", views.board, name="board"),
    path("<int:visit_id>/assign/", views.assign, name="assign"),
    path("<int:visit_id>/cancel/", views.cancel, name="cancel"),
    path("<int:visit_id>/acknowledge/", views.acknowledge, name="acknowledge"),
    path("of-incident/<int:incident_id>/", views.of_incident, name="of_incident"),
    path("of-caller/<int:subscriber_id>/", views.of_caller, name="of_caller"),
    path("connections/", views.connections, name="connections"),
    path("connections/demand/", views.demand, name="demand"),
    path("connections/houses/", views.connect_houses, name="connect_houses"),
    path("connections/of-contact/<int:contact_id>/", views.connect_contact, name="connect_contact"),
    path("connections/of-ticket/<str:number>/", views.connect_ticket, name="connect_ticket"),
    path("shifts/", views.shifts, name="shifts"),
    path("shifts/set/", views.set_shifts, name="set_shifts"),
    path("shifts/<int:shift_id>/remove/", views.remove_shift, name="remove_shift"),
    path("masters/<int:user_id>/skills/", views.set_skills, name="set_skills"),
    path("today/", views.today, name="today"),
    path("today/<int:visit_id>/<slug:name>/", views.step, name="step"),
    path("of/<str:number>/", views.slots_panel, name="slots"),
    path("of/<str:number>/book/", views.book, name="book"),
]
