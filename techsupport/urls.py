from django.urls import path

from techsupport import views

urlpatterns = [
    path("", views.incidents, name="incidents"),
    path("<int:incident_id>/", views.incidents, name="incident"),
    path("<int:incident_id>/confirm/", views.confirm, name="confirm"),
    path("<int:incident_id>/dismiss/", views.dismiss, name="dismiss"),
    path("<int:incident_id>/restore/", views.restore, name="restore"),
    path("<int:incident_id>/close/", views.close, name="close"),
    path("<int:incident_id>/tell/", views.tell, name="tell"),
    path("works/", views.works, name="works"),
    path("works/announce/", views.announce, name="announce"),
    path("works/<int:works_id>/cancel/", views.cancel_works, name="cancel_works"),
]
