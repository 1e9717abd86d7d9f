from django.urls import path

from billing.views import front_desk as views

urlpatterns = [
    path("", views.front_desk, name="front_desk"),
    path("next/", views.call_next, name="next"),
    path("<int:pk>/name/", views.name, name="name"),
    path("<int:pk>/end/", views.end, name="end"),
    path("appointments/<int:pk>/arrive/", views.arrive, name="arrive"),
    path("appointments/<int:pk>/cancel/", views.cancel, name="cancel"),
]
